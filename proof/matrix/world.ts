import type { Interceptor } from "../../local/calls/calls";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import type { StreamAttempt } from "../../testing";
import { type Local, startLocal } from "../../testing";
import { plainItem } from "../../testing/attribute-value";
import { becomeReady } from "./journeys/journey";
import { checkStart } from "./start-check";
import { Story } from "./story";
import { Watch, type WatchedExecution } from "./watch";

/** A lease, or the turn at the distribution, as the table holds it. */
export interface HeldLease {
  readonly channelId: string;
  readonly leasedBy: string;
  readonly streamId?: string;
  readonly attempt?: number;
  /** Of a turn: from when on anybody may take it, in seconds since the Unix epoch. */
  readonly expiresAt?: number;
}

/** A few channels, and a limit that the stream does not reach which is READY all along. */
const defaults = { channelIds: "1001,1002,1003", maxLiveHours: "8760" };

/** How long each call of a workflow takes. */
const callMilliseconds = 20;

/** The stream that is READY all along, and that no case may touch. */
export const bystander = "bystander";

export interface WorldOptions {
  readonly config?: { readonly [key: string]: string } | undefined;
  /** Whether there is no stream that is READY all along. @default false */
  readonly isAlone?: boolean | undefined;
  /** Changes the program: to see what finds a mechanism that is gone. @default - it is as it is */
  readonly patch?: ((graph: Graph) => Graph) | undefined;
  /** Stands between callers and services. @default - nobody does */
  readonly intercept?: Interceptor | undefined;
  /** Takes a line about each thing that happens. @default - nobody does */
  readonly tell?: (line: string) => void;
}

/** A runtime, and all that is in it. */
export class World {
  readonly watch: Watch;
  private streams = 0;
  /** What the bystander has. */
  private baseline: { distribution: JsonObject; schedules: string[] } = { distribution: {}, schedules: [] };

  private constructor(
    readonly local: Local,
    watch: Watch,
  ) {
    this.watch = watch;
  }

  /** Starts the program of this project with a few channels. */
  static async start({
    config = {},
    isAlone = false,
    patch,
    intercept,
    tell,
  }: WorldOptions = {}): Promise<World> {
    const watch = new Watch(tell);
    const local = await startLocal("index.ts", {
      config: { ...defaults, ...config },
      listener: watch,
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
    const story = new Story(world, bystander);
    if (!isAlone) await becomeReady(story);
    await story.rest(0);
    world.baseline = {
      distribution: (await world.local.playback.get(distributionId(local.runtime.graph))).config,
      schedules: (await world.schedules()).map(({ Name }) => String(Name)),
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
    this.watchCalls();
  }

  /** To be repeated after a fault was put in: the watch has to stand behind it. */
  watchCalls(): void {
    this.watch.standLast(this.local.gate, (start) => checkStart(this, start));
  }

  /** The executions of the state machine that takes streams from request to ready, the first one first. */
  orchestrations(streamId: string): WatchedExecution[] {
    return [...this.watch.executions.values()].filter(
      ({ machine, name }) =>
        machine.endsWith("StreamLifecycleOrchestrator") && name.slice(0, name.lastIndexOf("_")) === streamId,
    );
  }

  /** Every attempt at every stream. */
  async attempts(): Promise<StreamAttempt[]> {
    return (await this.scan("streamId")) as unknown as StreamAttempt[];
  }

  async leases(): Promise<HeldLease[]> {
    return (await this.scan("channelId")) as unknown as HeldLease[];
  }

  /** The streams that have an entry in the distribution: a behaviour or an origin. */
  async playbackStreams(): Promise<string[]> {
    const { patterns, origins } = await this.local.playback.get(distributionId(this.local.runtime.graph));
    const ofPatterns = patterns.flatMap((pattern) => /^\/([^/]+)\/\*$/.exec(pattern)?.[1] ?? []);
    const ofOrigins = origins.flatMap(
      (origin) => /^stream-orchestration_([^_]+)_\d+$/.exec(origin)?.[1] ?? [],
    );
    return [...new Set([...ofPatterns, ...ofOrigins])];
  }

  /** Stops what runs of a state machine, as an operator does, or as a death would. */
  async stopExecutions(machine: string): Promise<void> {
    for (const execution of this.watch.executions.values()) {
      if (execution.machine !== machine || execution.status !== "RUNNING") continue;
      await this.local.runtime.services.StepFunctions.call("StopExecution", { executionArn: execution.arn });
    }
  }

  /** Starts a sweep now, as its schedule does, and does not wait for its end. */
  async sweep(): Promise<void> {
    const machines = resourcesOfType(this.local.runtime.graph, "aws:sfn/stateMachine:StateMachine");
    const machine = machines.find(({ name }) => name.endsWith("StreamSweep"));
    const stateMachineArn = String(machine?.outputs.arn);
    await this.local.runtime.services.StepFunctions.call("StartExecution", { stateMachineArn, input: "{}" });
  }

  /** The one-shot schedules: those that the program does not declare. */
  async schedules(): Promise<JsonObject[]> {
    const { Scheduler } = this.local.runtime.services;
    const declared = resourcesOfType(this.local.runtime.graph, "aws:scheduler/schedule:Schedule");
    const names = declared.map(({ outputs }) => String(outputs.name));
    const { Schedules } = await Scheduler.call("ListSchedules", {});
    return objects(Schedules).filter(({ Name }) => !names.includes(String(Name)));
  }

  /** Takes every message out of every queue. @returns their bodies. */
  async takeDeadLetters(): Promise<string[]> {
    const { graph, services } = this.local.runtime;
    const bodies: string[] = [];
    for (const { outputs } of resourcesOfType(graph, "aws:sqs/queue:Queue")) {
      const QueueUrl = String(outputs.url);
      for (;;) {
        const { Messages } = await services.SQS.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
        const messages = objects(Messages);
        if (messages.length === 0) break;
        for (const { Body, ReceiptHandle = "" } of messages) {
          bodies.push(String(Body));
          await services.SQS.call("DeleteMessage", { QueueUrl, ReceiptHandle });
        }
      }
    }
    return bodies;
  }

  /** Takes everything of a stream that is READY away, without a workflow: faster than to end it, where that is not what is looked at. */
  async wipe(streamId: string): Promise<void> {
    const { graph, services } = this.local.runtime;
    const leases = (await this.leases()).filter((lease) => lease.streamId === streamId);
    for (const { channelId } of leases) {
      this.local.encoder.setState(channelId, "IDLE");
      await services.DynamoDB.call("DeleteItem", {
        TableName: this.tableName("channelId"),
        Key: { channelId: { S: channelId } },
      });
    }
    for (const { attempt } of await this.local.streams.attempts(streamId)) {
      await services.DynamoDB.call("DeleteItem", {
        TableName: this.tableName("streamId"),
        Key: { streamId: { S: streamId }, attempt: { N: String(attempt) } },
      });
    }
    this.local.playback.setConfig(distributionId(graph), this.baseline.distribution);
    for (const { Name = "", GroupName = "" } of await this.schedules()) {
      if (this.baseline.schedules.includes(String(Name))) continue;
      await services.Scheduler.call("DeleteSchedule", { Name, GroupName });
    }
  }

  private tableName(hashKey: string): string {
    const tables = resourcesOfType(this.local.runtime.graph, "aws:dynamodb/table:Table");
    return String(tables.find(({ inputs }) => inputs.hashKey === hashKey)?.outputs.name);
  }

  private async scan(hashKey: string): Promise<JsonObject[]> {
    const { Items } = await this.local.runtime.services.DynamoDB.call("Scan", {
      TableName: this.tableName(hashKey),
      ConsistentRead: true,
    });
    return objects(Items).map(plainItem);
  }
}

function objects(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
