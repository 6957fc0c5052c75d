import type { CreateStreamWorkflowRequest, StreamStatus } from "../../contracts";
import { isJsonObject, type JsonObject } from "../json";
import type { Local, LocalExecution } from "../testing";
import type { Ending } from "./situation";
import { difference, type Snapshot, takeSnapshot } from "./snapshot";

/** Longer than anything that the workflow or Lambda's retries may take, the wait for a confirmation included. */
const longestMilliseconds = 60 * 60_000;

/** What is left to come once a workflow has ended: transitions of channels, retries of events. */
const restMinutes = 5;

/** One situation under way: a runtime, a stream of its own, and what was seen so far. */
export class Stage {
  private readonly answers: string[] = [];
  private readonly streamIds: string[];

  private constructor(
    readonly local: Local,
    readonly streamId: string,
    private readonly before: Snapshot,
  ) {
    this.streamIds = [streamId];
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
  post(changes: Partial<CreateStreamWorkflowRequest> = {}): Promise<number> {
    return this.send("POST", "/streams", { ...aRequest(this.streamId), ...changes });
  }

  /** `PUT /streams`. @returns the status of the answer. */
  put(status: StreamStatus, streamId = this.streamId): Promise<number> {
    const reason = status === "FAILED" ? { reason: "The picture is black." } : {};
    return this.send("PUT", "/streams", { streamId, status, ...reason });
  }

  /** `GET /health`. @returns the status of the answer. */
  health(): Promise<number> {
    return this.send("GET", "/health");
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
    await this.local.clock.advance({ minutes: restMinutes });
    const after = await takeSnapshot(this.local);
    const ends = await Promise.all(this.streamIds.map((streamId) => this.endOf(streamId)));
    return {
      saw: this.answers.join(", ") || "nobody asked",
      ended: ends.join("; "),
      left: difference(this.before, after),
      told: this.told() || "nothing",
      onCall: this.local.notifications.all().filter(({ message }) => message.includes(this.streamId)).length,
    };
  }

  private async send(method: string, path: string, json?: unknown): Promise<number> {
    let status: number | undefined;
    const answer = this.local.api(path, { method, ...(json !== undefined && { json }) }).then((response) => {
      status = response.status;
    });
    await this.until(`an answer to ${method} ${path}`, () => status);
    await answer;
    this.answers.push(`${method} ${status}`);
    return status ?? 0;
  }

  /** `READY (execution SUCCEEDED)`: each attempt's status, and its execution's. */
  private async endOf(streamId: string): Promise<string> {
    const attempts = await this.local.streams.attempts(streamId);
    const executions = this.local.executions
      .all()
      .filter(({ name }) => name.slice(0, name.lastIndexOf("_")) === streamId);
    const statuses = attempts.map(({ status, executionArn }) => {
      const own = executions.find(({ arn }) => arn === executionArn);
      return `${status} (execution ${own ? outcomeOf(own) : "unknown"})`;
    });
    const others = executions
      .filter(({ arn }) => !attempts.some(({ executionArn }) => executionArn === arn))
      .map((execution) => `no item (execution ${outcomeOf(execution)})`);
    return [...statuses, ...others].join(", then ") || "never requested";
  }

  private told(): string {
    return this.local.events
      .all(({ detail }) => isJsonObject(detail) && this.streamIds.includes(String(detail.streamId)))
      .map(({ event }) => {
        const { status, origin } = isJsonObject(event.detail) ? event.detail : {};
        if (status === undefined) return "requested";
        return `${String(status)} by ${String(origin ?? "an event")}`;
      })
      .join(", ");
  }
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
