import type { HistoryEvent } from "../local/asl/history";
import type { RequestLine } from "../local/http/http-api";
import type { Authorization } from "../local/iam";
import type { JsonObject } from "../local/json";
import type { InvocationLine } from "../local/lambda/function";
import type { PlaybackLine } from "../local/playback/playback-line";
import type { RuntimeListener } from "../local/runtime";
import type { AlarmChange, Channel, PublishedMessage, UndeliveredEvent } from "../local/services";
import { ExecutionJournal } from "./execution-journal";

/** An event that a bus carried. */
export interface BusEvent {
  /** The bus's name; AWS's own events are on `default`. */
  readonly busName: string;
  /** The event as targets get it: `detail-type`, `source`, `detail`, `time` and so on. */
  readonly event: JsonObject;
}

/** A line that a function logged. */
export interface LogLine {
  /** The function's physical name. */
  readonly functionName: string;
  readonly line: string;
}

/** Keeps what happens in a runtime, and passes it on. */
export class Journal implements RuntimeListener {
  readonly events: BusEvent[] = [];
  readonly notifications: PublishedMessage[] = [];
  readonly logs: LogLine[] = [];
  readonly undelivered: UndeliveredEvent[] = [];
  readonly requests: RequestLine[] = [];
  readonly alarms: AlarmChange[] = [];
  readonly executions = new ExecutionJournal();

  constructor(private readonly next: RuntimeListener = {}) {}

  onRequest = (line: RequestLine, body: string): void => {
    this.requests.push(line);
    this.next.onRequest?.(line, body);
  };

  onHistoryEvent = (executionArn: string, event: HistoryEvent): void => {
    this.executions.add(executionArn, event);
    this.next.onHistoryEvent?.(executionArn, event);
  };

  onBusEvent = (busName: string, event: JsonObject): void => {
    this.events.push({ busName, event });
    this.next.onBusEvent?.(busName, event);
  };

  onUndelivered = (undelivered: UndeliveredEvent): void => {
    this.undelivered.push(undelivered);
    this.next.onUndelivered?.(undelivered);
  };

  onNotification = (message: PublishedMessage): void => {
    this.notifications.push(message);
    this.next.onNotification?.(message);
  };

  onAlarm = (change: AlarmChange): void => {
    this.alarms.push(change);
    this.next.onAlarm?.(change);
  };

  onChannelState = (channel: Channel): void => {
    this.next.onChannelState?.(channel);
  };

  onDistribution = (distributionId: string): void => {
    this.next.onDistribution?.(distributionId);
  };

  onPlayback = (line: PlaybackLine): void => {
    this.next.onPlayback?.(line);
  };

  onAuthorization = (authorization: Authorization): void => {
    this.next.onAuthorization?.(authorization);
  };

  onInvocation = (line: InvocationLine): void => {
    this.next.onInvocation?.(line);
  };

  onLog = (functionName: string, line: string): void => {
    this.logs.push({ functionName, line });
    this.next.onLog?.(functionName, line);
  };
}
