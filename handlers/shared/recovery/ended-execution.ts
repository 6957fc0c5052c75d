import type { Failure } from "../../../contracts/internal";
import { readFailure } from "../events/failure-report";

/** An execution of the orchestrator that does not run any more. */
export interface EndedExecution {
  executionArn: string;
  name: string;
  status: "FAILED" | "TIMED_OUT" | "ABORTED";
  /** RFC 3339, in UTC. */
  startTime: string;
  /** JSON; missing where AWS left it out, as it does with a large one. */
  input?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

const errorOf = { FAILED: "ExecutionFailed", TIMED_OUT: "ExecutionTimedOut", ABORTED: "ExecutionAborted" };

/** @returns the failure of an attempt whose execution ended without handling one. */
export function failureOfExecution({ status, error, cause }: EndedExecution): Failure {
  const told = [error, cause].filter(Boolean).join(": ");
  return readFailure({
    // None of its states could handle its end.
    state: "StreamLifecycleOrchestrator",
    error: errorOf[status],
    cause: told || `The execution ended as ${status}, without a cause.`,
  });
}
