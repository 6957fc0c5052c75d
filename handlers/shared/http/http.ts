import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { maskUrls, type OperationName, type PathParameters, type Route, routes } from "../../../contracts";
import type { Handler, Log } from "../runtime/lambda";
import { findPath, type ParameterValues } from "./find-path";

/** An event of API Gateway in payload format 1.0 or 2.0. */
export type HttpEvent = Partial<APIGatewayProxyEvent> | Partial<APIGatewayProxyEventV2>;

/** The answer, in the form that both payload formats take. */
export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** @returns a JSON answer. */
export function json(statusCode: number, body: object, headers: Record<string, string> = {}): HttpResult {
  return {
    statusCode,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** @returns an answer that names what is wrong, and each problem. */
export function refusal(statusCode: number, message: string, issues: string[]): HttpResult {
  return json(statusCode, { message, issues });
}

/** Answers the requests of one operation. */
type Answerer<TPath extends string> = (
  event: HttpEvent,
  parameters: PathParameters<TPath>,
) => Promise<HttpResult>;

/** The operations of one function, each with what answers it. */
type Answerers<TRoutes extends { readonly [name: string]: Route }> = {
  readonly [TName in keyof TRoutes]?: Answerer<TRoutes[TName]["path"]>;
};

/**
 * Lets a function see the requests of its own operations alone. Any other gets 404 for a path that the API does not have,
 * and 405 for a method that the path does not have. What belongs to another function was sent to the wrong one,
 * which only a direct call can do: on the same path it gets 405 with this function's methods, else 404.
 *
 * An event without a path comes from a direct call too, and is taken to mean the first operation's; one without a method
 * counts as GET.
 *
 * @example
 * operations(log, { GetStream: async (event, { streamId }) => json(200, await read(streamId)) })
 */
export const operations = operationsOf(routes);

/** @returns the same for one operation. */
export function operation<TName extends OperationName>(
  name: TName,
  log: Log,
  answer: Answerer<(typeof routes)[TName]["path"]>,
): Handler<HttpEvent, HttpResult> {
  return operations(log, { [name]: answer });
}

/** @returns `operations` for another table of routes. */
export function operationsOf<const TRoutes extends { readonly [name: string]: Route }>(table: TRoutes) {
  const methodsByPath = methodsOf(Object.values(table));
  const find = (path: string, given: ParameterValues) => findPath(methodsByPath.keys(), path, given);

  return function operations(log: Log, answerers: Answerers<TRoutes>): Handler<HttpEvent, HttpResult> {
    const own = Object.entries(answerers).flatMap(([name, answer]) => {
      const route = table[name];
      return route && answer ? [{ ...route, answer: answer as Answerer<string> }] : [];
    });
    const ownMethods = methodsOf(own);
    return async (event) => {
      const { method, requestId, given, ...line } = readRequestLine(event, own[0]?.path ?? "/");
      log.appendKeys({ requestId });
      // A custom domain leaves the stage out. A path that can be read both ways, such as `/streams/streams` in a stage named `streams`, begins with
      // the stage.
      const behindStage = withoutStage(line.path, line.stage);
      const path = find(behindStage, given) || !find(line.path, given) ? behindStage : line.path;
      const found = find(path, given);
      const meant = own.find((route) => route.path === found?.template && route.method === method);
      if (found && meant) return meant.answer(event, found.parameters);
      const methods = found && methodsByPath.get(found.template);
      if (methods && !methods.includes(method)) return methodNotAllowed(method, methods);
      const allowed = found && ownMethods.get(found.template);
      if (allowed) return methodNotAllowed(method, allowed);
      const expected = [...methodsByPath.keys()].join(", ");
      return json(404, { message: `${maskUrls(path)} not found. Expected ${expected}.` });
    };
  };
}

/** The methods of each path, in the order of the routes. */
function methodsOf(table: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of table) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

function methodNotAllowed(method: string, methods: readonly string[]): HttpResult {
  const allow = methods.join(", ");
  return json(405, { message: `${maskUrls(method)} not allowed. Expected ${allow}.` }, { Allow: allow });
}

/** API Gateway sends all of it as text; what a direct call sends otherwise counts as absent. */
function readRequestLine(event: unknown, ownPath: string) {
  const { rawPath, path: path1, httpMethod, pathParameters, requestContext } = membersOf(event);
  const { http, stage, requestId } = membersOf(requestContext);
  const { method, path: path2 } = membersOf(http);
  const given = Object.entries(membersOf(pathParameters)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    method: textOf(method) ?? textOf(httpMethod) ?? "GET",
    path: textOf(rawPath) ?? textOf(path2) ?? textOf(path1) ?? ownPath,
    stage: textOf(stage),
    given: Object.fromEntries(given),
    requestId: textOf(requestId),
  };
}

function membersOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A stage other than `$default` stands in front of the path. */
function withoutStage(path: string, stage: string | undefined): string {
  if (!stage || !path.startsWith(`/${stage}/`)) return path;
  return path.slice(stage.length + 1);
}
