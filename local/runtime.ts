import type { Server } from "node:http";
import type { ApiAuthorization } from "./auth";
import type { CallGate } from "./calls/calls";
import { HttpTraffic } from "./http/http-traffic";
import { Receivers } from "./http/receivers";
import type { Invocations } from "./lambda/invocations";
import type { RuntimeListener } from "./listener";
import type { ProgramOrigins } from "./playback/channel-origins";
import type { Edge } from "./playback/edge";
import { createPlayback } from "./playback/playback";
import type { Graph } from "./record/graph";
import { explainUnserved, nameInertWithArn } from "./record/inert";
import type { Program } from "./record/load-program";
import type { AwsPlace } from "./record/outputs";
import { type ApiUrls, recordFor } from "./record/recordings";
import { pickSurroundings, type Surroundings } from "./record/surroundings";
import type { Services } from "./services";
import { checkOptionalLibraries } from "./services/optional-library";
import { Signals } from "./services/service-context";
import { Activity } from "./time/activity";
import { type Clock, systemClock } from "./time/clock";
import { loadXmlParser } from "./wire/xml";
import { createApi } from "./wiring/create-api";
import { createFunctions } from "./wiring/create-functions";
import { createGate } from "./wiring/create-gate";
import { createApiServer, createServers } from "./wiring/create-servers";
import { createServices, declareResources } from "./wiring/create-services";
import type { Deliveries } from "./wiring/deliveries";
import { Hops } from "./wiring/hops";
import { HttpApis } from "./wiring/http-apis";
import { checkResource } from "./wiring/integrations";
import { Late } from "./wiring/late";
import { runTaskThroughGate } from "./wiring/run-task";

export type { RuntimeListener } from "./listener";

/** The account that everything local is in: twelve digits, and plainly none of AWS's. */
export const accountId = "000000000000";

export interface RuntimeOptions extends Surroundings {
  /** Path of the Pulumi program, or a function that creates its resources. */
  readonly program: Program;
  readonly stack: string;
  /** Changes the recorded graph before it is served: to take a permission away, say. */
  readonly patch?: (graph: Graph) => Graph;
  /** Port of the main HTTP API; 0 for a free one. Each other one gets a free port. */
  readonly port: number;
  /** The main HTTP API is the one with this route, such as `POST /streams`. @default - the first */
  readonly mainRoute?: string;
  /** Port of the AWS wire protocols; 0 for a free one. */
  readonly awsPort: number;
  /** Port of the distributions, for viewers; 0 for a free one. @default 0 */
  readonly playbackPort?: number;
  /**
   * Says at which origins the output of the program's channels is.
   *
   * @default - at none: what viewers ask for is answered 502
   */
  readonly origins?: (graph: Graph, services: Services) => ProgramOrigins;
  /** Folder that keeps the tables between runs; in memory without one. */
  readonly dataFolder?: string;
  /**
   * How many ended executions of each state machine are kept, the newest ones. Older ones are forgotten with their names, as AWS forgets
   * them after 90 days.
   * @default 1000
   */
  readonly maxEndedExecutions?: number | undefined;
  /** Configuration values that stand before those of the stack, by key. */
  readonly config?: { readonly [key: string]: string };
  /** Records the program's file again, even where that was done in this process before. @default false */
  readonly isFresh?: boolean | undefined;
  /**
   * Reads all code and libraries before it is ready. Such a runtime goes on when `npm ci` or a build replaces them.
   *
   * @default false: each is read at the first call that needs it
   */
  readonly isLoadedAhead?: boolean;
  readonly clock?: Clock;
  /** Counts what is under way, for a clock that is stepped. */
  readonly activity?: Activity;
  /**
   * Whether calls are authorized against the program's policies.
   *
   * @default "on"
   */
  readonly iam?: "on" | "off";
  /**
   * Whether the HTTP API asks for the credentials that a deployment would ask for.
   *
   * @default "on"
   */
  readonly auth?: "on" | "off";
  /**
   * The clock of those who call the HTTP API, by which signatures and tokens expire.
   *
   * @default - `clock`
   */
  readonly callerClock?: Clock;
  /**
   * Where the configuration of an issuer of tokens is, by issuer.
   *
   * @default - at the issuer's own URL
   */
  readonly issuers?: { readonly [issuer: string]: string };
  readonly listener?: RuntimeListener;
}

/** An HTTP API as it is served. */
export interface ServedApi {
  /** The name that the program gives it. */
  readonly name: string;
  readonly id: string;
  readonly url: string;
  /** What a deployment asks its callers for, on the routes that are not open. */
  readonly authorization: ApiAuthorization;
}

/** A running local runtime. */
export interface Runtime {
  /** Base URL of the main HTTP API. */
  readonly apiUrl: string;
  /** The HTTP APIs, the main one first. */
  readonly apis: readonly ServedApi[];
  /** Base URL of the AWS wire protocols, for `AWS_ENDPOINT_URL`. */
  readonly awsUrl: string;
  /** Base URL of the distributions, for viewers. */
  readonly playbackUrl: string;
  readonly region: string;
  readonly graph: Graph;
  /** The servers at these addresses, for callers in this process. */
  readonly servers: { readonly api: Server; readonly aws: Server; readonly playback: Server };
  /** What a deployment asks callers of the API for, on the routes that are not open. */
  readonly authorization: ApiAuthorization;
  /** Every simulated service, by the name of its SDK client. */
  readonly services: Services;
  /** CloudWatch's alarms. */
  readonly alarms: Services["CloudWatch"];
  /** What answers viewers. */
  readonly edge: Edge;
  /** The door through which every call of an AWS API goes. */
  readonly gate: CallGate;
  /** The way by which every event comes from a bus to a target. */
  readonly deliveries: Deliveries;
  /** The functions' invocations. */
  readonly invocations: Invocations;
  /** The hosts outside of AWS that somebody plays in this process. */
  readonly receivers: Receivers;
  /**
   * Deploys the program again, or another one: functions, policies, rules, state machines and items change as a deployment would change
   * them, and what is under way goes on. An execution keeps the definition with which it began. What the program has no more stays.
   */
  redeploy(change: Redeployment): Promise<void>;
  /** Stops the servers and everything that runs or waits. */
  stop(): Promise<void>;
}

/** What a deployment after the first one has in place of what the runtime was started with. */
export type Redeployment = Partial<Pick<RuntimeOptions, "program" | "config" | "patch">>;

/**
 * Starts the local runtime: records the program's resources and serves them.
 *
 * @throws {Error} when a port is taken, the program throws, or it uses something that the runtime does not support.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  checkOptionalLibraries("dynalite", "jsonata");
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const base = createBase(options, (close) => closers.push(close));
    const services = await startServices(base);
    const servers = await startServers(base, services);
    const deploy = createDeploy(base, services, servers);
    const deployed = await deploy(options);
    await servers.open();
    const latest = deploymentOf(deployed, deploy, options);
    return Object.assign(latest, runtimeOf(base, services, servers), { stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What all parts of a runtime use: its clock, the gate for calls, and who passes events and tasks on. */
function createBase(options: RuntimeOptions, onStop: (close: () => unknown) => void) {
  const { clock = systemClock, activity = new Activity(), listener = {}, iam = "on" } = options;
  const place = { region: "us-east-1", accountId };
  const late = new Late();
  const passage = createGate(place, iam, listener);
  const { gate, deliveries } = passage;
  const inertTarget = (arn: string) => nameInertWithArn(late.graph.look(), arn);
  const hops = new Hops({
    ...{ gate, deliveries, inertTarget },
    ...{ functions: late.functions.look, services: late.services.get },
  });
  const shared = { hops, signals: new Signals(), receivers: new Receivers() };
  return { options, onStop, common: { ...place, clock, activity, listener }, late, passage, shared };
}

type Base = ReturnType<typeof createBase>;

async function startServices({ options, onStop, common, late, passage, shared }: Base): Promise<Services> {
  const { dataFolder, maxEndedExecutions } = options;
  const context = {
    ...{ ...common, ...shared, dataFolder, maxEndedExecutions, checkResource },
    awsUrl: late.awsUrl.get,
    functions: late.functions.look,
    mayAssume: passage.mayAssume,
    runTask: runTaskThroughGate(passage, late),
  };
  return late.services.set(await createServices(context, onStop));
}

async function startServers({ options, onStop, common, late, passage }: Base, services: Services) {
  const { clock, activity } = common;
  const servers = await createServers({
    ...{ ...options, accountId, clock, passage, services, onStop },
    explain: (service, texts) => explainUnserved(late.graph.look(), service, texts),
  });
  const { api, aws, playback } = servers;
  late.awsUrl.set(aws.url);
  const watch = (watched: readonly Server[]) => {
    const traffic = new HttpTraffic(watched);
    activity.watch(traffic.underWay);
    onStop(() => traffic.stop());
  };
  watch([api.server, aws.server, playback.server]);
  const apis = new HttpApis(api, options.mainRoute, async () => {
    const further = await createApiServer({ accountId, clock, onStop });
    watch([further.server]);
    return further;
  });
  return { ...servers, apis };
}

type RunningServers = Awaited<ReturnType<typeof startServers>>;

/** What a deployment leaves. */
interface Deployed extends Pick<Runtime, "edge" | "apis"> {
  readonly graph: Graph;
}

type Deploy = (deployment: RuntimeOptions) => Promise<Deployed>;

/** @returns what deploys a program: the first one, and each later one over what is there. */
function createDeploy(
  { options, onStop, common, late, passage, shared }: Base,
  services: Services,
  { api, apis, aws, playback }: RunningServers,
): Deploy {
  return async (deployment) => {
    const place = { region: common.region, accountId, apiUrl: api.url, awsUrl: aws.url };
    const graph = late.graph.set(await recordGraph(deployment, place, (recorded) => apis.urlsOf(recorded)));
    const isStrict = deployment.unsupported === "refuse";
    passage.learn(graph, isStrict);
    const created = {
      ...{ ...common, ...shared, passage, aws, playback, functions: late.functions.look },
      ...{ cloudWatchLogs: services.CloudWatchLogs, cloudFront: services.CloudFront },
    };
    const functions = late.functions.set(createFunctions(graph, created));
    onStop(() => functions.stop());
    if (options.isLoadedAhead) {
      functions.readCode();
      await loadXmlParser();
    }
    await declareResources(graph, services, isStrict);
    const served = apis.of(graph).map(({ api: resource, served }) => {
      const { handle, authorization } = createApi(graph, resource, {
        ...{ ...common, ...shared, passage, functions, options },
      });
      served.setRoutes(handle);
      return { name: resource.name, id: resource.id, url: served.url, authorization };
    });
    const origins = options.origins?.(graph, services) ?? { channels: [] };
    const { edge, handle } = createPlayback({ graph, services, origins, ...common });
    playback.setHandler(handle);
    return { graph, edge, apis: served };
  };
}

/** What of a runtime stays, whatever is deployed. */
function runtimeOf(
  { common, passage, shared }: Base,
  services: Services,
  { api, aws, playback }: RunningServers,
) {
  const { gate, deliveries, invocations } = passage;
  return {
    ...{ services, gate, deliveries, invocations, receivers: shared.receivers },
    region: common.region,
    apiUrl: api.url,
    awsUrl: aws.url,
    playbackUrl: playback.url,
    servers: { api: api.server, aws: aws.server, playback: playback.server },
    alarms: services.CloudWatch,
  };
}

/** What of a runtime is the latest deployment's. */
function deploymentOf(deployed: Deployed, deploy: Deploy, options: RuntimeOptions) {
  return {
    graph: deployed.graph,
    get edge() {
      return deployed.edge;
    },
    get apis() {
      return deployed.apis;
    },
    get authorization() {
      return deployed.apis[0]?.authorization ?? ("NONE" as const);
    },
    redeploy: async (change: Redeployment) => {
      const { graph, ...latest } = await deploy({ ...options, ...change });
      // Whoever looks at the graph looks at this very object.
      Object.assign(deployed, latest);
      Object.assign(deployed.graph, graph);
    },
  };
}

async function recordGraph(
  { program, stack, config, isFresh, patch, ...surroundings }: RuntimeOptions,
  place: AwsPlace,
  apiUrlsOf: (graph: Graph) => Promise<ApiUrls>,
): Promise<Graph> {
  const around = pickSurroundings(surroundings);
  const recorded = await recordFor(place, program, stack, config, isFresh, around, apiUrlsOf);
  return patch?.(recorded) ?? recorded;
}
