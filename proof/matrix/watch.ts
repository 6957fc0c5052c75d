import type { ExecutionStatus } from "../../local/asl/execution";
import type { HistoryEvent } from "../../local/asl/history";
import type { CallGate, Interceptor } from "../../local/calls/calls";
import { givenName } from "../../local/faults/named";
import type { RequestLine } from "../../local/http/http-api";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import type { AlarmChange } from "../../local/services";
import type { Channel, RuntimeListener, UndeliveredEvent } from "../../testing";

/** An execution, as far as it has come. */
export interface WatchedExecution {
  readonly arn: string;
  readonly name: string;
  /** The state machine's name, as the program gives it. */
  readonly machine: string;
  status: ExecutionStatus;
  /** The state it is in, or was in last. */
  state: string;
  /** Whether that state has handed its task token out, and waits for it to come back. */
  isWaiting: boolean;
  /** When it first began to wait for its confirmation, in milliseconds since the Unix epoch. */
  waitingSince?: number;
  stoppedAt?: number;
}

/** A start of a channel that took effect. */
export interface ChannelStart {
  readonly channelId: string;
  /** The ARN of the execution that made it. */
  readonly execution: string | undefined;
}

/** Looks at each start of a channel as it is made. @returns what is wrong with it, in sentences. */
export type StartCheck = (start: ChannelStart) => Promise<string[]>;

/** The state whose token is the confirmation's. */
const confirmationState = "AwaitLifecycleConfirmation";

/** Sees what happens at the moment when it happens, where what is there at the end would not tell. */
export class Watch implements RuntimeListener {
  readonly executions = new Map<string, WatchedExecution>();
  events: JsonObject[] = [];
  undelivered: UndeliveredEvent[] = [];
  /** The names of the alarms that went off. */
  alarms: string[] = [];
  /** What no moment may show: a channel started twice, or while another attempt held it. */
  doubles: string[] = [];
  /** The starts of channels that took effect, in order. */
  starts: ChannelStart[] = [];
  /** The state of each state machine whose call was scheduled last, by the machine's name. */
  readonly calling = new Map<string, string>();
  /** Who is about to start a channel: a call does not tell which execution makes it, the history does. */
  private readonly starting = new Map<string, string>();
  private remove: () => void = () => undefined;

  /** @param tell takes a line about each thing that happens, for somebody who wants to read it. @default - nobody does */
  constructor(private readonly tell: (line: string) => void = () => undefined) {}

  /** Forgets what a case has shown. */
  reset(): void {
    this.executions.clear();
    this.events = [];
    this.undelivered = [];
    this.alarms = [];
    this.doubles = [];
    this.starts = [];
  }

  /**
   * Puts itself behind every interceptor of a gate, the faults included, so that it sees the calls that take effect. To be repeated
   * whenever a fault was added.
   */
  standLast(gate: CallGate, check: StartCheck): void {
    this.remove();
    const intercept: Interceptor = async (call, proceed) => {
      if (call.service !== "MediaLive" || call.action !== "StartChannel") return proceed();
      const channelId = String((call.input as { ChannelId?: string }).ChannelId);
      const start = { channelId, execution: this.starting.get(channelId) };
      const found = await check(start);
      const answer = await proceed();
      for (const line of found) this.tell(`DOUBLE: ${line}`);
      this.starts.push(start);
      this.doubles.push(...found);
      return answer;
    };
    this.remove = gate.use(intercept);
  }

  onHistoryEvent = (arn: string, event: HistoryEvent): void => {
    const execution = this.executions.get(arn) ?? begun(arn);
    this.executions.set(arn, execution);
    const [, ending] = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.exec(event.type) ?? [];
    if (event.type.endsWith("StateEntered")) {
      execution.state = String(member(event.stateEnteredEventDetails, "name"));
      execution.isWaiting = false;
      this.tell(`${execution.name} enters ${execution.state}`);
    } else if (event.type === "TaskSubmitted") {
      execution.isWaiting = true;
      if (execution.state === confirmationState) execution.waitingSince ??= timeOf(event);
    } else if (event.type === "TaskScheduled") {
      this.calling.set(execution.machine, execution.state);
      this.noteStart(arn, event.taskScheduledEventDetails);
    } else if (ending) {
      execution.status = statusOf[ending] ?? "FAILED";
      this.tell(`${execution.name} of ${execution.machine} is ${execution.status}`);
      execution.isWaiting = false;
      execution.stoppedAt = timeOf(event);
    }
  };

  onBusEvent = (busName: string, event: JsonObject): void => {
    this.events.push(event);
    if (busName !== "default")
      this.tell(`the bus takes ${String(event["detail-type"])} ${JSON.stringify(event.detail)}`);
  };

  onChannelState = ({ id, state }: Channel): void => {
    this.tell(`channel ${id} is ${state}`);
  };

  onAlarm = ({ name, state }: AlarmChange): void => {
    if (state === "ALARM") this.alarms.push(name);
    this.tell(`the alarm ${name} is ${state}`);
  };

  onRequest = ({ method, path, status }: RequestLine): void => {
    this.tell(`${method} ${path} is answered ${status}`);
  };

  onUndelivered = (undelivered: UndeliveredEvent): void => {
    this.undelivered.push(undelivered);
    this.tell(`an event is given up: ${undelivered.code} ${undelivered.message}`);
  };

  private noteStart(arn: string, details: Json | undefined): void {
    if (member(details, "resource") !== "startChannel") return;
    const parameters = JSON.parse(String(member(details, "parameters"))) as Json;
    this.starting.set(String(member(parameters, "ChannelId")), arn);
  }
}

const statusOf: { readonly [ending: string]: ExecutionStatus } = {
  Succeeded: "SUCCEEDED",
  Failed: "FAILED",
  TimedOut: "TIMED_OUT",
  Aborted: "ABORTED",
};

function begun(arn: string): WatchedExecution {
  // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME
  const [machine = "", name = ""] = arn.split(":").slice(6);
  return { arn, name, machine: givenName(machine), status: "RUNNING", state: "", isWaiting: false };
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function timeOf({ timestamp }: HistoryEvent): number {
  return Math.round(timestamp * 1000);
}
