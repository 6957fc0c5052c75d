import type { HistoryEvent } from "../../local/asl/history";
import type { CallGate, Interceptor, ServiceCall } from "../../local/calls/calls";
import type { Authorization } from "../../local/iam";
import { isJsonObject, type JsonObject } from "../../local/json";
import type { RuntimeListener } from "../../local/runtime";
import { AwsError, type PublishedMessage } from "../../local/services";
import { ExecutionJournal, type HistoryOf } from "../../testing/execution-journal";
import { streamIdsIn } from "./stream-ids";

/** A call of an AWS API, with the decisions of IAM on it. */
export interface RecordedCall {
  readonly id: number;
  /** RFC 3339. */
  readonly at: string;
  readonly service: string;
  readonly action: string;
  readonly caller: string;
  readonly kind: ServiceCall["caller"]["kind"];
  readonly executionArn?: string;
  readonly invocationId?: string;
  /** The streams that its input names. */
  readonly streamIds: readonly string[];
  readonly decisions: readonly {
    readonly action: string;
    readonly resource: string;
    readonly decision: string;
  }[];
  /** `pending` until it is answered; an error's code, such as `ConditionalCheckFailedException`. */
  outcome: string;
}

interface Timed {
  /** RFC 3339. */
  readonly at: string;
}

/** An event of a bus. */
export interface RecordedEvent extends Timed {
  readonly busName: string;
  readonly event: JsonObject;
}

/** A message of a topic. */
export interface RecordedNotification extends Timed {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
}

/** How many of each kind are kept, the newest ones: a runtime may go on for days. */
const kept = 2000;

/** Keeps what the console shows of a runtime, and tells when there is more. */
export class Recorder implements RuntimeListener {
  readonly executions = new ExecutionJournal();
  readonly calls: RecordedCall[] = [];
  readonly events: RecordedEvent[] = [];
  readonly notifications: RecordedNotification[] = [];
  private readonly streamOfExecution = new Map<string, string>();
  private readonly watchers = new Set<() => void>();
  private decided: Authorization[] = [];
  private lastId = 0;

  /** @param now milliseconds since the Unix epoch, by the runtime's clock. */
  constructor(private readonly now: () => number) {}

  /** Begins to see the calls of a runtime, and says where the histories of executions are. */
  attach(gate: CallGate, historyOf: HistoryOf): void {
    gate.use(this.intercept);
    this.executions.readFrom(historyOf);
  }

  /** @returns the stream that an execution is about; undefined for one of another kind, such as a sweep. */
  streamOf(executionArn: string): string | undefined {
    return this.streamOfExecution.get(executionArn);
  }

  /** @param onChange called after each change. @returns how to end that. */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  }

  onHistoryEvent = (executionArn: string, event: HistoryEvent): void => {
    this.executions.add(executionArn, event);
    const started = event.executionStartedEventDetails;
    if (isJsonObject(started)) {
      const [streamId] = streamIdsIn(String(started.input));
      if (streamId !== undefined) this.streamOfExecution.set(executionArn, streamId);
    }
    this.changed();
  };

  onBusEvent = (busName: string, event: JsonObject): void => {
    this.keep(this.events, { at: this.time(), busName, event });
  };

  onNotification = ({ topicArn, subject = "", message }: PublishedMessage): void => {
    this.keep(this.notifications, { at: this.time(), topicArn, subject, message });
  };

  onChannelState = (): void => this.changed();
  onDistribution = (): void => this.changed();
  onUndelivered = (): void => this.changed();
  onRequest = (): void => this.changed();

  /** IAM decides on a call right before the call comes to {@link intercept}, or in its stead where it refuses the call. */
  onAuthorization = (authorization: Authorization): void => {
    const { caller, permission, decision } = authorization;
    // Lambda writes a function's log; that is no call of the function.
    if (permission.action.startsWith("logs:")) return;
    this.decided.push(authorization);
    if (decision === "allowed") return;
    const [service = "", action = ""] = permission.action.split(":");
    this.keep(this.calls, {
      ...this.describe({ caller, service, action, input: {} }),
      streamIds: streamIdsIn(permission.resource),
      outcome: "AccessDenied",
    });
  };

  private readonly intercept: Interceptor = async (call, proceed) => {
    const recorded: RecordedCall = {
      ...this.describe(call),
      streamIds: streamIdsIn(textOf(call)),
      outcome: "pending",
    };
    this.keep(this.calls, recorded);
    try {
      const answer = await proceed();
      recorded.outcome = "answered";
      return answer;
    } catch (error) {
      recorded.outcome = error instanceof AwsError ? error.code : "InternalFailure";
      throw error;
    } finally {
      this.changed();
    }
  };

  private describe({
    caller,
    service,
    action,
  }: Pick<ServiceCall, "caller" | "action" | "input"> & { readonly service: string }): Omit<
    RecordedCall,
    "streamIds" | "outcome"
  > {
    const { name, kind, executionArn, invocationId } = caller;
    const decisions = this.decided.filter((one) => one.caller.name === name);
    this.decided = [];
    this.lastId += 1;
    return {
      ...{ id: this.lastId, at: this.time(), service, action, caller: name, kind },
      ...(executionArn !== undefined && { executionArn }),
      ...(invocationId !== undefined && { invocationId }),
      decisions: decisions.map(({ permission, decision }) => ({
        action: permission.action,
        resource: permission.resource,
        decision,
      })),
    };
  }

  private keep<T>(list: T[], entry: T): void {
    list.push(entry);
    if (list.length > kept) list.shift();
    this.changed();
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}

/** A call's input as text. A distribution's configuration names every stream that is up, and says nothing about one of them. */
function textOf({ service, input }: ServiceCall): string {
  return service === "CloudFront" ? "" : JSON.stringify(input);
}
