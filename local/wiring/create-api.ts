import type { RequestListener } from "node:http";
import { type ApiAuthorization, routeAuthorizers } from "../auth";
import { createHttpApi, type RequestLine } from "../http/http-api";
import { readHttpApi } from "../http/read-http-api";
import type { Functions } from "../lambda/functions";
import type { RuntimeListener } from "../listener";
import type { Graph, RecordedResource } from "../record/graph";
import type { MetricValue } from "../services/cloudwatch/metric";
import type { Signals } from "../services/service-context";
import type { Clock } from "../time/clock";
import type { Passage } from "./create-gate";
import type { Hops } from "./hops";

export interface ApiContext {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly listener: RuntimeListener;
  readonly passage: Passage;
  readonly hops: Hops;
  readonly functions: Functions;
  readonly signals: Signals;
  /** See `RuntimeOptions`. */
  readonly options: {
    readonly auth?: "on" | "off";
    readonly callerClock?: Clock;
    readonly issuers?: { readonly [issuer: string]: string };
    readonly unsupported?: "record" | "refuse" | undefined;
  };
}

/**
 * Reads an HTTP API of a program.
 *
 * @returns what handles its requests, and what it asks callers for.
 */
export function createApi(
  graph: Graph,
  resource: RecordedResource,
  context: ApiContext,
): { handle: RequestListener; authorization: ApiAuthorization } {
  const { accountId, clock, listener, hops, functions, signals, options } = context;
  const authorizers = options.auth === "off" ? undefined : createAuthorizers(graph, resource, context);
  const api = readHttpApi(
    graph,
    resource,
    functions,
    (target, arn) => hops.ofRoute(target, arn),
    authorizers,
    options.unsupported === "refuse",
  );
  const handle = createHttpApi({
    ...api,
    accountId,
    clock,
    onRequest: (line, body) => {
      for (const value of requestMetrics(resource.id, line)) signals.emit("metric", value);
      listener.onRequest?.(line, body);
    },
  });
  return { handle, authorization: api.authorization };
}

/** What API Gateway reports of a request to an HTTP API. */
function requestMetrics(apiId: string, { status, milliseconds }: RequestLine): MetricValue[] {
  const metric = (name: string, value: number) => ({
    ...{ namespace: "AWS/ApiGateway", name, value },
    dimensions: { ApiId: apiId },
  });
  return [
    metric("Count", 1),
    metric("Latency", milliseconds),
    ...(status >= 500 ? [metric("5xx", 1)] : status >= 400 ? [metric("4xx", 1)] : []),
  ];
}

function createAuthorizers(
  graph: Graph,
  resource: RecordedResource,
  { accountId, region, clock, passage, options }: ApiContext,
) {
  const { callers, access, isGuarded } = passage;
  return routeAuthorizers(graph, {
    accountId,
    region,
    clock: options.callerClock ?? clock,
    credentials: (accessKeyId) => callers.credentialsFor(accessKeyId),
    mayInvoke: (caller, method, path) =>
      !isGuarded ||
      access.mayInvokeApi(caller, `${String(resource.outputs.executionArn)}/$default/${method}${path}`),
    issuers: options.issuers,
  });
}
