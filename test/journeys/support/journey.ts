import type { HistoryEvent } from "../../../local/asl/history";
import { isJsonObject, type JsonObject } from "../../../local/json";
import { type Runtime, type RuntimeOptions, startRuntime } from "../../../local/runtime";
import type { PublishedMessage } from "../../../local/services";
import { Activity } from "../../../local/time/activity";
import { SteppedClock } from "../../support/stepped-clock";
import { Aws } from "./aws";
import { Calls } from "./calls";
import { Observations } from "./observations";
import { aRequest } from "./requests";

/** An answer of the API. */
export interface Answer {
  status: number;
  headers: Headers;
  body: { [member: string]: unknown; message?: string; issues?: string[] };
}

export interface JourneyOptions extends Pick<RuntimeOptions, "auth" | "dataFolder" | "issuers" | "program"> {
  /** Configuration values that stand before those of the stack. */
  config?: { [key: string]: string };
  /** When the clock starts: a function is asked once the tests run, which may be minutes after the files were read. */
  startAt?: number | (() => number);
}

/** More channels than a file of tests uses: a test that wants none free has a runtime of its own. */
const manyChannels = Array.from({ length: 40 }, (_, index) => String(1001 + index)).join(",");

/**
 * Starts this project's program in a runtime of its own, for the tests of a block. Time passes only when a test says
 * so; what takes no time is waited for by what it makes happen.
 */
export function useJourney({
  program = "index.ts",
  config = {},
  startAt,
  ...options
}: Partial<JourneyOptions> = {}) {
  const journey = Object.create(Journey.prototype) as Journey;
  before(async () => {
    const activity = new Activity();
    const clock = new SteppedClock(typeof startAt === "function" ? startAt() : startAt, () =>
      activity.settled(),
    );
    const observations = new Observations();
    const runtime = await startRuntime({
      ...{ program, stack: "dev", port: 0, awsPort: 0, clock, activity, listener: observations },
      auth: "off",
      ...options,
      config: { channelIds: manyChannels, ...config },
    });
    Object.assign(journey, new Journey(runtime, clock, observations));
  });
  afterEach(function () {
    const { pending } = journey.observations;
    if (this.currentTest?.state === "failed" && pending.size > 0) {
      process.stderr.write(`    still waiting for ${[...pending].join("; ")}\n`);
    }
    pending.clear();
    journey.calls.restore();
  });
  after(async () => {
    // Neither is there where the program did not start, and that is the failure to see.
    journey.aws?.destroy();
    await journey.runtime?.stop();
  });
  return journey;
}

/** A runtime with the program in it, and the words in which a journey is told. */
export class Journey {
  readonly aws: Aws;
  readonly calls: Calls;

  constructor(
    readonly runtime: Runtime,
    readonly clock: SteppedClock,
    readonly observations: Observations,
  ) {
    this.aws = new Aws(runtime);
    this.calls = new Calls(runtime.gate);
  }

  get services(): Runtime["services"] {
    return this.runtime.services;
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers?: { [name: string]: string },
  ): Promise<Answer> {
    const response = await fetch(`${this.runtime.apiUrl}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
    };
  }

  post(body: unknown): Promise<Answer> {
    return this.request("POST", "/streams", body);
  }

  put(body: unknown): Promise<Answer> {
    return this.request("PUT", "/streams", body);
  }

  /** Resolves once an execution's history holds an event, or the count-th such event. */
  event(
    streamId: string,
    what: string,
    matches: (event: HistoryEvent) => boolean,
    { attempt = 1, count = 1 } = {},
  ): Promise<HistoryEvent> {
    const execution = `${streamId}_${attempt}`;
    return this.observations.until(`${what} of ${execution}`, (all) => {
      const found = all.flatMap((seen) =>
        seen.kind === "history" && seen.execution === execution && matches(seen.event) ? [seen.event] : [],
      );
      return found[count - 1];
    });
  }

  /** Resolves once a workflow enters a state, for the `visit`-th time. */
  waitForState(streamId: string, state: string, { attempt = 1, visit = 1 } = {}): Promise<unknown> {
    const isEntry = ({ stateEnteredEventDetails: entered }: HistoryEvent) =>
      isJsonObject(entered) && entered.name === state;
    return this.event(streamId, `visit ${visit} of ${state}`, isEntry, { attempt, count: visit });
  }

  /** Resolves once the calls of a workflow's Task states have failed `count` times. */
  waitForFailedCall(streamId: string, count = 1): Promise<HistoryEvent> {
    const isFailure = ({ type }: HistoryEvent) => type === "TaskFailed";
    return this.event(streamId, `failed call ${count}`, isFailure, { count });
  }

  /** Resolves once the token is stored and the workflow waits for it to come back. */
  async waitForToken(streamId: string, attempt = 1): Promise<void> {
    await this.event(streamId, "the wait for the confirmation", ({ type }) => type === "TaskSubmitted", {
      attempt,
    });
  }

  /** Resolves to the status with which a workflow ends. */
  async waitForEnd(streamId: string, attempt = 1): Promise<string> {
    const pattern = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
    const { type } = await this.event(streamId, "the end", (event) => pattern.test(event.type), { attempt });
    return (pattern.exec(type)?.[1] ?? "").toUpperCase();
  }

  /** Lets a function fail as often as Lambda invokes it for an event: three times, one and two minutes apart. */
  async waitForLastInvocation(): Promise<void> {
    for (const [count, minutes] of [
      [1, 1],
      [2, 2],
      [3, 0],
    ] as const) {
      await this.observations.until(`failed invocation ${count}`, (all) => {
        const failed = all.filter((seen) => seen.kind === "log" && seen.line.includes("Invoke Error"));
        return failed[count - 1];
      });
      await this.clock.advance({ minutes });
    }
  }

  /** Resolves to the first notification about a stream. */
  waitForNotification(streamId: string): Promise<PublishedMessage> {
    return this.observations.until(`a notification about ${streamId}`, (all) => {
      for (const seen of all) {
        if (seen.kind === "notification" && seen.message.message.includes(streamId)) return seen.message;
      }
      return undefined;
    });
  }

  notifications(streamId: string): PublishedMessage[] {
    return this.observations.all.flatMap((seen) =>
      seen.kind === "notification" && seen.message.message.includes(streamId) ? [seen.message] : [],
    );
  }

  /** The details of the events about a stream that subscribers of the bus saw, with their detail types. */
  announced(streamId: string): JsonObject[] {
    return this.observations.all.flatMap((seen) => {
      if (seen.kind !== "bus" || seen.bus === "default") return [];
      const { detail, "detail-type": type = "" } = seen.event;
      return isJsonObject(detail) && detail.streamId === streamId ? [{ type, ...detail }] : [];
    });
  }

  /** Resolves once a function has logged a line about a stream. */
  async waitForLog(streamId: string, message: string): Promise<JsonObject> {
    return this.observations.until(`the log line '${message}' about ${streamId}`, (all) => {
      for (const seen of all) {
        if (seen.kind === "log" && seen.line.includes(message) && seen.line.includes(streamId)) {
          return JSON.parse(seen.line) as JsonObject;
        }
      }
      return undefined;
    });
  }

  /** Resolves once the resuming function has read so many confirmations of a stream. */
  async readEvents(streamId: string, count: number): Promise<void> {
    await this.observations.until(`${count} events read about ${streamId}`, (all) => {
      const read = all.filter(
        (seen) =>
          seen.kind === "log" && seen.line.includes("The event was read.") && seen.line.includes(streamId),
      );
      return read[count - 1];
    });
  }

  /** Requests a stream and resolves once its workflow waits for the confirmation, its channel running. */
  async provision(streamId: string, attempt = 1): Promise<void> {
    const accepted = await this.post(aRequest(streamId));
    if (accepted.status !== 202) throw new Error(`POST answered ${JSON.stringify(accepted)}`);
    await this.waitForToken(streamId, attempt);
    // Channels take two seconds to start, and cannot be stopped before.
    await this.clock.advance({ seconds: 2 });
  }

  /** Takes a stream all the way to READY. */
  async makeReady(streamId: string, attempt = 1): Promise<void> {
    await this.provision(streamId, attempt);
    await this.put({ streamId, status: "READY" });
    await this.waitForEnd(streamId, attempt);
  }
}
