import type { Interceptor } from "../../local/calls/calls";
import type { JsonObject } from "../../local/json";
import type { Graph } from "../../local/record/graph";
import { type Local, startLocal } from "../../testing";
import { sweepMilliseconds } from "../shared/sweeps";
import { narrate } from "./narrate";
import { checkStart } from "./start-check";
import { Watch } from "./watch";

/** A few channels, and a limit that the stream does not reach which is READY all along. */
const defaults = { channelIds: "1001,1002,1003", maxLiveHours: "8760" };

/** How long each call of a workflow takes. */
const callMilliseconds = 20;

/** What a sweep sets off is over by then, and so is the period in which an alarm notices it. */
const afterSweepMilliseconds = 125_000;

/** The stream that is READY all along, and that no case may touch. */
export const bystander = "bystander";

export interface WorldOptions {
  readonly config?: { readonly [key: string]: string } | undefined;
  /** Whether there is no stream that is READY all along. @default false */
  readonly isAlone?: boolean | undefined;
  /** Changes the program: to see what finds a mechanism that is gone. @default - it is as it is */
  readonly patch?: ((graph: Graph) => Graph) | undefined;
  /** Stands between callers and services. @default - nothing does */
  readonly intercept?: Interceptor | undefined;
  /** Takes a line about each thing that happens. @default - the lines are not written */
  readonly tell?: ((line: string) => void) | undefined;
}

/** What there was when a case began. */
interface Baseline {
  readonly distributions: readonly { readonly id: string; readonly config: JsonObject }[];
  /** The names of the schedules. */
  readonly schedules: readonly string[];
}

/** A runtime in which cases run one after the other, and what was seen of the one that runs. */
export class World {
  private streams = 0;
  /** What the bystander has. */
  private baseline: Baseline = { distributions: [], schedules: [] };
  /** How many events had been given up, and alarms had gone off, when the case began. */
  private seen = { undelivered: 0, alarms: 0 };

  private constructor(
    readonly local: Local,
    readonly watch: Watch,
  ) {}

  /** Starts the program of this project with a few channels. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const { config = {}, isAlone = false, patch, intercept, tell } = options;
    const watch = new Watch(tell);
    const local = await startLocal("index.ts", {
      config: { ...defaults, ...config },
      listener: tell ? narrate(tell, watch) : watch,
      ...(patch && { patch }),
    });
    if (intercept) local.gate.use(intercept);
    const world = new World(local, watch);
    // Workflows take time between their calls: without it all that they write would carry the same moment.
    local.gate.use(async (call, proceed) => {
      if (call.caller.kind === "state-machine") await local.clock.wait(callMilliseconds);
      return proceed();
    });
    await world.beginCase();
    if (!isAlone) await local.streams.makeReady(bystander);
    await world.rest(0);
    world.baseline = {
      distributions: await local.playback.all(),
      schedules: (await local.schedules.created()).map(({ name }) => name),
    };
    return world;
  }

  stop(): Promise<void> {
    return this.local.stop();
  }

  /** @returns a name that no stream has had. */
  nextStreamId(): string {
    this.streams += 1;
    return `case-${this.streams}`;
  }

  /** Has every call seen that takes effect, and forgets what was seen before. */
  async beginCase(): Promise<void> {
    await this.local.settled();
    this.watch.reset();
    this.seen = {
      undelivered: this.local.events.undelivered().length,
      alarms: this.local.alarms.raised().length,
    };
    this.watchCalls();
  }

  /** To be repeated after a fault was put in: the watch has to stand behind it. */
  watchCalls(): void {
    this.watch.standLast(this.local.gate, (start) => checkStart(this.local.streams, this.watch, start));
  }

  /** Takes the faults out, and lets time pass until so many sweeps have looked around, and what they set off is over. */
  async rest(sweeps: number): Promise<void> {
    const { clock, faults } = this.local;
    faults.clear();
    const latest = Math.floor(clock.now() / sweepMilliseconds) * sweepMilliseconds;
    const end = latest + sweeps * sweepMilliseconds + afterSweepMilliseconds;
    await clock.advance({ milliseconds: end - clock.now() });
  }

  /** The events that were given up since the case began. */
  undelivered(): ReturnType<Local["events"]["undelivered"]> {
    return this.local.events.undelivered().slice(this.seen.undelivered);
  }

  /** The names of the alarms that went off since the case began. */
  alarms(): string[] {
    return this.local.alarms.raised().slice(this.seen.alarms);
  }

  /** Stops what runs of a state machine, as an operator does, or as a death would. */
  async stopExecutions(machine: string): Promise<void> {
    const ofMachine = new Set(this.local.executions.of(machine).map(({ arn }) => arn));
    for (const { arn } of this.local.executions.running()) {
      if (ofMachine.has(arn)) await this.local.executions.stop(arn);
    }
  }

  /** Takes everything of a stream that is READY away, without a workflow: faster than to end it, where that is not what is looked at. */
  async wipe(streamId: string): Promise<void> {
    const { streams, encoder, playback, schedules, runtime } = this.local;
    const { DynamoDB } = runtime.services;
    const { tableName, leaseTableName } = streams.program;
    for (const { channelId, streamId: owner } of await streams.leases()) {
      if (owner !== streamId) continue;
      encoder.setState(channelId, "IDLE");
      for (const key of [channelId, `start/${channelId}`]) {
        await DynamoDB.call("DeleteItem", { TableName: leaseTableName, Key: { channelId: { S: key } } });
      }
    }
    for (const { attempt } of await streams.attempts(streamId)) {
      const Key = { streamId: { S: streamId }, attempt: { N: String(attempt) } };
      await DynamoDB.call("DeleteItem", { TableName: tableName, Key });
    }
    for (const { id, config } of this.baseline.distributions) playback.setConfig(id, config);
    for (const schedule of await schedules.created()) {
      if (!this.baseline.schedules.includes(schedule.name)) await schedules.delete(schedule);
    }
  }
}
