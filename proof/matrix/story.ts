import { type CreateStreamWorkflowRequest, hasEnded, type StreamStatus } from "../../contracts";
import type { JsonObject } from "../../local/json";
import { type ApiAnswer, type LocalExecution, type StreamAttempt, WaitError } from "../../testing";
import { insist } from "../shared/insist";
import type { World } from "./world";

/** A confirmation that was taken: by the API, which answered 200, or by the bus. */
export interface Confirmation {
  readonly status: "READY" | "FAILED";
  readonly by: "api" | "event";
  /** The attempt that it was about, and whether that had ended already. */
  readonly attempt: number;
  readonly wasOver: boolean;
}

/** How often a caller sends a request whose answer is a server's failure. */
const maxTries = 3;

/** What happens to one stream, told to the end whatever is in the way: a caller that gets no answer asks again. */
export class Story {
  /** What callers were answered, in order. */
  readonly answers: string[] = [];
  readonly confirmations: Confirmation[] = [];
  /** What was done to the stream so far, in order. */
  readonly acts: string[] = [];
  /** When another request was made while the journey went on, in milliseconds since the Unix epoch. */
  laterRequestAt: number | undefined;
  /** Whether the stream's channel died. */
  hasLost = false;
  /** Other streams that the case has to do with. */
  readonly others: string[] = [];

  constructor(
    readonly world: World,
    readonly streamId: string,
  ) {}

  /** The executions that take the stream from its request to READY, the first one first. */
  executions(): LocalExecution[] {
    const { executions, streams } = this.world.local;
    return executions
      .of(streams.program.machines.orchestrator)
      .filter(({ name }) => name.slice(0, name.lastIndexOf("_")) === this.streamId);
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
    const request = this.world.requestFor(this.streamId);
    return this.send("POST", () => this.world.local.streams.request(request, changes));
  }

  /** Requests a stream after a time, whatever is done meanwhile: nobody waits for it, and no time passes for it. */
  async requestLater(streamId: string, seconds: number): Promise<void> {
    const { local } = this.world;
    if (streamId !== this.streamId) this.others.push(streamId);
    await local.clock.wait(seconds * 1000);
    this.laterRequestAt = local.clock.now();
    const { status } = await local.api("/streams", { json: this.world.requestFor(streamId) });
    this.answers.push(`later POST ${status}`);
  }

  /** `PUT /streams`. @returns the status of the last answer. */
  async put(status: StreamStatus): Promise<number> {
    this.mark(`put ${status}`);
    const before = (await this.attempts()).at(-1);
    const reason = status === "FAILED" ? "The picture is black." : undefined;
    const answer = await this.send("PUT", () =>
      this.world.local.streams.update(this.streamId, status, reason),
    );
    if (answer === 200) this.note(status, "api", before);
    await this.world.local.clock.advance({ seconds: 1 });
    return answer;
  }

  /** `PUT /streams` several times in a row, without any time in between. */
  async putAtOnce(...statuses: readonly StreamStatus[]): Promise<void> {
    for (const status of statuses) {
      const before = (await this.attempts()).at(-1);
      const answer = await this.send("PUT", () => this.world.local.streams.update(this.streamId, status));
      if (answer === 200) this.note(status, "api", before);
    }
  }

  /** Another program's event on the bus. */
  async announce(status: StreamStatus, more: JsonObject = {}): Promise<void> {
    this.mark(`announce ${status}`);
    this.note(status, "event", (await this.attempts()).at(-1));
    await this.world.local.streams.announce(this.streamId, status, more);
  }

  /** Has the channel of the stream's latest attempt die. @returns whether it was up. */
  async killChannel(): Promise<boolean> {
    const channelId = await this.runningChannel();
    if (channelId !== undefined) this.world.local.encoder.crash(channelId);
    return channelId !== undefined;
  }

  /** Takes the input from the channel of the stream's latest attempt, or gives it back. */
  async changeInput(change: "loseInput" | "restoreInput"): Promise<void> {
    const channelId = await this.runningChannel();
    if (channelId !== undefined) this.world.local.encoder[change](channelId);
  }

  /** @returns the channel of the latest attempt; undefined where another stream has it, or where it is IDLE. */
  private async runningChannel(): Promise<string | undefined> {
    const { encoder, streams } = this.world.local;
    const { channelId } = (await this.attempts()).at(-1) ?? {};
    // A lease of another stream's means that this one has given the channel back.
    const lease = (await streams.leases()).find((one) => one.channelId === channelId);
    if (channelId === undefined || lease?.streamId !== this.streamId) return undefined;
    return encoder.get(channelId).state === "IDLE" ? undefined : channelId;
  }

  /** A stream whose channel died may be FAILED, whatever was confirmed before. */
  noteLoss(): void {
    this.hasLost = true;
  }

  /** Stops the stream's latest execution, as an operator does. */
  async stop(): Promise<void> {
    const execution = this.latestExecution;
    this.mark(`stop in ${execution?.path.at(-1)}`);
    if (execution?.status === "RUNNING") await this.world.local.executions.stop(execution.arn);
  }

  /** Lets time pass until the workflow waits for its confirmation and its channel is up, or has ended. */
  async untilWaiting(): Promise<void> {
    await this.untilIn("AwaitLifecycleConfirmation");
    await this.world.local.clock.advance({ seconds: 5 });
  }

  /** Lets time pass until the start of the channel is under way, or the workflow has ended. */
  untilStarting(): Promise<void> {
    const state = "ProvisionEncoderInfrastructure";
    return this.until(
      state,
      (execution) => execution?.status !== "RUNNING" || execution.path.at(-1) === state,
    );
  }

  /** Lets time pass until the workflow waits for the time of a scheduled start, or has ended. */
  untilScheduled(): Promise<void> {
    return this.untilIn("HoldUntilLeadTime");
  }

  /** Lets time pass until the latest execution has ended. */
  untilEnded(): Promise<void> {
    return this.until("the end of its workflow", (execution) => execution?.status !== "RUNNING");
  }

  private get latestExecution(): LocalExecution | undefined {
    return this.world.local.executions.get(this.streamId);
  }

  private untilIn(state: string): Promise<void> {
    return this.until(state, (execution) => execution?.status !== "RUNNING" || execution.waitingIn === state);
  }

  /** Lets an hour pass at most: what does not come about by then is for the guarantees to find. */
  private async until(what: string, isSo: (execution?: LocalExecution) => boolean): Promise<void> {
    const find = () => isSo(this.latestExecution) || undefined;
    await this.world.local.clock.advanceUntil(what, find).catch((error: unknown) => {
      if (!(error instanceof WaitError)) throw error;
    });
  }

  private note(status: StreamStatus, by: Confirmation["by"], before: StreamAttempt | undefined): void {
    if (!before || (status !== "READY" && status !== "FAILED")) return;
    this.confirmations.push({ status, by, attempt: before.attempt, wasOver: hasEnded(before.status) });
  }

  private async send(method: string, request: () => Promise<ApiAnswer>): Promise<number> {
    const { status } = await insist(maxTries, async () => {
      const answer = await request();
      this.answers.push(`${method} ${answer.status}`);
      return answer;
    });
    return status;
  }
}
