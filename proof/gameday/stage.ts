import { type CreateStreamWorkflowRequest, hasEnded, type StreamStatus } from "../../contracts";
import { givenName } from "../../local/faults/named";
import { isJsonObject, type JsonObject } from "../../local/json";
import type { Local, LocalExecution } from "../../testing";
import type { Ending } from "./situation";
import { difference, type Snapshot, takeSnapshot } from "./snapshot";

/** Longer than anything that the workflow or Lambda's retries may take, the wait for a confirmation included. */
const longestMilliseconds = 60 * 60_000;

/** What is left to come once a workflow has ended: transitions of channels, retries of events. */
const restMinutes = 5;

/** Every sweep begins at such a time, unless it is configured otherwise: the runtime's clock starts at midnight. */
const sweepMilliseconds = 10 * 60_000;

/** One situation under way: a runtime, a stream of its own, and what was seen so far. */
export class Stage {
  private readonly answers: string[] = [];
  private readonly streamIds: string[];
  private readonly removals: (() => void)[] = [];
  /** How many messages there had been before. */
  private readonly toldBefore: number;

  private constructor(
    readonly local: Local,
    readonly streamId: string,
    private readonly before: Snapshot,
  ) {
    this.streamIds = [streamId];
    this.toldBefore = local.notifications.all().length;
  }

  static async open(local: Local, streamId: string): Promise<Stage> {
    return new Stage(local, streamId, await takeSnapshot(local));
  }

  /** Another stream of the same situation. */
  another(): string {
    const streamId = `${this.streamId}-${this.streamIds.length + 1}`;
    this.streamIds.push(streamId);
    return streamId;
  }

  /** `POST /streams`. @returns the status of the answer. */
  async post(changes: Partial<CreateStreamWorkflowRequest> = {}): Promise<number> {
    return this.send({ method: "POST", json: { ...aRequest(this.streamId), ...changes } });
  }

  /** `POST /streams` for many streams at once. */
  async postAll(streamIds: readonly string[]): Promise<void> {
    await this.send(...streamIds.map((streamId) => ({ method: "POST", json: aRequest(streamId) })));
  }

  /** `PUT /streams`. @returns the status of the answer. */
  put(status: StreamStatus, streamId = this.streamId): Promise<number> {
    return this.send(aChange(status, streamId));
  }

  /** `PUT /streams` for many streams at once. */
  async putAll(status: StreamStatus, streamIds: readonly string[]): Promise<void> {
    await this.send(...streamIds.map((streamId) => aChange(status, streamId)));
  }

  /** `GET /health`. @returns the status of the answer. */
  health(): Promise<number> {
    return this.send({ method: "GET", path: "/health" });
  }

  /** Repeats a request until its answer is none of a server's failure, as a caller is to do. */
  async insist(request: () => Promise<number>): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const status = await request();
      if (status < 500 || tries === 5) return status;
    }
  }

  /** Requests the stream, and lets time pass until its workflow waits for the confirmation and its channel runs. */
  async provision(changes: Partial<CreateStreamWorkflowRequest> = {}): Promise<void> {
    await this.post(changes);
    await this.untilWaiting(changes.streamId);
    await this.local.clock.advance({ seconds: 5 });
  }

  /** Takes the stream to READY, and lets a minute pass. */
  async makeReady(): Promise<void> {
    await this.provision();
    await this.put("READY");
    await this.untilEnded();
    await this.local.clock.advance({ minutes: 1 });
  }

  /** Stops an execution, as an operator does. @param arn @default - the one of the stream's latest attempt */
  async stop(arn = this.local.executions.get(this.streamId)?.arn ?? ""): Promise<void> {
    const cause = "The operator has had enough.";
    await this.local.runtime.services.StepFunctions.call("StopExecution", { executionArn: arn, cause });
  }

  /** The executions of a state machine, by the name that the program gives it. */
  executions(machine: string): LocalExecution[] {
    return this.local.executions.all().filter(({ arn }) => arn.includes(`-${machine}-`));
  }

  /** Lets time pass until the next sweep has ended, and what it set off with it. */
  async untilSwept(): Promise<void> {
    await this.untilNextSweep();
    await this.local.clock.advance({ seconds: 30 });
  }

  /** Has the calls of an action take a second each: otherwise nothing that a workflow does takes time. */
  slowDown(service: string, action: string): void {
    const { clock, gate } = this.local;
    const remove = gate.use(async (call, proceed) => {
      if (call.service === service && call.action === action) await clock.wait(1000);
      return proceed();
    });
    this.removals.push(remove);
  }

  /** RFC 3339, some hours from now. */
  inHours(hours: number): string {
    return new Date(this.local.clock.now() + hours * 3_600_000).toISOString();
  }

  /** Lets time pass until a workflow waits for its confirmation. */
  async untilWaiting(streamId = this.streamId): Promise<void> {
    await this.until(`${streamId} to wait for its confirmation`, () => {
      const execution = this.local.executions.get(streamId);
      return execution?.history.at(-1)?.type === "TaskSubmitted" ? true : undefined;
    });
  }

  /** Lets time pass until the latest execution for a stream has ended. */
  async untilEnded(streamId = this.streamId): Promise<void> {
    await this.until(`the end of ${streamId}`, () => {
      const execution = this.local.executions.get(streamId);
      return execution && execution.status !== "RUNNING" ? true : undefined;
    });
  }

  /** Lets time pass, from one thing that waits for it to the next, until something is there. */
  async until<T>(what: string, find: () => T | undefined): Promise<T> {
    const { clock } = this.local;
    const end = clock.now() + longestMilliseconds;
    for (;;) {
      await this.local.settled();
      const found = find();
      if (found !== undefined) return found;
      const next = clock.nextWait;
      if (next === undefined || next > end) throw new Error(`Waited for ${what}, which does not happen.`);
      await clock.advance({ milliseconds: Math.max(next - clock.now(), 0) });
    }
  }

  /** Puts an event of another program on the bus. */
  async announce(detail: JsonObject): Promise<void> {
    await this.local.runtime.services.EventBridge.call("PutEvents", {
      Entries: [
        {
          EventBusName: String(this.local.outputs.eventBusName),
          Source: "com.guidogerb.streams",
          DetailType: "StreamLifecycleProgressed",
          Detail: JSON.stringify(detail),
        },
      ],
    });
  }

  /** @returns how it ended, once all that was set off has come to rest. */
  async close(): Promise<Ending> {
    this.local.faults.clear();
    for (const remove of this.removals) remove();
    await this.local.clock.advance({ minutes: restMinutes });
    const after = await takeSnapshot(this.local);
    const ends = await Promise.all(this.streamIds.map((streamId) => this.endOf(streamId)));
    const notifications = this.local.notifications.all().slice(this.toldBefore);
    return {
      saw: inWords(this.answers) || "nobody asked",
      ended: inWords(ends, "; "),
      left: difference(this.before, after),
      told: inWords(this.told()) || "nothing",
      onCall: notifications.filter(({ message }) => message.includes(this.streamId)).length,
      alarms: inWords(notifications.flatMap(({ subject }) => alarmOf(subject))) || "none",
    };
  }

  /**
   * Ends what is ready, and waits for the next sweep, so that the next situation begins as the first one did.
   *
   * @returns whether all is as it was before.
   */
  async tidyUp(): Promise<boolean> {
    for (const streamId of this.streamIds) {
      const stream = await this.local.streams.get(streamId);
      if (stream && !hasEnded(stream.status)) await this.put("COMPLETE", streamId);
    }
    await this.untilNextSweep();
    return difference(this.before, await takeSnapshot(this.local)) === "nothing";
  }

  private async untilNextSweep(): Promise<void> {
    const { clock } = this.local;
    await clock.advance({ milliseconds: sweepMilliseconds - (clock.now() % sweepMilliseconds) });
  }

  /** Sends requests at once. @returns the status of the last one's answer. */
  private async send(...requests: readonly ApiCall[]): Promise<number> {
    const statuses = new Map<ApiCall, number>();
    const answers = requests.map(async (request) => {
      const { method, path = "/streams", json } = request;
      const { status } = await this.local.api(path, { method, ...(json !== undefined && { json }) });
      statuses.set(request, status);
    });
    const what = requests.map(({ method }) => method).join(", ");
    await this.until(`an answer to ${what}`, () => statuses.size === requests.length || undefined);
    await Promise.all(answers);
    for (const request of requests) this.answers.push(`${request.method} ${statuses.get(request)}`);
    return statuses.get(requests.at(-1) as ApiCall) ?? 0;
  }

  /** `READY (execution SUCCEEDED)`: each attempt's status, and its execution's. */
  private async endOf(streamId: string): Promise<string> {
    const attempts = await this.local.streams.attempts(streamId);
    const executions = this.local.executions
      .all()
      .filter(({ name }) => name.slice(0, name.lastIndexOf("_")) === streamId);
    const statuses = attempts.map(({ status, executionArn, ...attempt }) => {
      const own = executions.find(({ arn }) => arn === executionArn);
      const { teardown } = attempt as { teardown?: { status: string } };
      const undone = teardown ? `, teardown ${teardown.status}` : "";
      return `${status} (execution ${own ? outcomeOf(own) : "unknown"}${undone})`;
    });
    const others = executions
      .filter(({ arn }) => !attempts.some(({ executionArn }) => executionArn === arn))
      .map((execution) => `no item (execution ${outcomeOf(execution)})`);
    return [...statuses, ...others].join(", then ") || "never requested";
  }

  private told(): string[] {
    return this.local.events
      .all(({ detail }) => isJsonObject(detail) && this.streamIds.includes(String(detail.streamId)))
      .map(({ event }) => {
        const { status, origin } = isJsonObject(event.detail) ? event.detail : {};
        if (status === undefined) return "requested";
        return `${String(status)} by ${String(origin ?? "an event")}`;
      });
  }
}

/** A request to the API. */
interface ApiCall {
  readonly method: string;
  /** @default "/streams" */
  readonly path?: string;
  readonly json?: unknown;
}

/** More than this is counted: a crowd's report is no list. */
const longestList = 9;

/** @returns a list in words: a long one by how often each is in it, in the order in which they first are. */
export function inWords(list: readonly string[], separator = ", "): string {
  if (list.length <= longestList) return list.join(separator);
  return [...new Set(list)]
    .map((one) => `${list.filter((other) => other === one).length} × ${one}`)
    .join(separator);
}

/** @returns the name of the alarm that a message says is on, without what all alarms' names begin with. */
function alarmOf(subject = ""): string[] {
  const [, name] = /^ALARM: "([^"]+)/.exec(subject) ?? [];
  return name === undefined ? [] : [givenName(name).replace(/^.*-alarms-/, "")];
}

/** `SUCCEEDED`, or `SUCCEEDED after 15 min`: seconds are those of jitter. */
function outcomeOf({ status, startedAt, stoppedAt = startedAt }: LocalExecution): string {
  const minutes = Math.floor((stoppedAt.getTime() - startedAt.getTime()) / 60_000);
  return minutes === 0 ? status : `${status} after ${minutes} min`;
}

function aRequest(streamId: string): CreateStreamWorkflowRequest {
  return {
    streamId,
    title: "Spring launch",
    startTime: "2027-03-20T18:00:00Z",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/spring" }],
  };
}

function aChange(status: StreamStatus, streamId: string): ApiCall {
  const reason = status === "FAILED" ? { reason: "The picture is black." } : {};
  return { method: "PUT", json: { streamId, status, ...reason } };
}
