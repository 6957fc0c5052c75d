import type { Clock } from "../../time/clock";
import { retryAfterOf } from "./retry-after";

/** How long a target is tried; EventBridge's `RetryPolicy`. */
export interface RetryPolicy {
  /** Retries after the first attempt. @default 185 */
  maximumRetryAttempts: number;
  /** The age of the event at which it is given up. @default 86400 */
  maximumEventAgeInSeconds: number;
}

/** Source: EventBridge user guide, "How EventBridge retries delivering events". */
export const defaultRetryPolicy: RetryPolicy = {
  maximumRetryAttempts: 185,
  maximumEventAgeInSeconds: 86_400,
};

/** Thrown by a target that no retry can reach: EventBridge gives up at once. */
export class PermanentDeliveryError extends Error {
  /** @param code EventBridge's `ERROR_CODE`. */
  constructor(
    readonly code: "NO_RESOURCE" | "NO_PERMISSIONS" | "INVALID_JSON" | "SDK_CLIENT_ERROR",
    message: string,
  ) {
    super(message);
    this.name = "PermanentDeliveryError";
  }
}

/** Why an event did not reach a target. */
export interface DeliveryFailure {
  code: string;
  message: string;
  /** Absent when there was no point in a retry. */
  exhausted?: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
  retryAttempts: number;
}

/** EventBridge does not publish its backoff. Eight minutes at most spreads 185 retries over a day. */
const longestBackoffMilliseconds = 8 * 60_000;

/**
 * Attempts a delivery until it succeeds, the policy is exhausted, or an attempt fails permanently.
 * @param acceptedAt when the event was accepted, in milliseconds since the Unix epoch: its age counts from there.
 * @returns nothing when it was delivered, the failure when it was given up.
 * @throws the signal's reason when it is aborted while waiting for the next attempt.
 */
export async function deliverWithRetries(
  attempt: () => Promise<void>,
  policy: RetryPolicy,
  acceptedAt: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<DeliveryFailure | undefined> {
  const deadline = acceptedAt + policy.maximumEventAgeInSeconds * 1000;
  for (let retryAttempts = 0; ; retryAttempts += 1) {
    try {
      await attempt();
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof PermanentDeliveryError) return { code: error.code, message, retryAttempts };
      const failure = { code: "ERROR_FROM_TARGET", message, retryAttempts };
      if (retryAttempts >= policy.maximumRetryAttempts) {
        return { ...failure, exhausted: "MaximumRetryAttempts" };
      }
      const usual = Math.min(1000 * 2 ** retryAttempts, longestBackoffMilliseconds);
      const backoff = Math.max(usual, retryAfterOf(error));
      const delay = Math.min(backoff, Math.max(deadline - clock.now(), 0));
      await clock.wait(delay, signal, "another delivery of an event");
      if (clock.now() >= deadline) return { ...failure, exhausted: "MaximumEventAgeInSeconds" };
    }
  }
}
