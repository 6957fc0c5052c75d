import type { CallGate } from "../local/calls/calls";
import { Faults } from "../local/faults/faults";
import { Exchange } from "../local/http/exchange";
import type { RequestLine } from "../local/http/http-api";
import type { JsonObject } from "../local/json";
import { defaultStackOf } from "../local/record/configuration";
import type { Graph } from "../local/record/graph";
import type { Program } from "../local/record/load-program";
import { pickSurroundings, type Surroundings } from "../local/record/surroundings";
import { type Redeployment, type Runtime, type RuntimeListener, startRuntime } from "../local/runtime";
import { Activity } from "../local/time/activity";
import { LocalAlarms } from "./alarms";
import { createApi, type LocalApi } from "./api";
import { LocalEncoder } from "./encoder";
import { LocalEvents } from "./events";
import { LocalExecutions } from "./executions";
import { Journal } from "./journal";
import { LocalLogs } from "./logs";
import { LocalNotifications } from "./notifications";
import { LocalPlayback } from "./playback";
import { programOrigins } from "./program-origins";
import { LocalQueues } from "./queues";
import { LocalReceivers } from "./receivers";
import { LocalSchedules } from "./schedules";
import { SteppedClock } from "./stepped-clock";
import { LocalStreams } from "./streams";
import { createViewer } from "./viewer";
import { createWaitFor } from "./waiting";

export interface LocalOptions extends Surroundings {
  /**
   * The stack whose `Pulumi.<stack>.yaml`, beside the program's file, configures it. A function has no files, and is configured by
   * {@link config} alone.
   * @default - `local` for a program with a `Pulumi.local.yaml`, else `dev`
   */
  readonly stack?: string;
  /** Configuration values that stand before those of the stack. A key without a namespace is the project's. @default - none */
  readonly config?: { readonly [key: string]: string };
  /**
   * Records a program's file again. Without it, each file is recorded once in a process for each stack and configuration; say it where
   * the program depends on anything else, such as an environment variable. A function is recorded each time.
   * @default false
   */
  readonly fresh?: boolean;
  /** Where the clock starts: a Date, or RFC 3339. @default 2026-01-01T00:00:00Z */
  readonly startAt?: Date | string;
  /**
   * Whether routes ask callers for what the program says: a signature or a token. `local.api` sends what it is told, and signs nothing.
   * @default "off"
   */
  readonly auth?: "on" | "off";
  /** Where the configuration of an issuer of tokens is, by issuer. @default - at the issuer's own URL */
  readonly issuers?: { readonly [issuer: string]: string };
  /** Whether the calls of functions, workflows and rules are authorized against the program's policies. @default "on" */
  readonly iam?: "on" | "off";
  /** Folder that keeps the tables between runs. @default - in memory */
  readonly dataFolder?: string;
  /** How many ended executions of each state machine are kept, the newest ones; `local.executions` knows no others. @default 1000 */
  readonly maxEndedExecutions?: number;
  /** Port of the HTTP API. @default - a free one */
  readonly port?: number;
  /** Port of the AWS wire protocols. @default - a free one */
  readonly awsPort?: number;
  /** Port of the distributions, for viewers. @default - a free one */
  readonly playbackPort?: number;
  /** Changes the recorded graph before it is served: to take a permission away, say. @default - it is served as it is */
  readonly patch?: (graph: Graph) => Graph;
  /** Watches what happens, as it happens. @default - nobody does */
  readonly listener?: RuntimeListener;
}

/** A program that runs locally, on a clock that stands still unless it is advanced. */
export interface Local {
  /** Base URL of the HTTP API, for clients that are not of this process: of several, the one with `POST /streams`, or else the first. */
  readonly apiUrl: string;
  /** Base URL of the distributions, for players that are not of this process. */
  readonly playbackUrl: string;
  /** Calls a route of the HTTP API as `fetch` does. */
  readonly api: LocalApi;
  /** What any AWS SDK client's constructor takes: `new SFNClient(local.aws)`. */
  readonly aws: AwsClientSettings;
  /** The clock of all that runs: it stands still until a test advances it. */
  readonly clock: SteppedClock;
  /** What the buses carried. */
  readonly events: LocalEvents;
  /** Executions of the state machines, state by state. */
  readonly executions: LocalExecutions;
  /** Requests, confirms and ends streams, and reads what there is of them. */
  readonly streams: LocalStreams;
  /** The simulated channels of MediaLive. */
  readonly encoder: LocalEncoder;
  /** The simulated distributions of CloudFront. */
  readonly playback: LocalPlayback;
  /** What the topics took. */
  readonly notifications: LocalNotifications;
  /** What the functions logged. */
  readonly logs: LocalLogs;
  /** The alarms, their states, and those that went off. */
  readonly alarms: LocalAlarms;
  /** Hosts outside of AWS that the program calls, such as receivers of webhooks, which a test plays. */
  readonly receivers: LocalReceivers;
  /** The messages in the queues. */
  readonly queues: LocalQueues;
  /** The schedules that were made at run time. */
  readonly schedules: LocalSchedules;
  /** Makes things go wrong on purpose. */
  readonly faults: Faults;
  /** The stack outputs. */
  readonly outputs: JsonObject;
  /** The door through which every call of an AWS API goes: see, refuse, hold or lose any of them. */
  readonly gate: CallGate;
  /** The runtime beneath, with the graph that the program registered. */
  readonly runtime: Runtime;
  /**
   * Deploys the program again, with other configuration, or deploys another program. What is under way goes on, as on AWS: an execution keeps
   * the definition with which it began, and calls the functions of today with the permissions of today.
   * @param change what differs from {@link startLocal}'s; `config` replaces the one before.
   * @throws {Error} as {@link startLocal} does; the earlier deployment then goes on.
   *
   * @example
   * await local.redeploy({ config: { channelIds: "1001,1002", drainingChannelIds: "1001" } });
   */
  redeploy(change: Redeployment): Promise<void>;
  /** Every request to the HTTP API that was answered so far, in the order of the answers. */
  requests(): readonly RequestLine[];
  /** Resolves once all that can happen without time passing has happened. */
  settled(): Promise<void>;
  /** Stops everything that runs or waits. */
  stop(): Promise<void>;
}

/** Endpoint, Region and credentials, as the constructors of SDK clients take them. */
export interface AwsClientSettings {
  /** The base URL of the AWS wire protocols. */
  readonly endpoint: string;
  /** The Region of the recorded resources. */
  readonly region: string;
  /** An access key that the runtime takes; it checks no signature there. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const defaultStart = "2026-01-01T00:00:00Z";

/**
 * Runs a Pulumi program in this process: what it registers is recorded, and executed. Any number of them run side by side.
 *
 * @param program a function that creates resources, whose result is the stack outputs; or the path of a program's main file.
 * @throws {Error} what the program throws, with the resource and the property that it fails; an invoke that nothing answers; with
 * `unsupported: "refuse"`, every resource that the runtime does not know; or which library is missing, with the command that adds it.
 *
 * @example
 * const local = await startLocal(() => new StreamOrchestration("streams", args));
 * await local.streams.provision("spring-launch");
 * await local.streams.confirm("spring-launch", "READY");
 * await local.streams.end("spring-launch");
 * await local.stop();
 */
export async function startLocal(program: Program, options: LocalOptions = {}): Promise<Local> {
  const {
    stack = typeof program === "string" ? defaultStackOf(program) : "dev",
    config,
    dataFolder,
    port = 0,
    awsPort = 0,
    playbackPort = 0,
    auth = "off",
    iam = "on",
  } = options;
  const activity = new Activity();
  const clock = new SteppedClock(startOf(options.startAt), () => activity.settled());
  const journal = new Journal(options.listener);
  const runtime = await startRuntime({
    ...{
      program,
      stack,
      port,
      awsPort,
      playbackPort,
      mainRoute: "POST /streams",
      origins: programOrigins,
      clock,
      activity,
      listener: journal,
      auth,
      iam,
    },
    ...pickSurroundings(options),
    isFresh: options.fresh,
    ...(config && { config }),
    ...(options.issuers && { issuers: options.issuers }),
    ...(options.patch && { patch: options.patch }),
    ...(dataFolder !== undefined && { dataFolder }),
    maxEndedExecutions: options.maxEndedExecutions,
  });
  const waitFor = createWaitFor(activity, clock);
  const { apiUrl, awsUrl, playbackUrl, region, graph, services, gate } = runtime;
  journal.executions.readFrom((arn) => services.StepFunctions.historyOf(arn));
  const api = createApi(apiUrl, new Exchange(runtime.servers.api), activity);
  const encoder = new LocalEncoder(services.MediaLive, gate, waitFor);
  const playback = new LocalPlayback(
    services.CloudFront,
    gate,
    createViewer(playbackUrl, new Exchange(runtime.servers.playback), activity),
  );
  const { StepFunctions: stepFunctions } = services;
  const executions = new LocalExecutions({ journal, graph, stepFunctions, clock, waitFor });
  return {
    apiUrl,
    playbackUrl,
    api,
    aws: {
      endpoint: awsUrl,
      region,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    clock,
    events: new LocalEvents(journal, waitFor),
    executions,
    streams: new LocalStreams({
      ...{ graph, services, api, clock, executions, encoder, playback, journal, waitFor },
    }),
    encoder,
    playback,
    notifications: new LocalNotifications(journal, waitFor),
    logs: new LocalLogs(journal, waitFor),
    alarms: new LocalAlarms(runtime.alarms, journal),
    receivers: new LocalReceivers(runtime.receivers),
    queues: new LocalQueues(graph, services.SQS),
    schedules: new LocalSchedules(graph, services.Scheduler),
    faults: new Faults({ gate, clock, deliveries: runtime.deliveries, invocations: runtime.invocations }),
    get outputs() {
      return graph.outputs;
    },
    redeploy: (change) => runtime.redeploy(change),
    gate,
    runtime,
    requests: () => [...journal.requests],
    settled: () => activity.settled(),
    stop: () => runtime.stop(),
  };
}

/** @throws {RangeError} for what is no time. */
function startOf(startAt: Date | string = defaultStart): number {
  const time = new Date(startAt).getTime();
  if (Number.isNaN(time)) {
    throw new RangeError(
      `startAt must be a Date or a time such as '${defaultStart}', received '${String(startAt)}'.`,
    );
  }
  return time;
}
