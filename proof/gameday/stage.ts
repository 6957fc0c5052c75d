import { hasEnded } from "../../contracts";
import { givenName } from "../../local/faults/named";
import type { Local, LocalExecution } from "../../testing";
import { untilNextSweep } from "../shared/sweeps";
import type { Ending } from "./ending";
import { inWords } from "./in-words";
import { difference, type Snapshot, takeSnapshot } from "./snapshot";

/** What is left to come once a workflow has ended: transitions of channels, retries of events. */
const restMinutes = 5;

/** One situation under way: a runtime, the streams of the situation, and what there was before. */
export class Stage {
  private readonly streamIds: string[];
  /** How many messages and answers there had been before. */
  private readonly before: { readonly messages: number; readonly answers: number };

  private constructor(
    readonly local: Local,
    readonly streamId: string,
    private readonly snapshot: Snapshot,
  ) {
    this.streamIds = [streamId];
    this.before = { messages: local.notifications.all().length, answers: local.requests().length };
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

  /** RFC 3339, some hours from now. */
  inHours(hours: number): string {
    return new Date(this.local.clock.now() + hours * 3_600_000).toISOString();
  }

  /** @returns how it ended, once all that was set off has come to rest. */
  async close(): Promise<Ending> {
    const { local } = this;
    local.faults.clear();
    await local.clock.advance({ minutes: restMinutes });
    const after = await takeSnapshot(local);
    const ends = await Promise.all(this.streamIds.map((streamId) => this.endOf(streamId)));
    const notifications = local.notifications.all().slice(this.before.messages);
    const answers = local.requests().slice(this.before.answers);
    return {
      saw: inWords(answers.map(({ method, status }) => `${method} ${status}`)) || "nobody asked",
      ended: inWords(ends, "; "),
      left: difference(this.snapshot, after),
      told: inWords(local.streams.told(...this.streamIds)) || "nothing",
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
    const { local } = this;
    for (const streamId of this.streamIds) {
      const stream = await local.streams.get(streamId);
      if (stream && !hasEnded(stream.status)) await local.streams.update(streamId, "COMPLETE");
    }
    await untilNextSweep(local);
    return difference(this.snapshot, await takeSnapshot(local)) === "nothing";
  }

  /** `READY (execution SUCCEEDED)`: each attempt's status, and its execution's. */
  private async endOf(streamId: string): Promise<string> {
    const { streams, executions } = this.local;
    const attempts = await streams.attempts(streamId);
    const own = executions.all().filter(({ name }) => name.slice(0, name.lastIndexOf("_")) === streamId);
    const statuses = attempts.map(({ status, executionArn, teardown }) => {
      const execution = own.find(({ arn }) => arn === executionArn);
      const undone = teardown ? `, teardown ${teardown.status}` : "";
      return `${status} (execution ${execution ? outcomeOf(execution) : "unknown"}${undone})`;
    });
    const others = own
      .filter(({ arn }) => !attempts.some(({ executionArn }) => executionArn === arn))
      .map((execution) => `no item (execution ${outcomeOf(execution)})`);
    return [...statuses, ...others].join(", then ") || "never requested";
  }
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
