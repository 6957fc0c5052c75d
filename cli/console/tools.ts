import type { CallGate } from "../../local/calls/calls";
import { type CallFault, failCalls } from "../../local/faults/call-faults";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import type { Runtime } from "../../local/runtime";
import { apis, type ServiceName } from "../../local/services";
import { LocalEncoder } from "../../testing/encoder";
import { LocalQueues } from "../../testing/queues";
import { BadCommand } from "./answers";
import { deadLetterQueues } from "./dead-letter-queues";
import { masked } from "./masked";

/** A clock that the console puts forward. */
export interface ConsoleClock {
  /** @returns milliseconds since the Unix epoch. */
  now(): number;
  /** Seconds that pass in one by themselves; 0 for a clock that stands still. */
  readonly speed: number;
  advance(milliseconds: number): Promise<unknown>;
}

interface PlacedFault {
  readonly id: number;
  readonly service: string;
  readonly action: string;
  readonly error: string;
  readonly times: number;
  readonly remove: () => void;
}

const faultErrors = ["throttle", "5xx", "timeout", "lost-answer"] as const;
const channelActions = ["kill", "lose-input", "restore-input"] as const;
const maxAdvanceSeconds = 86_400 * 7;
const maxTimes = 1000;

/** What the console does to a runtime besides calling its API. */
export class Tools {
  private readonly faults: PlacedFault[] = [];
  private readonly queues: LocalQueues;
  private readonly encoder: LocalEncoder;
  private lastFault = 0;

  constructor(
    private readonly runtime: Pick<Runtime, "services" | "graph"> & { readonly gate: CallGate },
    private readonly clock: ConsoleClock,
  ) {
    this.queues = new LocalQueues(runtime.graph, runtime.services.SQS);
    // Nothing here waits for a channel.
    const neverWaits = () => Promise.reject(new Error("The console waits for no channel."));
    this.encoder = new LocalEncoder(runtime.services.MediaLive, runtime.gate, neverWaits);
  }

  /** What the tools work on, as it stands. */
  async view(): Promise<Json> {
    const { MediaLive: mediaLive } = this.runtime.services;
    const letters = await Promise.all(
      deadLetterQueues(this.runtime.graph).map((queue) => this.queues.peek(queue)),
    );
    return masked({
      ...this.time(),
      channels: mediaLive.channels().map(({ id, name, state }) => ({
        ...{ id, name, state },
        alerts: mediaLive.alerts(id).map(({ type, pipeline }) => ({ type, pipeline })),
      })),
      faults: this.faults.map(({ remove: _remove, ...fault }) => fault),
      actions: Object.entries(apis).flatMap(([service, { actions }]) =>
        Object.keys(actions).map((action) => `${service} ${action}`),
      ),
      deadLetters: letters.flat().map((letter) => ({ ...letter, body: jsonOr(letter.body) })),
    });
  }

  /** The clock as it stands. */
  time() {
    return { now: new Date(this.clock.now()).toISOString(), speed: this.clock.speed };
  }

  /** @throws {BadCommand} */
  async advance({ seconds }: JsonObject): Promise<void> {
    if (typeof seconds !== "number" || !(seconds > 0 && seconds <= maxAdvanceSeconds)) {
      throw new BadCommand([
        `seconds must be a number above 0, up to ${maxAdvanceSeconds}, received ${JSON.stringify(seconds)}.`,
      ]);
    }
    await this.clock.advance(seconds * 1000);
  }

  /** @throws {BadCommand} */
  placeFault({ service, action, error, times = 1 }: JsonObject): void {
    const issues: string[] = [];
    const isServed = typeof service === "string" && Object.hasOwn(apis, service);
    const actions = isServed ? Object.keys(apis[service as ServiceName].actions) : [];
    if (!isServed || typeof action !== "string" || !actions.includes(action)) {
      const received = JSON.stringify(`${String(service)} ${String(action)}`);
      issues.push(
        `service and action must be a call that the runtime serves, such as MediaLive StartChannel, received ${received}.`,
      );
    }
    if (!faultErrors.some((one) => one === error)) {
      issues.push(`error must be one of ${faultErrors.join(", ")}, received ${JSON.stringify(error)}.`);
    }
    if (typeof times !== "number" || !Number.isInteger(times) || times < 1 || times > maxTimes) {
      issues.push(`times must be a whole number from 1 to ${maxTimes}, received ${JSON.stringify(times)}.`);
    }
    if (issues.length > 0) throw new BadCommand(issues);
    const site = { service: service as ServiceName, action: String(action), times: Number(times) };
    const how =
      error === "lost-answer"
        ? ({ when: "after" } as const)
        : { error: error as "throttle" | "5xx" | "timeout" };
    const fault: CallFault = { ...site, ...how };
    this.lastFault += 1;
    const remove = this.runtime.gate.use(failCalls(fault));
    this.faults.push({ ...site, id: this.lastFault, error: String(error), remove });
  }

  /** Takes a fault out; one that is out already is left alone. */
  removeFault(id: number): void {
    const at = this.faults.findIndex((fault) => fault.id === id);
    for (const { remove } of at < 0 ? [] : this.faults.splice(at, 1)) remove();
  }

  /** @throws {BadCommand} @throws {AwsError} `NotFoundException` for a channel that the program does not name. */
  actOnChannel(channelId: string, { action }: JsonObject): void {
    if (action === "kill") this.encoder.crash(channelId);
    else if (action === "lose-input") this.encoder.loseInput(channelId);
    else if (action === "restore-input") this.encoder.restoreInput(channelId);
    else {
      throw new BadCommand([
        `action must be one of ${channelActions.join(", ")}, received ${JSON.stringify(action)}.`,
      ]);
    }
  }
}

function jsonOr(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : text;
  } catch {
    return text;
  }
}
