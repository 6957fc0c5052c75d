import { isIdempotent, type OperationName, type RestOperation } from "../contracts";
import { queryText, type UnsignedRequest } from "../contracts/sign-request";
import { type Authorized, authorize } from "./authorize";
import { startDeadline } from "./deadline";
import { StreamApiError, type StreamApiErrorCode } from "./error";
import type { CallOptions } from "./operations";
import { readAnswer } from "./read-answer";
import { type ClientRequest, requestOf } from "./request-of";
import type { ClientSettings } from "./settings";

/** Waits between two tries. Rejects with the signal's reason once that is aborted. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/** The longest `Retry-After` that is waited for. After a longer one there is no further try. */
const maxRetryAfterMilliseconds = 60_000;

/**
 * Calls an operation: signs, sends, checks the answer, and tries again where that helps.
 *
 * @throws {StreamApiError} of the last try; the reason of an aborted signal; what a provider of credentials throws.
 */
export async function send(
  settings: ClientSettings,
  wait: Wait,
  operation: RestOperation,
  input: { readonly [member: string]: unknown },
  { signal }: CallOptions,
): Promise<unknown> {
  const request = requestOf(settings.base, operation, input);
  const maxTries = isIdempotent(operation) ? settings.maxTries : 1;
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const failure = await tryOnce(settings, operation, request, signal);
    if ("body" in failure) return failure.body;
    signal?.throwIfAborted();
    const milliseconds = failure.retryAfter ?? backoff(tries);
    if (tries >= maxTries || !isWorthwhile(failure.error) || milliseconds > maxRetryAfterMilliseconds) {
      throw failure.error;
    }
    await wait(milliseconds, signal);
  }
}

interface Failure {
  readonly error: unknown;
  /** What the server asks for, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

async function tryOnce(
  settings: ClientSettings,
  operation: RestOperation,
  request: ClientRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly body: unknown } | Failure> {
  const { base, timeoutSeconds } = settings;
  const deadline = startDeadline(timeoutSeconds, signal);
  let authorized: Authorized | undefined;
  let response: Response | undefined;
  try {
    authorized = await deadline.race(authorize(request, settings));
    const { headers, secrets } = authorized;
    response = await deadline.race(
      settings.fetch(urlOf(base, request), initOf(request, headers, deadline.signal)),
    );
    const answer = readAnswer(operation, response, request.parameters, (text) => hide(text, secrets));
    return { body: await deadline.race(answer) };
  } catch (error) {
    if (error instanceof StreamApiError) return { error, retryAfter: retryAfterOf(response, settings.now()) };
    signal?.throwIfAborted();
    const fail = (problem: string, code: StreamApiErrorCode, cause?: unknown) => ({
      error: new StreamApiError(problem, {
        ...{ operation: operation.name as OperationName, code, status: response?.status, cause },
      }),
    });
    if (deadline.signal.aborted) {
      const what = authorized ? "No whole answer" : "No credentials or token";
      return fail(`${what} within ${timeoutSeconds} seconds.`, "Timeout");
    }
    // What a provider throws is the caller's own.
    if (!authorized) throw error;
    const what = response ? "The answer broke off" : `No connection to ${base.host}`;
    return fail(`${what}${reasonOf(error)}.`, "NoAnswer", error);
  } finally {
    deadline.end();
  }
}

function urlOf(base: URL, { path, query = {} }: UnsignedRequest): string {
  const text = queryText(query);
  return `${base.origin}${path}${text && `?${text}`}`;
}

function initOf(
  { method = "GET", body }: UnsignedRequest,
  headers: Authorized["headers"],
  signal: AbortSignal,
): RequestInit {
  return {
    ...{ method, headers, signal },
    ...(body !== "" && { body }),
    // A redirect would be given the token, or a request whose signature is for another host.
    redirect: "manual",
    credentials: "omit",
  };
}

/** @returns a text without the secrets in it. */
function hide(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}

/** Node.js has the code of a connection that failed, such as ECONNREFUSED, in the cause of fetch's error; browsers tell none. */
function reasonOf(error: unknown): string {
  const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? ` (${code})` : "";
}

function isWorthwhile(error: unknown): boolean {
  if (!(error instanceof StreamApiError)) return false;
  return ["NoAnswer", "Timeout", "TooManyRequests", "Unavailable"].includes(error.code);
}

/** @returns a random wait, so that callers who were refused together do not come together again: below 200 ms, then 400, then 800. */
function backoff(tries: number): number {
  return Math.ceil(Math.random() * 200 * 2 ** (tries - 1));
}

/** Seconds, or a date. Source: RFC 9110, 10.2.3. */
function retryAfterOf(response: Response | undefined, now: number): number | undefined {
  const value = response?.headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
