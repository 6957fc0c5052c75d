import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HistoryEvent } from "./asl/history";
import { Callers, credentialsOf } from "./callers";
import { CallGate } from "./calls";
import { type Clock, systemClock } from "./clock";
import * as declare from "./declare";
import { createHttpApi } from "./http-api";
import { checkResource, createTaskRunner } from "./integrations";
import type { Json, JsonObject } from "./json";
import { Functions } from "./lambda/functions";
import type { Graph } from "./program/graph";
import { recordProgram } from "./program/record";
import {
  type Channel,
  CloudFront,
  DynamoDb,
  EventBridge,
  MediaLive,
  PermanentDeliveryError,
  type PublishedMessage,
  Sns,
  Sqs,
  type UndeliveredEvent,
} from "./services";
import { StepFunctions } from "./services/step-functions";
import { createAwsServer } from "./wire";

/** The account that everything local is in: twelve digits, and plainly none of AWS's. */
export const accountId = "000000000000";

export interface RuntimeOptions {
  /** Path of the Pulumi program. */
  readonly program: string;
  readonly stack: string;
  /** Port of the HTTP API; 0 for a free one. */
  readonly port: number;
  /** Port of the AWS wire protocols; 0 for a free one. */
  readonly awsPort: number;
  /** Folder that keeps the tables between runs; in memory without one. */
  readonly dataFolder?: string;
  /** Configuration values that stand before those of the stack, by key. */
  readonly config?: { readonly [key: string]: string };
  readonly clock?: Clock;
  readonly listener?: RuntimeListener;
}

/** What can be watched while the runtime runs. */
export interface RuntimeListener {
  onRequest?(line: { method: string; path: string; status: number; milliseconds: number }): void;
  onHistoryEvent?(executionArn: string, event: HistoryEvent): void;
  onBusEvent?(busName: string, event: JsonObject): void;
  onUndelivered?(undelivered: UndeliveredEvent): void;
  onNotification?(message: PublishedMessage): void;
  onChannelState?(channel: Channel): void;
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
  /** Whether a deployment would ask callers of the API for authorization. */
  readonly authorized: boolean;
  readonly services: {
    readonly DynamoDB: DynamoDb;
    readonly StepFunctions: StepFunctions;
    readonly EventBridge: EventBridge;
    readonly MediaLive: MediaLive;
    readonly CloudFront: CloudFront;
    readonly SNS: Sns;
    readonly SQS: Sqs;
  };
  /** The door through which every call of an AWS API goes. */
  readonly gate: CallGate;
  /** Stops the servers and everything that runs or waits. */
  stop(): Promise<void>;
}

/**
 * Starts the local runtime: records the program's resources and serves them.
 *
 * @throws {Error} when a port is taken, the program throws, or it uses something that the runtime does not support.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { clock = systemClock, listener = {} } = options;
  const region = "us-east-1";
  const common = { clock, region, accountId };
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    let functions: Functions | undefined;
    const sqs = new Sqs({ ...common, endpoint: () => awsUrl });
    const sns = new Sns({ ...common, ...on("onPublish", listener.onNotification) });
    const mediaLive = new MediaLive({ ...common, ...on("onStateChange", listener.onChannelState) });
    const cloudFront = new CloudFront({ clock, accountId });
    const eventBridge = new EventBridge({
      ...common,
      deliver: async (targetArn, event) => deliver(targetArn, event),
      deadLetter: async (queueArn, body, attributes) => sqs.send(queueArn, body, attributes),
      ...on("onEvent", listener.onBusEvent),
      ...on("onUndelivered", listener.onUndelivered),
    });
    closers.push(() => eventBridge.stop());
    const deliver = (targetArn: string, event: Json): void => {
      const target = functions?.find(targetArn);
      if (target) functions?.invokeForEvent(target, event);
      else if (targetArn.startsWith("arn:aws:sqs:")) sqs.send(targetArn, JSON.stringify(event));
      else throw new PermanentDeliveryError("NO_RESOURCE", `The target ${targetArn} does not exist.`);
    };
    const dynamoDb = await DynamoDb.start({
      ...common,
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
    const stepFunctions: StepFunctions = new StepFunctions({
      ...common,
      checkResource,
      runTask: (task) => {
        const caller = callers.ofExecution(task.executionArn);
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
          detail,
        });
      },
    });
    closers.push(() => stepFunctions.stop());
    const services: Runtime["services"] = { ...partial, StepFunctions: stepFunctions };

    const awsServer = createAwsServer({
      services: (accessKeyId) => gate.servicesFor(callers.ofAccessKey(accessKeyId), services),
    });
    const awsUrl = await listen(awsServer, options.awsPort, "--aws-port");
    closers.push(() => close(awsServer));
    let handler = createHttpApi({ apiId: "", accountId, routes: [], clock });
    const apiServer = createServer((request, response) => handler(request, response));
    const apiUrl = await listen(apiServer, options.port, "--port");
    closers.push(() => close(apiServer));

    const place = { accountId, region, apiUrl, awsUrl };
    const graph = await recordProgram(options.program, options.stack, place, options.config);
    callers.learn(graph);
    functions = new Functions(graph, {
      clock,
      environmentOf: (name) => ({ AWS_ENDPOINT_URL: awsUrl, ...credentialsOf(name) }),
      sendToDestination: async (arn, record) => deliver(arn, record),
      onLog: (name, line) => listener.onLog?.(name, line),
    });
    closers.push(() => functions?.stop());
    await declare.declareTables(graph, dynamoDb);
    declare.declareQueues(graph, sqs);
    declare.declareTopics(graph, sns);
    declare.declareExistingMedia(graph, mediaLive, cloudFront);
    declare.declareBuses(graph, eventBridge);
    declare.declareStateMachines(graph, stepFunctions);
    const api = declare.readHttpApi(graph, functions);
    if (api) {
      handler = createHttpApi({ ...api, accountId, clock, ...on("onRequest", listener.onRequest) });
    }
    return { apiUrl, awsUrl, region, graph, authorized: api?.authorized ?? false, services, gate, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
