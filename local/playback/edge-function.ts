import { createHash, createHmac } from "node:crypto";
import * as querystring from "node:querystring";
import { createContext, Script } from "node:vm";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { Answer, Headers, Pair, ViewerRequest } from "./exchange";

/** A program's CloudFront function. */
export interface EdgeFunction {
  readonly name: string;
  readonly code: string;
}

/** What a function runs with. */
export interface EdgeFunctionContext {
  readonly distributionId: string;
  readonly distributionDomainName: string;
  readonly requestId: string;
  /** Milliseconds since the Unix epoch; a function's clock stands still while it runs. */
  readonly now: number;
  readonly onLog: (line: string) => void;
}

/** A function failed, or changed what it must not. */
export class EdgeFunctionError extends Error {
  /** @param isInvalid whether it ran, and CloudFront refuses its result (502), or it could not run (503). */
  constructor(
    message: string,
    readonly isInvalid: boolean,
  ) {
    super(message);
  }
}

/** Source: CloudFront developer guide, "Quotas on CloudFront Functions". */
const maxCodeBytes = 10_240;
/** CloudFront allows less than a millisecond of its own processors; this only ends a function that never returns. */
const maxMilliseconds = 500;

/** Source for both: CloudFront developer guide, "Restrictions on all edge functions". */
const disallowedHeaders =
  /^(connection|expect|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache.*|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const readOnlyHeaders = ["content-length", "host", "transfer-encoding", "via"];

const modules: { readonly [name: string]: unknown } = { crypto: { createHash, createHmac }, querystring };

/**
 * Runs a function for a viewer's request, with the event of `cloudfront-js-2.0`. Source: CloudFront developer guide, "CloudFront Functions
 * event structure".
 *
 * @returns the request to go on with, or the answer that the function gives itself.
 * @throws {EdgeFunctionError}
 */
export async function runViewerRequestFunction(
  { name, code }: EdgeFunction,
  request: ViewerRequest,
  context: EdgeFunctionContext,
): Promise<ViewerRequest | Answer> {
  if (Buffer.byteLength(code) > maxCodeBytes) {
    throw new EdgeFunctionError(`The function '${name}' is longer than ${maxCodeBytes} bytes.`, false);
  }
  const result = await run(name, code, eventOf(request, context), context);
  if (!isJsonObject(result)) {
    throw new EdgeFunctionError(`The function '${name}' returned neither a request nor a response.`, true);
  }
  return result.statusCode === undefined ? requestOf(name, result, request) : answerOf(name, result);
}

async function run(
  name: string,
  code: string,
  event: JsonObject,
  { now, onLog }: EdgeFunctionContext,
): Promise<Json> {
  const log = (...values: unknown[]) => onLog(values.map(String).join(" "));
  const globals = createContext({
    console: { log, error: log, info: log, warn: log, debug: log },
    require: (id: string): unknown => {
      if (Object.hasOwn(modules, id)) return modules[id];
      throw new Error(`The module '${id}' is not available to CloudFront functions here.`);
    },
    Buffer,
    atob,
    btoa,
    event: JSON.stringify(event),
    now,
  });
  try {
    clockScript.runInContext(globals);
    // A function and its event share nothing with the runtime but text.
    const script = new Script(
      `${code}\n;(async () => { const result = await handler(JSON.parse(event)); return JSON.stringify(result); })();`,
      { filename: `${name}.js` },
    );
    const text = (await script.runInContext(globals, { timeout: maxMilliseconds })) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch (error) {
    const message = isJsonObject(error) || error instanceof Error ? String(error.message) : String(error);
    throw new EdgeFunctionError(`The function '${name}' failed: ${message}`, false);
  }
}

const clockScript = new Script(`(() => {
  const Plain = Date, present = now;
  Date = new Proxy(Plain, {
    construct: (target, values) => Reflect.construct(target, values.length > 0 ? values : [present]),
    apply: () => new Plain(present).toString(),
    get: (target, member) => (member === "now" ? () => present : Reflect.get(target, member)),
  });
  delete globalThis.now;
})();`);

function eventOf(request: ViewerRequest, context: EdgeFunctionContext): JsonObject {
  const { distributionId, distributionDomainName, requestId } = context;
  const visible = Object.entries(request.headers).filter(([name]) => !disallowedHeaders.test(name));
  return {
    version: "1.0",
    context: { distributionDomainName, distributionId, eventType: "viewer-request", requestId },
    viewer: { ip: request.ip },
    request: {
      method: request.method,
      uri: request.path,
      querystring: valuesOf(request.query),
      headers: valuesOf(visible),
      cookies: valuesOf(request.cookies),
    },
  };
}

/** `{ name: { value, multiValue? } }`; the value of a repeated name is its last one. */
function valuesOf(pairs: readonly Pair[]): JsonObject {
  // By entries: a viewer chooses the names, and an assignment to `__proto__` adds no member.
  return Object.fromEntries(
    pairs.map(([name]) => {
      const all = pairs.filter((pair) => pair[0] === name).map(([, value]) => ({ value }));
      const value = all.at(-1)?.value ?? "";
      return [name, all.length > 1 ? { value, multiValue: all } : { value }];
    }),
  );
}

function pairsOf(values: Json | undefined): Pair[] {
  return Object.entries(isJsonObject(values) ? values : {}).flatMap(([name, one]): Pair[] => {
    if (!isJsonObject(one)) return [];
    const many = Array.isArray(one.multiValue) ? one.multiValue.filter(isJsonObject) : [one];
    return many.map(({ value }) => [name, String(value ?? "")]);
  });
}

function requestOf(name: string, result: JsonObject, before: ViewerRequest): ViewerRequest {
  const { uri } = result;
  if (typeof uri !== "string" || !uri.startsWith("/") || uri.includes("?")) {
    throw new EdgeFunctionError(
      `The function '${name}' returned the uri ${JSON.stringify(uri ?? null)}; it must begin with '/' and have no query string.`,
      true,
    );
  }
  const given = headersOf(name, result.headers);
  const changed = readOnlyHeaders.find((header) => given[header] !== before.headers[header]);
  if (changed !== undefined) {
    throw new EdgeFunctionError(
      `The function '${name}' changed the header '${changed}', which is read-only.`,
      true,
    );
  }
  return {
    ...before,
    path: uri,
    query: pairsOf(result.querystring),
    headers: given,
    cookies: pairsOf(result.cookies),
  };
}

function answerOf(name: string, result: JsonObject): Answer {
  const { statusCode, body } = result;
  if (typeof statusCode !== "number" || statusCode < 200 || statusCode > 599) {
    throw new EdgeFunctionError(
      `The function '${name}' returned the statusCode ${JSON.stringify(statusCode)}.`,
      true,
    );
  }
  const { data, encoding } = isJsonObject(body) ? body : { data: body, encoding: "text" };
  const cookies = Object.entries(isJsonObject(result.cookies) ? result.cookies : {}).flatMap(([key, one]) =>
    isJsonObject(one)
      ? [`${key}=${String(one.value)}${one.attributes ? `; ${String(one.attributes)}` : ""}`]
      : [],
  );
  return {
    status: statusCode,
    headers: {
      ...headersOf(name, result.headers),
      ...(cookies.length > 0 && { "set-cookie": cookies.join(", ") }),
    },
    body: Buffer.from(typeof data === "string" ? data : "", encoding === "base64" ? "base64" : "utf8"),
  };
}

function headersOf(name: string, values: Json | undefined): Headers {
  const headers = new Map<string, string>();
  for (const [header, value] of pairsOf(values)) {
    const key = header.toLowerCase();
    if (disallowedHeaders.test(key)) {
      throw new EdgeFunctionError(
        `The function '${name}' added the header '${header}', which is disallowed.`,
        true,
      );
    }
    const others = headers.get(key);
    headers.set(key, others === undefined ? value : `${others}, ${value}`);
  }
  return Object.fromEntries(headers);
}
