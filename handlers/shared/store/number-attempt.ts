import type { Attempt, Execution } from "../../../contracts/internal";
import { readStreamId } from "./read-request";

/**
 * Numbers the attempt that an execution makes. It keeps the number that it has; a new attempt takes the one after the
 * latest, or the higher one that the execution's name gives it (`<streamId>_<attempt>`, see `POST /streams`): names in
 * between are those of executions that ended before they left an item.
 */
export function numberAttempt(streamId: string, execution: Execution, latest: Attempt | undefined): number {
  if (latest?.executionArn === execution.id) return latest.attempt;
  return Math.max((latest?.attempt ?? 0) + 1, attemptOfName(streamId, execution.name));
}

/** @returns the name of the execution that makes an attempt. */
export function executionName(streamId: string, attempt: number): string {
  return `${streamId}_${attempt}`;
}

/** @returns the ARN of a state machine's execution. */
export function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}

function attemptOfName(streamId: string, name: string): number {
  // A streamId has no underscore. Nine digits are beyond all use, and stay a safe integer.
  const [id, number = ""] = name.split("_", 2);
  return id === streamId && /^[1-9]\d{0,8}$/.test(number) && name === executionName(streamId, Number(number))
    ? Number(number)
    : 0;
}

/** @returns the stream of an execution that `POST /streams` has named; undefined for any other name. */
export function streamOfName(name: string): string | undefined {
  const [streamId = ""] = name.split("_", 1);
  return attemptOfName(streamId, name) > 0 ? readStreamId({ streamId }) : undefined;
}
