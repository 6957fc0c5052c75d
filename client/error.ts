import type { OperationName } from "../contracts";

/**
 * What went wrong with a call.
 *
 * The API refused it: `InvalidRequest` (400 and other 4xx), `Unauthorized` (401), `Forbidden` (403), `NotFound` (404), `Conflict` (409), `RequestTooLarge`
 * (413), `TooManyRequests` (429), `Unavailable` (500 and above).
 *
 * Without an answer of the API: `NoAnswer` (no connection, or one that broke), `Timeout`, `InvalidAnswer` (an answer that the contract does not have).
 */
export type StreamApiErrorCode =
  | "InvalidRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "Conflict"
  | "RequestTooLarge"
  | "TooManyRequests"
  | "Unavailable"
  | "NoAnswer"
  | "Timeout"
  | "InvalidAnswer";

export interface StreamApiErrorDetails {
  readonly operation: OperationName;
  readonly code: StreamApiErrorCode;
  readonly status?: number | undefined;
  readonly issues?: readonly string[];
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** A call that failed. Neither its message nor its issues ever hold a token or a credential. */
export class StreamApiError extends Error {
  override readonly name = "StreamApiError";
  readonly operation: OperationName;
  readonly code: StreamApiErrorCode;
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Every problem that the API found with the request, or the client with the answer. */
  readonly issues: readonly string[];
  /** The request's id, as API Gateway's access log has it; undefined where there was no answer, or a browser hides the header. */
  readonly requestId: string | undefined;

  constructor(
    problem: string,
    { operation, code, status, issues = [], requestId, cause }: StreamApiErrorDetails,
  ) {
    super([`${operation}: ${problem}`, ...issues].join(" "), cause === undefined ? {} : { cause });
    this.operation = operation;
    this.code = code;
    this.status = status;
    this.issues = issues;
    this.requestId = requestId;
  }
}

/** @returns the code of a refusal. */
export function codeOf(status: number): StreamApiErrorCode {
  return codes[status] ?? (status >= 500 ? "Unavailable" : "InvalidRequest");
}

const codes: { readonly [status: number]: StreamApiErrorCode } = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  413: "RequestTooLarge",
  429: "TooManyRequests",
};
