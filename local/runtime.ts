import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HistoryEvent } from "./asl/history";
import { type ApiAuthorization, routeAuthorizers } from "./auth";
import { Callers, credentialsOf } from "./calls/callers";
import { CallGate } from "./calls/calls";
import { Exchange } from "./http/exchange";
import { createHttpApi, type RequestLine } from "./http/http-api";
import { HttpTraffic } from "./http/http-traffic";
import { readHttpApi } from "./http/read-http-api";
import { Access, type Authorization, FunctionLogs, scheduleGroupArn } from "./iam";
import type { JsonObject } from "./json";
import { Functions } from "./lambda/functions";
import { Invocations } from "./lambda/invocations";
import { type Graph, resourcesOfType } from "./record/graph";
import type { Program } from "./record/record";
import { recordFor } from "./record/recordings";
import {
  type AlarmChange,
  Alarms,
  type Channel,
  CloudFront,
  DynamoDb,
  EventBridge,
  LambdaApi,
  MediaLive,
  type PublishedMessage,
  Scheduler,
  Sns,
  Sqs,
  type UndeliveredEvent,
} from "./services";
import { checkOptionalLibraries } from "./services/optional-library";
import { StepFunctions } from "./services/step-functions/step-functions";
import { Activity } from "./time/activity";
import { type Clock, systemClock } from "./time/clock";
import { createAwsServer } from "./wire";
import { loadXmlParser } from "./wire/xml";
import * as declare from "./wiring/declare";
import { Deliveries } from "./wiring/deliveries";
import { Hops } from "./wiring/hops";
import { checkResource, createTaskRunner } from "./wiring/integrations";

/** The account that everything local is in: twelve digits, and plainly none of AWS's. */
export const accountId = "000000000000";

export interface RuntimeOptions {
  /** Path of the Pulumi program, or a function that creates its resources. */
  readonly program: Program;
  readonly stack: string;
  /** Changes the recorded graph before it is served: to take a permission away, say. */
  readonly patch?: (graph: Graph) => Graph;
  /** Port of the HTTP API; 0 for a free one. */
  readonly port: number;
  /** Port of the AWS wire protocols; 0 for a free one. */
  readonly awsPort: number;
  /** Folder that keeps the tables between runs; in memory without one. */
  readonly dataFolder?: string;
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

/** What can be watched while the runtime runs. */
export interface RuntimeListener {
  onRequest?(line: RequestLine): void;
  onHistoryEvent?(executionArn: string, event: HistoryEvent): void;
  onBusEvent?(busName: string, event: JsonObject): void;
  onUndelivered?(undelivered: UndeliveredEvent): void;
  onNotification?(message: PublishedMessage): void;
  /** An alarm that went off, or back to OK. */
  onAlarm?(change: AlarmChange): void;
  onChannelState?(channel: Channel): void;
  /** Every decision on whether somebody may do what a call asks for. */
  onAuthorization?(authorization: Authorization): void;
  /** A line of a function's log. */
  onLog?(functionName: string, line: string): void;
}

/** A running local runtime. */
export interface Runtime {
  /** Base URL of the HTTP API. */
  readonly apiUrl: string;
  /** Base URL of the AWS wire protocols, for `AWS_ENDPOINT_URL`. */
  readonly awsUrl: string;
  readonly region: string;
  readonly graph: Graph;
  /** The servers at these addresses, for callers in this process. */
  readonly servers: { readonly api: Server; readonly aws: Server };
  /** What a deployment asks callers of the API for, on the routes that are not open. */
  readonly authorization: ApiAuthorization;
  readonly services: {
    readonly DynamoDB: DynamoDb;
    readonly StepFunctions: StepFunctions;
    readonly EventBridge: EventBridge;
    readonly MediaLive: MediaLive;
    readonly CloudFront: CloudFront;
    readonly Scheduler: Scheduler;
    readonly Lambda: LambdaApi;
    readonly SNS: Sns;
    readonly SQS: Sqs;
  };
  /** CloudWatch's alarms. */
  readonly alarms: Alarms;
  /** The door through which every call of an AWS API goes. */
  readonly gate: CallGate;
  /** The way by which every event comes from a bus to a target. */
  readonly deliveries: Deliveries;
  /** The functions' invocations. */
  readonly invocations: Invocations;
  /** Stops the servers and everything that runs or waits. */
  stop(): Promise<void>;
}

/**
 * Starts the local runtime: records the program's resources and serves them.
 *
 * @throws {Error} when a port is taken, the program throws, or it uses something that the runtime does not support.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { clock = systemClock, activity = new Activity(), listener = {} } = options;
  checkOptionalLibraries("dynalite", "jsonata");
  const region = "us-east-1";
  const common = { clock, region, accountId };
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    let functions: Functions | undefined;
    const deliveries = new Deliveries();
    const sqs = new Sqs({
      ...common,
      endpoint: () => awsUrl,
      onMessage: (queueName) => alarms.onMessage(queueName),
    });
    const alarms: Alarms = new Alarms({
      ...common,
      queue: (name) => sqs.look(name),
      publish: (alarmArn, input) => hops.publish(alarmArn, input),
      ...on("onAlarm", listener.onAlarm),
    });
    closers.push(() => alarms.stop());
    const sns = new Sns({ ...common, ...on("onPublish", listener.onNotification) });
    const mediaLive = new MediaLive({ ...common, ...on("onStateChange", listener.onChannelState) });
    const cloudFront = new CloudFront({ clock, accountId });
    const eventBridge = new EventBridge({
      ...common,
      deliver: (targetArn, event, ruleArn, roleArn) =>
        deliveries.perform({ targetArn, event }, () =>
          hops.deliver({ arn: targetArn, roleArn }, event, ruleArn),
        ),
      deadLetter: (queueArn, body, attributes) => hops.deadLetter(queueArn, body, attributes),
      ...on("onEvent", listener.onBusEvent),
      ...on("onUndelivered", listener.onUndelivered),
    });
    closers.push(() => eventBridge.stop());
    const dynamoDb = await DynamoDb.start({
      ...common,
      activity,
      ...(options.dataFolder !== undefined && { path: options.dataFolder }),
    });
    closers.push(() => dynamoDb.stop());
    const partial = {
      DynamoDB: dynamoDb,
      EventBridge: eventBridge,
      MediaLive: mediaLive,
      CloudFront: cloudFront,
      SNS: sns,
      SQS: sqs,
    };
    const callers = new Callers();
    const gate = new CallGate();
    const invocations = new Invocations();
    gate.use(invocations.refuseDead);
    const access = new Access({ accountId, region }, listener.onAuthorization);
    if (options.iam !== "off") access.guard(gate);
    const hops = new Hops({ gate, functions: () => functions, sqs, services: () => services });
    const stepFunctions: StepFunctions = new StepFunctions({
      ...common,
      checkResource,
      runTask: (task) => {
        const caller = callers.ofExecution(task.executionArn);
        if (task.taskToken !== undefined) access.learnToken(task.taskToken, task.executionArn);
        return createTaskRunner({
          services: gate.servicesFor(caller, services),
          invoke: (name, payload) => {
            const target = functions?.find(name);
            const call = {
              caller,
              service: "Lambda",
              action: "Invoke",
              input: { FunctionName: name },
            } as const;
            return target && gate.perform(call, () => target.invoke(payload));
          },
        })(task);
      },
      ...on("onEvent", listener.onHistoryEvent),
      onStatusChange: (detail) => {
        eventBridge.emit("default", {
          source: "aws.states",
          detailType: "Step Functions Execution Status Change",
          resources: [String(detail.executionArn)],
          detail,
        });
        const metricName = executionMetrics[String(detail.status)];
        if (metricName) alarms.onExecutionEnd(String(detail.stateMachineArn), metricName);
      },
    });
    closers.push(() => stepFunctions.stop());
    const scheduler = new Scheduler({
      ...common,
      deliver: (target, input, scheduleArn) =>
        deliveries.perform({ targetArn: target.arn, event: input }, () =>
          hops.deliverScheduled(target, input, scheduleArn),
        ),
      deadLetter: (queueArn, body, attributes, roleArn) =>
        hops.deadLetterScheduled(queueArn, body, attributes, roleArn),
      mayAssume: (roleArn, scheduleArn) =>
        options.iam === "off" ||
        access.mayAssume(roleArn, "scheduler.amazonaws.com", scheduleGroupArn(scheduleArn)),
      ...on("onUndelivered", listener.onUndelivered),
    });
    closers.push(() => scheduler.stop());
    const services: Runtime["services"] = {
      ...partial,
      StepFunctions: stepFunctions,
      Scheduler: scheduler,
      Lambda: new LambdaApi(() => functions),
    };

    const awsServer = createAwsServer({
      services: (accessKeyId, traceId) =>
        gate.servicesFor(callers.ofAccessKey(accessKeyId, traceId), services),
    });
    const awsUrl = await listen(awsServer, options.awsPort, "--aws-port");
    closers.push(() => close(awsServer));
    let handler = createHttpApi({ apiId: "", accountId, routes: [], clock });
    const apiServer = createServer((request, response) => handler(request, response));
    const apiUrl = await listen(apiServer, options.port, "--port");
    closers.push(() => close(apiServer));

    const traffic = new HttpTraffic([apiServer, awsServer]);
    activity.watch(traffic.underWay);
    closers.push(() => traffic.stop());

    const place = { accountId, region, apiUrl, awsUrl };
    const { program, stack, config, isFresh } = options;
    const recorded = await recordFor(place, program, stack, config, isFresh);
    const graph = options.patch?.(recorded) ?? recorded;
    callers.learn(graph);
    if (options.iam !== "off") access.learn(graph);
    const logs = new FunctionLogs(graph, callers, options.iam === "off" ? undefined : access);
    functions = new Functions(graph, {
      clock,
      activity,
      shortcut: { url: awsUrl, exchange: new Exchange(awsServer) },
      environmentOf: (name) => ({ AWS_ENDPOINT_URL: awsUrl, ...credentialsOf(name) }),
      sendToDestination: (arn, record, name) => hops.sendToDestination(callers.ofFunction(name), arn, record),
      onLog: (name, line) => {
        if (logs.takes(name)) listener.onLog?.(name, line);
      },
      invocations,
    });
    closers.push(() => functions?.stop());
    if (options.isLoadedAhead) {
      functions.readCode();
      await loadXmlParser();
    }
    await declare.declareTables(graph, dynamoDb);
    declare.declareQueues(graph, sqs);
    declare.declareTopics(graph, sns);
    declare.declareExistingMedia(graph, mediaLive, cloudFront);
    declare.declareBuses(graph, eventBridge);
    declare.declareStateMachines(graph, stepFunctions);
    declare.declareSchedules(graph, scheduler);
    declare.declareAlarms(graph, alarms);
    const ofRoute: Parameters<typeof readHttpApi>[2] = (target, arn) => hops.ofRoute(target, arn);
    const authorizers =
      options.auth === "off"
        ? undefined
        : routeAuthorizers(graph, {
            ...common,
            clock: options.callerClock ?? clock,
            credentials: (accessKeyId) => callers.credentialsFor(accessKeyId),
            mayInvoke: (caller, method, path) =>
              options.iam === "off" ||
              access.mayInvokeApi(caller, `${apiArnOf(graph)}/$default/${method}${path}`),
            issuers: options.issuers,
          });
    const api = readHttpApi(graph, functions, ofRoute, authorizers);
    if (api) {
      handler = createHttpApi({ ...api, accountId, clock, ...on("onRequest", listener.onRequest) });
    }
    return {
      apiUrl,
      awsUrl,
      region,
      graph,
      servers: { api: apiServer, aws: awsServer },
      authorization: api?.authorization ?? "NONE",
      services,
      alarms,
      gate,
      deliveries,
      invocations,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The metric that counts executions with an end, by their status. */
const executionMetrics: { readonly [status: string]: string } = {
  ABORTED: "ExecutionsAborted",
  FAILED: "ExecutionsFailed",
  TIMED_OUT: "ExecutionsTimedOut",
};

/** The ARN of the program's HTTP API. */
function apiArnOf(graph: Graph): string {
  return String(resourcesOfType(graph, "aws:apigatewayv2/api:Api")[0]?.outputs.executionArn);
}

/** A hook that nobody set is left out, so that it reads as absent. */
function on<TName extends string, THook>(name: TName, hook: THook | undefined): { [name in TName]?: THook } {
  return (hook ? { [name]: hook } : {}) as { [name in TName]?: THook };
}

async function listen(server: Server, port: number, option: string): Promise<string> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const problem = code === "EADDRINUSE" ? "is in use" : "may not be used";
    throw new Error(`Port ${port} ${problem}. Choose another with ${option}, or 0 for a free one.`);
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
