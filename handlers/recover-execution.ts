import type { EventBridgeEvent } from "aws-lambda";
import * as v from "valibot";
import { check } from "../contracts";
import type { ExecutionStatusChange } from "../contracts/internal";
import { recoverAttempt } from "./shared/recovery/recover-attempt";
import { createRecoverer, type Recoverer } from "./shared/recovery/recoverer";
import { type Handler, lambda } from "./shared/runtime/lambda";

/** The event with which Step Functions tells, on the account's default bus, that an execution has ended. */
export type ExecutionEvent = EventBridgeEvent<"Step Functions Execution Status Change", unknown>;

const textOrNull = v.exactOptional(v.nullable(v.string()));

/** What is read of the event's detail. */
const detailSchema = v.looseObject({
  executionArn: v.string(),
  name: v.string(),
  status: v.string(),
  // The last millisecond that a Date knows.
  startDate: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15)),
  input: textOrNull,
  error: textOrNull,
  cause: textOrNull,
}) satisfies v.GenericSchema<ExecutionStatusChange>;

/**
 * Looks after an execution of the orchestrator that did not end well: one that was stopped, timed out or failed past its
 * own HandleProvisionFailure leaves an attempt without an end. Where HandleProvisionFailure did its work, there is
 * nothing to do.
 *
 * @throws {Error} `RecoveryIncomplete` when a step failed: the delivery is then tried again.
 */
export function createRecoverExecution(deps: Recoverer): Handler<ExecutionEvent, void> {
  return async (event) => {
    const checked = check(detailSchema, event.detail);
    if (!checked.ok) {
      deps.log.warn("The event's detail is invalid, and passed over.", {
        eventId: event.id,
        issues: checked.issues,
      });
      return;
    }
    const detail = checked.value;
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
  createRecoverExecution(createRecoverer(log, environment, "recover-execution")),
);
