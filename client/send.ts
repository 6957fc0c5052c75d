import { isIdempotent, type OperationName, type RestOperation } from "../contracts";
import { queryText, type UnsignedRequest } from "../contracts/sign-request";
import { authorize } from "./authorize";
import { StreamApiError } from "./error";
import type { CallOptions } from "./operations";
import { readAnswer } from "./read-answer";
import { requestOf } from "./request-of";
import type { ClientSettings } from "./settings";

/** Waits between two tries. Rejects with the signal's reason once that is aborted. */
export type Wait = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/** A wait that a server asks for is kept up to this time; one that asks for more gets no further try. */
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
  request: UnsignedRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly body: unknown } | Failure> {
  const name = operation.name as OperationName;
  const { headers, secrets } = await authorize(request, settings);
  const hide = (text: string) =>
    secrets.reduce((shown, secret) => (secret === "" ? shown : shown.replaceAll(secret, "…")), text);
  const { base, timeoutSeconds } = settings;
  const query = queryText(request.query ?? {});
  const url = `${base.origin}${request.path}${query && `?${query}`}`;
  const deadline = startDeadline(timeoutSeconds, signal);
  let response: Response | undefined;
  const exchange = async () => {
    response = await settings.fetch(url, {
      method: request.method ?? "GET",
      headers,
      ...(request.body !== "" && { body: request.body }),
      // A redirect would be given the token, or a request whose signature is for another host.
      redirect: "manual",
      credentials: "omit",
      signal: deadline.signal,
    });
    return { body: await readAnswer(operation, response, hide) };
  };
  try {
    return await Promise.race([exchange(), deadline.passed]);
  } catch (error) {
    if (error instanceof StreamApiError) return { error, retryAfter: retryAfterOf(response, settings.now()) };
    signal?.throwIfAborted();
    const status = response?.status;
    if (deadline.signal.aborted) {
      const problem = `No whole answer within ${timeoutSeconds} seconds.`;
      return { error: new StreamApiError(problem, { operation: name, code: "Timeout", status }) };
    }
    const problem = `${response ? "The answer broke off" : `No connection to ${base.host}`}${reasonOf(error)}.`;
    return {
      error: new StreamApiError(problem, { operation: name, code: "NoAnswer", status, cause: error }),
    };
  } finally {
    deadline.end();
  }
}

/** A signal that is aborted with the caller's, or when the time is over; and a promise that rejects then, for a `fetch` that heeds no signal. */
function startDeadline(seconds: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, seconds * 1000);
  outer?.addEventListener("abort", abort, { once: true });
  const passed = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", abort);
    },
  };
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
