import { randomUUID } from "node:crypto";
import type { Json } from "../json";
import type { Clock } from "../time/clock";
import type { InvocationResult, LambdaFunction } from "./function";

/** Lambda retries a failed asynchronous invocation after one minute, then after two. */
const retryDelaysMinutes = [1, 2];

/** Where a function's failed asynchronous invocations go, as the program configured it. */
export interface AsyncSettings {
  /** 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** Takes the record that Lambda writes for an invocation that failed for good. */
  readonly onFailure?: ((record: Json) => Promise<void>) | undefined;
}

/**
 * Invokes a function as Lambda does for an event: the sender is answered at once, failures are repeated, and what fails
 * for good goes to the configured destination.
 *
 * @returns the last invocation's result.
 */
export async function invokeAsynchronously(
  target: LambdaFunction,
  event: Json,
  settings: AsyncSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<InvocationResult> {
  const requestId = randomUUID();
  let result = await target.invoke(event, requestId);
  let attempts = 1;
  for (const minutes of retryDelaysMinutes.slice(0, settings.maximumRetryAttempts)) {
    if ("payload" in result) return result;
    await clock.wait(minutes * 60_000, signal, `another try of the function ${target.settings.name}`);
    result = await target.invoke(event, requestId);
    attempts += 1;
  }
  if ("error" in result) {
    await settings.onFailure?.({
      version: "1.0",
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${target.settings.arn}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: attempts,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { ...result.error, trace: [...result.error.trace] },
    });
  }
  return result;
}
