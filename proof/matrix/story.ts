import { type CreateStreamWorkflowRequest, hasEnded, type StreamStatus } from "../../contracts";
import type { JsonObject } from "../../local/json";
import type { StreamAttempt } from "../../testing";
import type { WatchedExecution } from "./watch";
import type { World } from "./world";

/** A confirmation that was taken: by the API, which answered 200, or by the bus. */
export interface Confirmation {
  readonly status: "READY" | "FAILED";
  readonly by: "api" | "event";
  /** The attempt that it was about, and whether that had ended already. */
  readonly attempt: number;
  readonly wasOver: boolean;
}

/** Longer than anything that the workflow or Lambda's retries may take, the wait for a confirmation included. */
const longestMilliseconds = 60 * 60_000;

/** How often StreamSweep starts. */
export const sweepMilliseconds = 10 * 60_000;

/** What a sweep sets off is over by then, and so is the period in which an alarm notices it. */
const afterSweepMilliseconds = 125_000;

/** What happens to one stream, told to the end whatever is in the way: a caller that gets no answer asks again. */
export class Story {
  /** What callers were answered, in order. */
  readonly answers: string[] = [];
  readonly confirmations: Confirmation[] = [];
  /** What was done to the stream so far, in order. */
  readonly acts: string[] = [];

  constructor(
    readonly world: World,
    readonly streamId: string,
  ) {}

  get latestExecution(): WatchedExecution | undefined {
    return this.world.orchestrations(this.streamId).at(-1);
  }

  attempts(): Promise<StreamAttempt[]> {
    return this.world.local.streams.attempts(this.streamId);
  }

  /** Says what is done now: until two journeys do something else, they are the same. */
  mark(what: string): void {
    this.acts.push(what);
  }

  /** `POST /streams`. @returns the status of the last answer. */
  request(changes: Partial<CreateStreamWorkflowRequest> = {}): Promise<number> {
    this.mark(`request ${Object.keys(changes).join()}`);
    return this.insist("POST", { ...aRequest(this.streamId), ...changes });
  }

  /** `PUT /streams`. @returns the status of the last answer. */
  async put(status: StreamStatus): Promise<number> {
    this.mark(`put ${status}`);
    const before = (await this.attempts()).at(-1);
    const reason = status === "FAILED" ? { reason: "The picture is black." } : {};
    const answer = await this.insist("PUT", { streamId: this.streamId, status, ...reason });
    if (answer === 200) this.note(status, "api", before);
    await this.world.local.clock.advance({ seconds: 1 });
    return answer;
  }

  /** Another program's event on the bus. */
  async announce(status: StreamStatus, more: JsonObject = {}): Promise<void> {
    this.mark(`announce ${status}`);
    this.note(status, "event", (await this.attempts()).at(-1));
    await this.world.local.runtime.services.EventBridge.call("PutEvents", {
      Entries: [
        {
          EventBusName: String(this.world.local.outputs.eventBusName),
          Source: "com.guidogerb.streams",
          DetailType: "StreamLifecycleProgressed",
          Detail: JSON.stringify({ streamId: this.streamId, status, ...more }),
        },
      ],
    });
  }

  /** Stops the stream's latest execution, as an operator does. */
  async stop(): Promise<void> {
    this.mark(`stop in ${this.latestExecution?.state}`);
    const execution = this.latestExecution;
    if (execution?.status !== "RUNNING") return;
    await this.world.local.runtime.services.StepFunctions.call("StopExecution", {
      executionArn: execution.arn,
    });
  }

  /** Lets time pass until the workflow waits for its confirmation and its channel is up, or has ended. */
  async untilWaiting(): Promise<void> {
    await this.untilIn("AwaitLifecycleConfirmation");
    await this.world.local.clock.advance({ seconds: 5 });
  }

  /** Lets time pass until the workflow holds a scheduled start, or has ended. */
  untilHeld(): Promise<void> {
    return this.untilIn("HoldUntilLeadTime");
  }

  /** Lets time pass until the latest execution has ended. */
  async untilEnded(): Promise<void> {
    await this.until(() => this.latestExecution?.status !== "RUNNING");
  }

  private async untilIn(state: string): Promise<void> {
    await this.until(() => {
      const execution = this.latestExecution;
      return execution?.status !== "RUNNING" || (execution.isWaiting && execution.state === state);
    });
  }

  /** Lets time pass, from one thing that waits for it to the next. @returns whether it came to be so within an hour. */
  async until(isSo: () => boolean): Promise<boolean> {
    const { local } = this.world;
    const end = local.clock.now() + longestMilliseconds;
    for (;;) {
      await local.settled();
      if (isSo()) return true;
      const next = local.clock.nextWait;
      if (next === undefined || next > end) return false;
      await local.clock.advance({ milliseconds: Math.max(next - local.clock.now(), 0) });
    }
  }

  /** Takes the faults out, and lets time pass until so many sweeps have looked around, and what they set off is over. */
  async rest(sweeps: number): Promise<void> {
    const { clock, faults } = this.world.local;
    faults.clear();
    const latest = Math.floor(clock.now() / sweepMilliseconds) * sweepMilliseconds;
    const end = latest + sweeps * sweepMilliseconds + afterSweepMilliseconds;
    await clock.advance({ milliseconds: end - clock.now() });
  }

  private note(status: StreamStatus, by: Confirmation["by"], before: StreamAttempt | undefined): void {
    if (!before || (status !== "READY" && status !== "FAILED")) return;
    this.confirmations.push({ status, by, attempt: before.attempt, wasOver: hasEnded(before.status) });
  }

  /** Repeats a request while its answer is a server's failure, three times at most. */
  private async insist(method: string, json: unknown): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const status = await this.send(method, json);
      if (status < 500 || tries === 3) return status;
    }
  }

  private async send(method: string, json: unknown): Promise<number> {
    let status = 0;
    const answer = this.world.local.api("/streams", { method, json }).then((response) => {
      status = response.status;
    });
    await this.until(() => status !== 0);
    await answer;
    this.answers.push(`${method} ${status}`);
    return status;
  }
}

function aRequest(streamId: string): CreateStreamWorkflowRequest {
  return {
    streamId,
    title: "Spring launch",
    // Over already: a start that is to be held says its own.
    startTime: "2025-12-31T18:00:00Z",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/spring" }],
  };
}
