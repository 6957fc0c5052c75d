import { EventEmitter } from "node:events";
import type { TaskRunner } from "../asl/task-runner";
import type { Caller } from "../calls/caller";
import type { Receivers } from "../http/receivers";
import type { Json, JsonObject } from "../json";
import type { Functions } from "../lambda/functions";
import type { RuntimeListener } from "../listener";
import type { Activity } from "../time/activity";
import type { Clock } from "../time/clock";
import type { MetricValue } from "./cloudwatch/metric";
import type { ChannelEvent } from "./medialive/channel-events";

/** What services tell each other behind the scenes, without a call that anybody could refuse. */
export class Signals extends EventEmitter<{
  /** A queue got a message. */
  message: [queueName: string];
  /** An execution began or ended: the detail of its `Step Functions Execution Status Change` event. */
  executionStatus: [detail: JsonObject];
  /** A value of a metric of CloudWatch. */
  metric: [value: MetricValue];
  /** MediaLive tells of a channel. */
  channelEvent: [event: ChannelEvent];
}> {}

/** How a service calls the others: through the gate, in the name of its own principal. */
export interface ServiceHops {
  /**
   * Hands a payload to a function, a queue or a state machine, which then counts as reached.
   *
   * @throws {PermanentDeliveryError} where the target does not exist, or no policy lets the caller in.
   */
  deliver(caller: Caller, targetArn: string, payload: Json): Promise<void>;
  /** @param attributes message attributes of type String. */
  sendMessage(
    caller: Caller,
    queueArn: string,
    body: string,
    attributes?: Record<string, string>,
  ): Promise<void>;
  /** @param input the input of SNS's Publish. */
  publish(caller: Caller, input: JsonObject): Promise<void>;
}

/** The definition of a service, as far as another one needs it to name that service. */
export interface Creator<TService> {
  readonly name: string;
  readonly create: (context: never) => TService | Promise<TService>;
}

/** What a service is created with. */
export interface ServiceContext {
  readonly clock: Clock;
  /** Counts what is under way, for a clock that is stepped. */
  readonly activity: Activity;
  readonly region: string;
  readonly accountId: string;
  /** Folder that keeps data between runs. @default - in memory */
  readonly dataFolder: string | undefined;
  /** How many ended executions of each state machine are kept. @default 1000 */
  readonly maxEndedExecutions?: number | undefined;
  readonly listener: RuntimeListener;
  readonly signals: Signals;
  /** Plays hosts outside of AWS. */
  readonly receivers: Receivers;
  readonly hops: ServiceHops;
  /** The base URL of the AWS wire protocols; known once the server listens. */
  readonly awsUrl: () => string;
  /** The program's functions; known once the program was recorded. */
  readonly functions: () => Functions | undefined;
  /** Whether a service may take on a role for what it acts for. */
  readonly mayAssume: (roleArn: string, principal: string, sourceArn: string) => boolean;
  /** Performs the calls of Task states. */
  readonly runTask: TaskRunner;
  /** Says what is wrong with a Task's `Resource`; undefined when nothing is. */
  readonly checkResource: (resource: string) => string | undefined;
  /** @returns another service, once all are created. */
  readonly service: <TService>(definition: Creator<TService>) => TService;
}
