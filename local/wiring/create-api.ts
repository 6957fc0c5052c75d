import type { RequestListener } from "node:http";
import { type ApiAuthorization, routeAuthorizers } from "../auth";
import { createHttpApi } from "../http/http-api";
import { readHttpApi } from "../http/read-http-api";
import type { Functions } from "../lambda/functions";
import type { RuntimeListener } from "../listener";
import type { Graph, RecordedResource } from "../record/graph";
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
 * Reads an HTTP API of a program.
 *
 * @returns what handles its requests, and what it asks callers for.
 */
export function createApi(
  graph: Graph,
  resource: RecordedResource,
  context: ApiContext,
): { handle: RequestListener; authorization: ApiAuthorization } {
  const { accountId, clock, listener, hops, functions, options } = context;
  const authorizers = options.auth === "off" ? undefined : createAuthorizers(graph, resource, context);
  const api = readHttpApi(
    graph,
    resource,
    functions,
    (target, arn) => hops.ofRoute(target, arn),
    authorizers,
  );
  const handle = createHttpApi({
    ...api,
    accountId,
    clock,
    onRequest: (line, body) => listener.onRequest?.(line, body),
  });
  return { handle, authorization: api.authorization };
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
