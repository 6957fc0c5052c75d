import type { ContractStateName, CreateStreamWorkflowRequest, StreamStatus } from "../contracts";
import type { JsonObject } from "../local/json";
import { type ApiAnswer, readAnswer } from "./api-answer";
import type { LocalExecution } from "./execution-view";
import type { StreamAttempt } from "./stream-attempt";
import { putLifecycleEvent } from "./stream-events";
import { type StreamsOptions, StreamViews } from "./stream-views";

/** The state in which the workflow waits for READY or FAILED. */
const confirmationState: ContractStateName = "AwaitLifecycleConfirmation";

/**
 * The streams of the program's StreamOrchestration: verbs that take one from its request to its end, and what there is of it. Each
 * member throws an Error when the program has no StreamOrchestration, or several.
 *
 * @example
 * await local.streams.provision("spring-launch");
 * await local.streams.confirm("spring-launch", "READY");
 * const { teardown } = await local.streams.end("spring-launch");
 */
export class LocalStreams extends StreamViews {
  private readonly startedAt: string;

  constructor(options: StreamsOptions) {
    super(options);
    this.startedAt = new Date(options.clock.now()).toISOString();
  }

  /**
   * `POST /streams`. Time passes only where the answer takes any, as when a function retries a call.
   * @param stream a `streamId`, which gets a request that the API accepts and that starts at once; or a request.
   * @param changes members of the request that differ. @default - none
   * @returns the answer, whatever it is.
   *
   * @example
   * const { status, body } = await local.streams.request("spring-launch", { title: "Spring launch" });
   */
  request(
    stream: string | CreateStreamWorkflowRequest,
    changes: Partial<CreateStreamWorkflowRequest> = {},
  ): Promise<ApiAnswer> {
    const request = typeof stream === "string" ? this.requestFor(stream) : stream;
    return this.send("POST", { ...request, ...changes });
  }

  /**
   * `PUT /streams`. Time passes as for {@link request}.
   * @param reason @default - none
   * @returns the answer, whatever it is.
   */
  update(streamId: string, status: StreamStatus, reason?: string): Promise<ApiAnswer> {
    return this.send("PUT", { streamId, status, ...(reason !== undefined && { reason }) });
  }

  /**
   * Puts a StreamLifecycleProgressed event on the program's bus, as a program that the bus's policy allows to. It resolves once the bus
   * has taken it.
   * @param more further members of the detail, such as `reason`, `attempt` or `origin`. @default - none
   */
  announce(streamId: string, status: StreamStatus, more: JsonObject = {}): Promise<void> {
    const { eventBusName } = this.program;
    return putLifecycleEvent(this.options.services.EventBridge, eventBusName, { streamId, status, ...more });
  }

  /**
   * Requests a stream, and lets time pass until its workflow waits for the confirmation and its channel runs.
   * @param stream as for {@link request}, and `changes` as well.
   * @returns the new attempt.
   * @throws {Error} when the request is refused, or the workflow ends before it waits.
   */
  async provision(
    stream: string | CreateStreamWorkflowRequest,
    changes: Partial<CreateStreamWorkflowRequest> = {},
  ): Promise<StreamAttempt> {
    const streamId = typeof stream === "string" ? stream : stream.streamId;
    expectStatus(await this.request(stream, changes), 202, `POST /streams for '${streamId}'`);
    await this.untilWaiting(streamId);
    const { channelId } = await this.latest(streamId);
    if (channelId !== undefined) {
      const isRunning = () => this.options.encoder.get(channelId).state === "RUNNING" || undefined;
      await this.options.clock.advanceUntil(`the channel '${channelId}' to run`, isRunning);
    }
    return this.latest(streamId);
  }

  /**
   * Confirms a stream, and lets time pass until its workflow has ended.
   * @param by the API, or an event on the bus. @default "api"
   * @param reason @default - none
   * @returns the attempt: READY, or FAILED with its cleanup done as far as the workflow could.
   * @throws {Error} when the API refuses it, or the workflow does not end within an hour.
   */
  async confirm(
    streamId: string,
    status: "READY" | "FAILED",
    { reason, by = "api" }: { readonly reason?: string; readonly by?: "api" | "event" } = {},
  ): Promise<StreamAttempt> {
    if (by === "event") await this.announce(streamId, status, reason === undefined ? {} : { reason });
    else expectStatus(await this.update(streamId, status, reason), 200, `PUT ${status} for '${streamId}'`);
    await this.options.executions.advanceUntil(streamId);
    return this.latest(streamId);
  }

  /**
   * Provisions a stream and confirms it READY.
   * @param stream as for {@link request}, and `changes` as well.
   * @returns the attempt.
   * @throws {Error} as {@link provision} and {@link confirm} do.
   */
  async makeReady(
    stream: string | CreateStreamWorkflowRequest,
    changes: Partial<CreateStreamWorkflowRequest> = {},
  ): Promise<StreamAttempt> {
    const { streamId } = await this.provision(stream, changes);
    return this.confirm(streamId, "READY");
  }

  /**
   * Ends a stream, and lets time pass until its cleanup has ended and its channel stands still.
   * @param status @default "COMPLETE"
   * @param reason @default - none
   * @returns the attempt; its `teardown` says whether the cleanup is DONE or INCOMPLETE. One that fails before it was ready is cleaned
   * up by its own workflow, and has none.
   * @throws {Error} when the API refuses it, or the cleanup does not end within an hour.
   */
  async end(
    streamId: string,
    status: "COMPLETE" | "FAILED" = "COMPLETE",
    reason?: string,
  ): Promise<StreamAttempt> {
    expectStatus(await this.update(streamId, status, reason), 200, `PUT ${status} for '${streamId}'`);
    return this.options.clock.advanceUntil(`the cleanup of the stream '${streamId}'`, async () => {
      const attempt = await this.latest(streamId);
      const execution = this.options.executions.get(attempt.executionArn);
      const isOver = attempt.teardown
        ? attempt.teardown.status !== "RUNNING"
        : execution?.status === "FAILED";
      const { channelId } = attempt;
      const isStopping = channelId !== undefined && this.options.encoder.get(channelId).state === "STOPPING";
      return isOver && !isStopping ? attempt : undefined;
    });
  }

  /**
   * Lets time pass until a stream's workflow waits for its confirmation.
   * @throws {Error} when it ends before.
   */
  async untilWaiting(streamId: string): Promise<void> {
    const { executions, clock } = this.options;
    const isOver = ({ status, waitingIn }: LocalExecution) =>
      status !== "RUNNING" || waitingIn === confirmationState;
    let execution = await executions.advanceUntil(
      streamId,
      (one) => isOver(one) || one.waitingIn !== undefined,
    );
    if (!isOver(execution)) {
      // A scheduled start waits until its time is near, which may be months ahead.
      const { heldUntil } = await this.latest(streamId);
      const ahead = heldUntil === undefined ? 0 : Math.max(Date.parse(heldUntil) - clock.now(), 0);
      execution = await executions.advanceUntil(streamId, isOver, { hours: 1, milliseconds: ahead });
    }
    if (execution.status === "RUNNING") return;
    const { name, status, error, cause } = execution;
    const why = error === undefined ? "" : `: ${error}: ${cause ?? ""}`;
    throw new Error(`The execution '${name}' ended before it waited for a confirmation, ${status}${why}`);
  }

  /** Starts a sweep now, as its schedule does, and does not wait for anything that it does. @returns its ARN. */
  sweep(): Promise<string> {
    return this.options.executions.start(this.program.machines.sweep);
  }

  private requestFor(streamId: string): CreateStreamWorkflowRequest {
    return {
      streamId,
      title: streamId,
      // The same each time: a request that is sent again is the same request.
      startTime: this.startedAt,
      ingestEndpoints: [{ protocol: "rtmps", url: `rtmps://ingest.example.com/live/${streamId}` }],
    };
  }

  private async send(method: string, json: object): Promise<ApiAnswer> {
    let answer: ApiAnswer | undefined;
    let failure: unknown;
    const sent = this.options.api("/streams", { method, json }).then(readAnswer);
    sent.then(
      (received) => {
        answer = received;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    await this.options.clock.advanceUntil(`an answer to ${method} /streams`, () =>
      answer !== undefined || failure !== undefined ? true : undefined,
    );
    return sent;
  }
}

function expectStatus({ status, body }: ApiAnswer, expected: number, what: string): void {
  if (status === expected) return;
  throw new Error(`${what} was answered ${status} instead of ${expected}: ${JSON.stringify(body)}`);
}
