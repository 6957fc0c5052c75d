import type { EventBridgeEvent } from "aws-lambda";
import type { ExecutionStatusChange } from "../contracts/internal";
import { recoverAttempt } from "./shared/recovery/recover-attempt";
import { createRecoverer, type Recoverer } from "./shared/recovery/recoverer";
import { type Handler, lambda } from "./shared/runtime/lambda";

/** The event with which Step Functions tells, on the account's default bus, that an execution has ended. */
export type ExecutionEvent = EventBridgeEvent<
  "Step Functions Execution Status Change",
  ExecutionStatusChange
>;

/**
 * Looks after an execution of the orchestrator that did not end well: one that was stopped, timed out or failed past its
 * own HandleProvisionFailure leaves an attempt without an end. Where HandleProvisionFailure did its work, there is
 * nothing to do.
 *
 * @throws {Error} `RecoveryIncomplete` when a step failed: the delivery is then tried again.
 */
export function createRecoverExecution(deps: Recoverer): Handler<ExecutionEvent, void> {
  return async ({ detail }) => {
    const { executionArn, name, status, startDate } = detail;
    deps.log.appendKeys({ executionArn });
    if (status !== "FAILED" && status !== "TIMED_OUT" && status !== "ABORTED") {
      deps.log.info("The execution did not fail, and is passed over.", { status });
      return;
    }
    const recovery = await recoverAttempt(deps, {
      executionArn,
      name,
      status,
      startTime: new Date(startDate).toISOString(),
      input: detail.input ?? undefined,
      error: detail.error ?? undefined,
      cause: detail.cause ?? undefined,
    });
    deps.log.info("The execution was looked after.", { status, ...recovery });
  };
}

export const handler = lambda("recover-execution", (log, environment) =>
  createRecoverExecution(createRecoverer(log, environment)),
);
