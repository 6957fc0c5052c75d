import type { HistoryEvent } from "./asl/history";
import type { RequestLine } from "./http/http-api";
import type { Authorization } from "./iam/authorization";
import type { JsonObject } from "./json";
import type { InvocationLine } from "./lambda/function";
import type { PlaybackLine } from "./playback/playback-line";
import type { AlarmChange } from "./services/cloudwatch/alarm-message";
import type { UndeliveredEvent } from "./services/event-bridge/event-bridge";
import type { Channel } from "./services/medialive/medialive";
import type { PublishedMessage } from "./services/sns/sns";

/** What can be watched while the runtime runs. */
export interface RuntimeListener {
  /** The runtime cannot go on: its data folder can no longer be written to. */
  onBroken?(error: Error): void;
  /** A request to the HTTP API that was answered, with the body that it had. */
  onRequest?(line: RequestLine, body: string): void;
  onHistoryEvent?(executionArn: string, event: HistoryEvent): void;
  onBusEvent?(busName: string, event: JsonObject): void;
  onUndelivered?(undelivered: UndeliveredEvent): void;
  onNotification?(message: PublishedMessage): void;
  /** An alarm that went off, or back to OK. */
  onAlarm?(change: AlarmChange): void;
  onChannelState?(channel: Channel): void;
  /** A distribution's configuration that was replaced. */
  onDistribution?(distributionId: string): void;
  /** A viewer's request to a distribution that was answered. */
  onPlayback?(line: PlaybackLine): void;
  /** Every decision on whether somebody may do what a call asks for. */
  onAuthorization?(authorization: Authorization): void;
  /** An invocation that ended. */
  onInvocation?(line: InvocationLine): void;
  /** A line of a function's log. */
  onLog?(functionName: string, line: string): void;
}
