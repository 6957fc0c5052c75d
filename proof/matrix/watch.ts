import type { HistoryEvent } from "../../local/asl/history";
import type { CallGate, Interceptor } from "../../local/calls/calls";
import { givenName } from "../../local/faults/named";
import { isJsonObject, type Json } from "../../local/json";
import type { RuntimeListener } from "../../testing";

/** A start of a channel that took effect. */
export interface ChannelStart {
  readonly channelId: string;
  /** The ARN of the execution that made it. */
  readonly execution: string | undefined;
}

/** Looks at each start of a channel as it is made. @returns what is wrong with it, in sentences. */
export type StartCheck = (start: ChannelStart) => Promise<string[]>;

/** Sees what happens at the moment when it happens, where what is there at the end would not tell. */
export class Watch implements RuntimeListener {
  /** What no moment may show: a channel started twice, or while another attempt had it. */
  doubles: string[] = [];
  /** The starts of channels that took effect, in order. */
  starts: ChannelStart[] = [];
  /** The state of each state machine whose call was scheduled last, by the machine's name. */
  readonly calling = new Map<string, string>();
  /** The state that each execution is in, by ARN. */
  private readonly states = new Map<string, string>();
  /** Who is about to start a channel: a call does not tell which execution makes it, the history does. */
  private readonly starting = new Map<string, string>();
  private remove: () => void = () => undefined;

  /** @param tell takes a line about each thing that is wrong. @default - the lines are not written */
  constructor(private readonly tell: (line: string) => void = () => undefined) {}

  /** Forgets what a case has shown. */
  reset(): void {
    this.states.clear();
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
    if (event.type.endsWith("StateEntered")) {
      this.states.set(arn, String(member(event.stateEnteredEventDetails, "name")));
    } else if (event.type === "TaskScheduled") {
      // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME
      this.calling.set(givenName(arn.split(":")[6] ?? ""), this.states.get(arn) ?? "");
      this.noteStart(arn, event.taskScheduledEventDetails);
    }
  };

  private noteStart(arn: string, details: Json | undefined): void {
    if (member(details, "resource") !== "startChannel") return;
    const parameters = JSON.parse(String(member(details, "parameters"))) as Json;
    this.starting.set(String(member(parameters, "ChannelId")), arn);
  }
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
