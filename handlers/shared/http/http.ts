import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { maskUrls, type PathParameters, type Route, routes } from "../../../contracts";
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

/**
 * Lets a handler see the requests of its own operation alone. Any other gets 404 for a path that the API does not have,
 * and 405 for a method that the path does not have. What belongs to another operation was sent to the wrong function,
 * which only a direct call can do: on the same path it gets 405 with this function's one method, else 404.
 *
 * An event without a path comes from a direct call too, and is taken to mean this operation's; one without a method
 * counts as GET.
 *
 * @example
 * operation("GetStream", log, async (event, { streamId }) => json(200, await read(streamId)))
 */
export const operation = operationOf(routes);

/** @returns `operation` for another table of routes. */
export function operationOf<const TRoutes extends { readonly [name: string]: Route }>(table: TRoutes) {
  const methodsByPath = new Map<string, string[]>();
  for (const { path, method } of Object.values(table)) {
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), method]);
  }
  const find = (path: string, given: ParameterValues) => findPath(methodsByPath.keys(), path, given);

  return function operation<TName extends keyof TRoutes & string>(
    name: TName,
    log: Log,
    handle: (event: HttpEvent, parameters: PathParameters<TRoutes[TName]["path"]>) => Promise<HttpResult>,
  ): Handler<HttpEvent, HttpResult> {
    const own: TRoutes[TName] = table[name];
    return async (event) => {
      const { method, requestId, given, ...line } = readRequestLine(event, own.path);
      log.appendKeys({ requestId });
      const path = find(line.path, given) ? line.path : withoutStage(line.path, line.stage);
      const found = find(path, given);
      const methods = found && methodsByPath.get(found.template);
      const isOwnPath = found?.template === own.path;
      if (isOwnPath && method === own.method) {
        return handle(event, found.parameters as PathParameters<TRoutes[TName]["path"]>);
      }
      if (methods && !methods.includes(method)) return methodNotAllowed(method, methods);
      if (isOwnPath) return methodNotAllowed(method, [own.method]);
      const expected = [...methodsByPath.keys()].join(", ");
      return json(404, { message: `${maskUrls(path)} not found. Expected ${expected}.` });
    };
  };
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
