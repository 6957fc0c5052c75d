import type { RequestListener } from "node:http";
import { type ApiAuthorization, routeAuthorizers } from "../auth";
import { createHttpApi } from "../http/http-api";
import { readHttpApi } from "../http/read-http-api";
import type { Functions } from "../lambda/functions";
import type { RuntimeListener } from "../listener";
import { type Graph, resourcesOfType } from "../record/graph";
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
  /** See `RuntimeOptions`. */
  readonly options: {
    readonly auth?: "on" | "off";
    readonly callerClock?: Clock;
    readonly issuers?: { readonly [issuer: string]: string };
  };
}

/**
 * Reads a program's HTTP API.
 *
 * @returns what handles its requests, and what it asks callers for; undefined for a program without one.
 */
export function createApi(
  graph: Graph,
  context: ApiContext,
): { handle: RequestListener; authorization: ApiAuthorization } | undefined {
  const { accountId, clock, listener, hops, functions, options } = context;
  const authorizers = options.auth === "off" ? undefined : createAuthorizers(graph, context);
  const api = readHttpApi(graph, functions, (target, arn) => hops.ofRoute(target, arn), authorizers);
  if (!api) return undefined;
  const handle = createHttpApi({
    ...api,
    accountId,
    clock,
    onRequest: (line, body) => listener.onRequest?.(line, body),
  });
  return { handle, authorization: api.authorization };
}

function createAuthorizers(graph: Graph, { accountId, region, clock, passage, options }: ApiContext) {
  const { callers, access, isGuarded } = passage;
  return routeAuthorizers(graph, {
    accountId,
    region,
    clock: options.callerClock ?? clock,
    credentials: (accessKeyId) => callers.credentialsFor(accessKeyId),
    mayInvoke: (caller, method, path) =>
      !isGuarded || access.mayInvokeApi(caller, `${apiArnOf(graph)}/$default/${method}${path}`),
    issuers: options.issuers,
  });
}

/** The ARN of the program's HTTP API. */
function apiArnOf(graph: Graph): string {
  return String(resourcesOfType(graph, "aws:apigatewayv2/api:Api")[0]?.outputs.executionArn);
}
