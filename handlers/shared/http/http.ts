import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { maskUrls } from "../../../contracts";
import type { Handler, Log } from "../runtime/lambda";

/** An event of API Gateway in payload format 1.0 or 2.0. */
export type HttpEvent = Partial<APIGatewayProxyEvent> | Partial<APIGatewayProxyEventV2>;

/** The answer, in the form that both payload formats take. */
export interface HttpResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** The API's paths with their methods, as `restOperations` of the contracts has them. */
export const methodsByPath: Readonly<Record<string, readonly string[]>> = {
  "/health": ["GET"],
  "/streams": ["POST", "PUT"],
};

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
 */
export function operation(
  own: { method: string; path: string },
  log: Log,
  handle: (event: HttpEvent) => Promise<HttpResult>,
): Handler<HttpEvent, HttpResult> {
  return async (event) => {
    const { method, path, requestId } = readRequestLine(event, own.path);
    log.appendKeys({ requestId });
    const methods = Object.hasOwn(methodsByPath, path) ? methodsByPath[path] : undefined;
    if (methods && path === own.path && method === own.method) return handle(event);
    if (methods && !methods.includes(method)) return methodNotAllowed(method, methods);
    if (path === own.path) return methodNotAllowed(method, [own.method]);
    return json(404, {
      message: `${maskUrls(path)} not found. Expected ${Object.keys(methodsByPath).join(", ")}.`,
    });
  };
}

function methodNotAllowed(method: string, methods: readonly string[]): HttpResult {
  const allow = methods.join(", ");
  return json(405, { message: `${maskUrls(method)} not allowed. Expected ${allow}.` }, { Allow: allow });
}

/** API Gateway sends all of it as text; what a direct call sends otherwise counts as absent. */
function readRequestLine(event: unknown, ownPath: string) {
  const { rawPath, path: path1, httpMethod, requestContext } = membersOf(event);
  const { http, stage, requestId } = membersOf(requestContext);
  const { method, path: path2 } = membersOf(http);
  return {
    method: textOf(method) ?? textOf(httpMethod) ?? "GET",
    path: withoutStage(textOf(rawPath) ?? textOf(path2) ?? textOf(path1) ?? ownPath, textOf(stage)),
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
  if (Object.hasOwn(methodsByPath, path) || !stage || !path.startsWith(`/${stage}/`)) return path;
  return path.slice(stage.length + 1);
}
