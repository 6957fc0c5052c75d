import { randomUUID } from "node:crypto";
import {
  type IncomingMessage,
  type ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import type { Authorizer } from "../auth";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { LambdaFunction } from "../lambda/function";
import type { Clock } from "../time/clock";
import { readPath, routeSelector } from "./select-route";

/** An HTTP API's payload quota. */
const maxPayloadBytes = 10 * 1024 * 1024;

/** One route of an HTTP API and the function behind it. */
export interface HttpRoute {
  /** Method and path, such as `GET /streams/{streamId}` or `ANY /{proxy+}`, or `$default`. */
  readonly routeKey: string;
  readonly target: Pick<LambdaFunction, "invoke">;
  /** Why no function answers it: requests are told so with 501. @default - its function answers */
  readonly unserved?: string;
  /** Checks who calls. @default - the route is open */
  readonly authorize?: Authorizer | undefined;
}

/** Which other origins' pages may call the API. */
export interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  /** The headers of an answer that a page may read. @default - those that a browser always shows */
  readonly exposeHeaders?: readonly string[];
  readonly maxAge?: number;
}

/** A line of the access log. */
export interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Why the gateway refused the request: callers are not told. */
  readonly reason?: string;
}

export interface HttpApiSettings {
  readonly apiId: string;
  readonly accountId: string;
  readonly routes: readonly HttpRoute[];
  readonly cors?: CorsSettings | undefined;
  readonly clock: Clock;
  /** Told of every answered request, with the body that it had. */
  readonly onRequest?: (line: RequestLine, body: string) => void;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: string | Buffer;
  /** Why the gateway refused the request, where it says no more than that it did. */
  readonly reason?: string;
}

/**
 * Answers requests as an API Gateway HTTP API does: its routes by their functions, called with a payload of format 2.0,
 * and its own words for whatever no function answers.
 *
 * @throws {Error} for a route key that API Gateway does not take.
 */
export function createHttpApi(settings: HttpApiSettings) {
  const select = routeSelector(settings.routes);
  return (request: IncomingMessage, response: ServerResponse): void => {
    const started = settings.clock.now();
    let received = "";
    const onBody = (body: Buffer) => {
      received = body.toString("utf8");
    };
    answer(settings, select, request, onBody)
      .catch((): Answer => gatewayAnswer(500, "Internal Server Error"))
      .then(({ status, headers, body, reason }) => {
        response.writeHead(status, { ...headers, "apigw-requestid": randomUUID() });
        response.end(request.method === "HEAD" ? undefined : body);
        const line = {
          method: request.method ?? "",
          path: request.url ?? "",
          status,
          milliseconds: settings.clock.now() - started,
          ...(reason !== undefined && { reason }),
        };
        settings.onRequest?.(line, received);
      })
      // The caller has gone: nobody is left to be told.
      .catch(() => response.destroy());
  };
}

async function answer(
  settings: HttpApiSettings,
  select: ReturnType<typeof routeSelector<HttpRoute>>,
  request: IncomingMessage,
  onBody: (body: Buffer) => void,
): Promise<Answer> {
  const { pathname, search } = splitTarget(request.url ?? "/");
  const method = request.method ?? "GET";
  const cors = corsHeaders(settings.cors, request.headers.origin);
  if (method === "OPTIONS" && settings.cors) {
    return { status: 204, headers: { ...cors, ...preflightHeaders(settings.cors) }, body: "" };
  }
  const body = await readBody(request);
  if (body === "too large") return gatewayAnswer(413, "Request Entity Too Large");
  onBody(body);
  const path = readPath(pathname);
  if (!path) return gatewayAnswer(400, "Bad Request");
  const selected = select(method, path.routed);
  if (!selected) return gatewayAnswer(404, "Not Found");
  const { route, pathParameters } = selected;
  if (route.unserved !== undefined) return { ...gatewayAnswer(501, route.unserved), reason: route.unserved };

  const headers = joinedHeaders(request);
  const signed = { method, path: pathname, search, headers, body };
  const verdict = await route.authorize?.({ ...signed, routedPath: path.routed });
  if (verdict && "status" in verdict) {
    const { status, message, reason } = verdict;
    const refused = gatewayAnswer(status, message);
    return { ...refused, headers: { ...refused.headers, ...verdict.headers, ...cors }, reason };
  }
  const event = toEvent(settings, request, {
    method,
    path: path.decoded,
    search,
    body,
    routeKey: route.routeKey,
    pathParameters,
    authorizer: verdict?.authorizer,
  });
  const result = await route.target.invoke(event);
  const answered = "error" in result ? undefined : toAnswer(result.payload);
  if (!answered) return gatewayAnswer(500, "Internal Server Error");
  return { ...answered, headers: { ...answered.headers, ...cors } };
}

/** The request target is taken as it came: `new URL` would tidy it up (`/a/../b`), which the gateway does not. */
function splitTarget(target: string): { pathname: string; search: string } {
  const [pathname = "/", ...rest] = target.split("?");
  return { pathname, search: rest.join("?") };
}

async function readBody(request: IncomingMessage): Promise<Buffer | "too large"> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and dropped, so that the caller gets to see the answer.
    if (size <= maxPayloadBytes) chunks.push(chunk);
  }
  return size > maxPayloadBytes ? "too large" : Buffer.concat(chunks);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function toEvent(
  { apiId, accountId, clock }: HttpApiSettings,
  request: IncomingMessage,
  {
    method,
    path,
    search,
    body,
    routeKey,
    pathParameters,
    authorizer,
  }: {
    method: string;
    /** Decoded, as AWS sends it, though it is called raw. */
    path: string;
    search: string;
    body: Buffer;
    routeKey: string;
    pathParameters: JsonObject | undefined;
    authorizer: JsonObject | undefined;
  },
): JsonObject {
  const { cookie: _cookies, ...headers } = joinedHeaders(request);
  const cookie = distinctHeaders(request).get("cookie");
  const query = joined([...new URLSearchParams(search)]);
  const now = new Date(clock.now());
  const text = isText(request.headers["content-type"]);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: search,
    ...(cookie && { cookies: cookie.flatMap((line) => line.split("; ")) }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId,
      apiId,
      ...(authorizer && { authorizer }),
      domainName: request.headers.host ?? "",
      domainPrefix: apiId,
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "",
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(pathParameters && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(text ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** A name that came several times is one, its values separated by commas. */
function joined(pairs: readonly (readonly [name: string, value: string])[]): { [name: string]: string } {
  return Object.fromEntries([...valuesByName(pairs)].map(([name, values]) => [name, values.join(",")]));
}

/** A Map, since the caller chooses the names: an object has members such as `constructor` without having been given them. */
function valuesByName(pairs: readonly (readonly [name: string, value: string])[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** Node.js's `headersDistinct` fails over a header with such a name. */
function headerPairs({ rawHeaders }: IncomingMessage): [name: string, value: string][] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""]] : [],
  );
}

function distinctHeaders(request: IncomingMessage): Map<string, string[]> {
  return valuesByName(headerPairs(request));
}

function joinedHeaders(request: IncomingMessage): { [name: string]: string } {
  return joined(headerPairs(request));
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** Bodies of these types reach the function as text, all others in base 64. */
function isText(contentType: string | undefined): boolean {
  return (
    contentType !== undefined &&
    /^(text\/|application\/(json|javascript|xml|.*\+json|.*\+xml))/i.test(contentType)
  );
}

/** @returns the answer that a function's result stands for, or undefined where it stands for none. */
function toAnswer(result: Json): Answer | undefined {
  if (!isJsonObject(result) || !("statusCode" in result)) {
    // The gateway takes any other JSON for the body of a 200.
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(result) };
  }
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const headers: Record<string, string | string[]> = { "content-type": "text/plain; charset=utf-8" };
  for (const [name, value] of Object.entries(isJsonObject(result.headers) ? result.headers : {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(result.cookies)) headers["set-cookie"] = result.cookies.map(String);
  if (!areHeaders(headers)) return undefined;
  const body = typeof result.body === "string" ? result.body : "";
  return { status, headers, body: result.isBase64Encoded === true ? Buffer.from(body, "base64") : body };
}

/** @returns whether HTTP can carry these headers. */
function areHeaders(headers: Answer["headers"]): boolean {
  try {
    for (const [name, values] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const value of [values].flat()) validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

function gatewayAnswer(status: number, message: string): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ message }) };
}

function corsHeaders(cors: CorsSettings | undefined, origin: string | undefined): Record<string, string> {
  if (!cors || origin === undefined) return {};
  const isOpen = cors.allowOrigins.includes("*");
  if (!isOpen && !cors.allowOrigins.includes(origin)) return {};
  return {
    ...(isOpen
      ? { "access-control-allow-origin": "*" }
      : { "access-control-allow-origin": origin, vary: "origin" }),
    ...(cors.exposeHeaders && { "access-control-expose-headers": cors.exposeHeaders.join(",") }),
  };
}

function preflightHeaders(cors: CorsSettings): Record<string, string> {
  return {
    "access-control-allow-methods": cors.allowMethods.join(","),
    "access-control-allow-headers": cors.allowHeaders.join(","),
    ...(cors.maxAge !== undefined && { "access-control-max-age": String(cors.maxAge) }),
  };
}
