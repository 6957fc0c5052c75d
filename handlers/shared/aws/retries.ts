/** An error that AWS answered with: its name is the code. */
export interface AwsError extends Error {
  readonly status?: number;
  /** The time on AWS's clock. */
  readonly date?: string;
  /** Node.js's, of a request without an answer. */
  readonly code?: string;
}

/** How often a call is tried, as the AWS SDKs do by default. */
export const maxTries = 3;

/**
 * What AWS's SDKs try again, besides answers of 500 and above and requests without an answer. Source: AWS SDKs and tools reference guide,
 * "Retry behavior"; the codes are those of `@smithy/service-error-classification`.
 */
const throttles = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);
const transient = new Set(["TimeoutError", "RequestTimeout", "RequestTimeoutException"]);
/** Of requests that never arrived, or whose answer did not. */
const lostCodes = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);
const retriedStatuses = new Set([429, 500, 502, 503, 504]);

/** AWS's clock, or ours, is wrong. */
const skewed = new Set([
  "RequestExpired",
  "RequestTimeTooSkewed",
  "RequestInTheFuture",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
]);

export function isRetried({ name, status, code }: AwsError): boolean {
  if (throttles.has(name) || transient.has(name)) return true;
  return status === undefined ? lostCodes.has(code ?? "") : retriedStatuses.has(status);
}

/**
 * @returns a random wait, in milliseconds, before try number `tries + 1`: so that callers who were refused together do not come together
 * again. Below 100 ms first, or 500 ms after a throttle, and twice as much each time.
 */
export function waitBefore(tries: number, { name, status }: AwsError): number {
  const first = status === 429 || throttles.has(name) ? 500 : 100;
  return Math.ceil(Math.random() * first * 2 ** (tries - 1));
}

/** AWS refuses a request whose time is more than five minutes off. Half of that is worth correcting. */
const maxSkewMilliseconds = 150_000;

/** @returns how far AWS's clock is ahead of ours, in milliseconds, where that explains the error. */
export function clockSkewOf({ name, date }: AwsError, now: number): number | undefined {
  if (!skewed.has(name) || date === undefined) return undefined;
  const skew = Date.parse(date) - now;
  return Math.abs(skew) > maxSkewMilliseconds ? skew : undefined;
}
