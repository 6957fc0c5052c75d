import { createHash } from "node:crypto";
import type { CreateStreamWorkflowRequest } from "../../contracts";
import type { Interceptor } from "../../local/calls/calls";
import type { JsonObject } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import { type Local, startLocal } from "../../testing";
import { sweepMilliseconds } from "../shared/sweeps";
import { hostileEntries } from "./foreign/edits";
import { ForeignEntries } from "./foreign/entries";
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
  /** Whether there is neither a stream that is READY all along nor an entry of others in the distribution. @default false */
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
  /** What others have in the distributions. */
  readonly foreign: ForeignEntries;
  private readonly startedAt: string;
  private streams = 0;
  private isRedeployed = false;
  /** What the bystander has. */
  private baseline: Baseline = { distributions: [], schedules: [] };
  /** How many events had been given up, alarms had gone off and messages and events had been sent, when the case began. */
  private seen = { undelivered: 0, alarms: 0, notifications: 0, events: 0 };

  private constructor(
    readonly local: Local,
    readonly watch: Watch,
    /** What it was started with. */
    private readonly config: { readonly [key: string]: string },
  ) {
    this.startedAt = new Date(local.clock.now()).toISOString();
    this.foreign = new ForeignEntries(local.playback, ownOriginPrefix(local.runtime.graph));
  }

  /** Starts the program of this project with a few channels. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const { isAlone = false, patch, intercept, tell } = options;
    const config = { ...defaults, ...options.config };
    const watch = new Watch(tell);
    const local = await startLocal("index.ts", {
      config,
      listener: tell ? narrate(tell, watch) : watch,
      ...(patch && { patch }),
    });
    if (intercept) local.gate.use(intercept);
    const world = new World(local, watch, config);
    // Workflows take time between their calls: without it all that they write would carry the same moment.
    local.gate.use(async (call, proceed) => {
      if (call.caller.kind === "state-machine") await local.clock.wait(callMilliseconds);
      return proceed();
    });
    await world.beginCase();
    await world.foreign.learn();
    if (!isAlone) {
      await world.foreign.change(hostileEntries);
      await local.streams.makeReady(bystander);
    }
    await world.rest(0);
    world.baseline = {
      distributions: await local.playback.all(),
      schedules: (await local.schedules.created()).map(({ name }) => name),
    };
    return world;
  }

  /** After how many hours a stream is ended that nobody ends. */
  get maxLiveHours(): number {
    return Number(this.config.maxLiveHours);
  }

  /** Deploys the program over itself with other configuration, until the case is over. What is under way goes on. */
  async redeploy(change: { readonly [key: string]: string }): Promise<void> {
    await this.local.redeploy({ config: { ...this.config, ...change } });
    this.isRedeployed = true;
  }

  stop(): Promise<void> {
    return this.local.stop();
  }

  /** @returns a name that no stream has had. */
  nextStreamId(): string {
    this.streams += 1;
    return `case-${this.streams}`;
  }

  /** @returns the request for a stream, the same each time: a request that is sent again is the same request. */
  requestFor(streamId: string): CreateStreamWorkflowRequest {
    // MediaLive has no input for RTMPS.
    const protocol = this.config.channelInputs === undefined ? "rtmps" : "rtmp";
    return {
      streamId,
      title: streamId,
      startTime: this.startedAt,
      ingestEndpoints: [{ protocol, url: `${protocol}://ingest.example.com/live/${streamId}` }],
    };
  }

  /** Has every call seen that takes effect, and forgets what was seen before. */
  async beginCase(): Promise<void> {
    const { events, alarms, notifications } = this.local;
    await this.local.settled();
    this.watch.reset();
    this.seen = {
      undelivered: events.undelivered().length,
      alarms: alarms.raised().length,
      notifications: notifications.all().length,
      events: events.all().length,
    };
    this.watchCalls();
  }

  /** To be repeated after a fault was put in: the watch has to stand behind it. */
  watchCalls(): void {
    this.watch.standLast(this.local.gate, (start) => checkStart(this.local, this.watch, start));
  }

  /** Lets the second pass in which the last act of a journey has its consequences: their calls are not those of the sweep after it. */
  async endJourney(): Promise<void> {
    await this.local.clock.advance({ seconds: 1 });
  }

  /** Takes the faults out, and lets time pass until so many sweeps have looked around, and what they set off is over. */
  async rest(sweeps: number): Promise<void> {
    this.local.faults.clear();
    await this.passSweeps(sweeps);
  }

  /** The same with the faults that there are. */
  async passSweeps(sweeps: number): Promise<void> {
    const { clock } = this.local;
    const latest = Math.floor(clock.now() / sweepMilliseconds) * sweepMilliseconds;
    const end = latest + sweeps * sweepMilliseconds + afterSweepMilliseconds;
    if (end > clock.now()) await clock.advance({ milliseconds: end - clock.now() });
  }

  /** The events that were given up since the case began. */
  undelivered(): ReturnType<Local["events"]["undelivered"]> {
    return this.local.events.undelivered().slice(this.seen.undelivered);
  }

  /** The names of the alarms that went off since the case began. */
  alarms(): string[] {
    return this.local.alarms.raised().slice(this.seen.alarms);
  }

  /** What was sent to on-call and to the alarms' topic since the case began. */
  notifications(): ReturnType<Local["notifications"]["all"]> {
    return this.local.notifications.all().slice(this.seen.notifications);
  }

  /** The events that the program's bus took since the case began. */
  events(): JsonObject[] {
    const { eventBusName } = this.local.streams.program;
    const since = this.local.events.all().slice(this.seen.events);
    return since.flatMap(({ busName, event }) => (busName === eventBusName ? [event] : []));
  }

  /** The keys of the items which say that a start of a channel or an update of a distribution may still take effect. */
  async lateCallRecords(): Promise<string[]> {
    const TableName = this.local.streams.program.leaseTableName;
    const { Items } = await this.local.runtime.services.DynamoDB.call("Scan", { TableName });
    const keys = (Items as { channelId: { S: string } }[]).map(({ channelId }) => channelId.S);
    return keys.filter((key) => /^(start|entry)\//.test(key));
  }

  /** Stops what runs of a state machine, as an operator does, or as a death would. @returns the ARNs, the first one first. */
  async stopExecutions(machine: string): Promise<string[]> {
    const ofMachine = new Set(this.local.executions.of(machine).map(({ arn }) => arn));
    const running = this.local.executions.running().filter(({ arn }) => ofMachine.has(arn));
    for (const { arn } of running) await this.local.executions.stop(arn);
    return running.map(({ arn }) => arn);
  }

  /** Takes everything of streams that are READY away, without a workflow: faster than to end them, where that is not what is looked at. */
  async wipe(...streamIds: readonly string[]): Promise<void> {
    const { streams, encoder, playback, schedules } = this.local;
    for (const { channelId, streamId } of await streams.leases()) {
      if (streamId === undefined || !streamIds.includes(streamId)) continue;
      // First the lease: a channel that stops under one is a loss, whose StreamHealth would run into the next case.
      await this.deleteLease(channelId);
      encoder.setState(channelId, "IDLE");
    }
    for (const key of await this.lateCallRecords()) await this.deleteLease(key);
    for (const streamId of streamIds) await this.deleteItems(streamId);
    // A distribution that a case has brought along keeps nothing of it.
    await this.foreign.redeploy();
    for (const { id, config } of this.baseline.distributions) playback.setConfig(id, config);
    if (this.isRedeployed) await this.local.redeploy({ config: this.config });
    this.isRedeployed = false;
    await this.foreign.learn();
    for (const schedule of await schedules.created()) {
      if (!this.baseline.schedules.includes(schedule.name)) await schedules.delete(schedule);
    }
  }

  /** Deletes every attempt at a stream from the table. */
  async deleteItems(streamId: string): Promise<void> {
    const { streams, runtime } = this.local;
    for (const { attempt } of await streams.attempts(streamId)) {
      const Key = { streamId: { S: streamId }, attempt: { N: String(attempt) } };
      await runtime.services.DynamoDB.call("DeleteItem", { TableName: streams.program.tableName, Key });
    }
  }

  private async deleteLease(channelId: string): Promise<void> {
    const { streams, runtime } = this.local;
    const Key = { channelId: { S: channelId } };
    await runtime.services.DynamoDB.call("DeleteItem", { TableName: streams.program.leaseTableName, Key });
  }
}

/** What the ids of the component's origins begin with: it is named by its attempts table. */
function ownOriginPrefix(graph: Graph): string {
  const tables = resourcesOfType(graph, "aws:dynamodb/table:Table");
  const arn = String(tables.find(({ name }) => name.endsWith("-attempts"))?.outputs.arn);
  return `stream-orchestration_${createHash("sha256").update(arn).digest("hex").slice(0, 12)}_`;
}
