import type { Json } from "../json";

/** One call of a Task state to an integration. */
export interface TaskCall {
  /** The state's `Resource`, whole: with `.waitForTaskToken` where the definition has it. */
  resource: string;
  /** The evaluated `Arguments`; the state's input where it has none. */
  arguments: Json;
  executionArn: string;
  /** The role of the state machine, as it was when the execution began. */
  roleArn: string;
  stateName: string;
  /** The token that SendTaskSuccess and SendTaskFailure answer; only for `.waitForTaskToken`. */
  taskToken?: string;
  /** Fires when the task's result is no longer wanted: a timeout, a stopped execution, a failed sibling. */
  signal: AbortSignal;
}

/**
 * Performs the calls of Task states.
 * @returns the call's result. That of a `.waitForTaskToken` call shows in the history alone.
 * @throws {TaskFailure} when the called service refuses. Any other error is a fault of the runtime: it ends the
 * execution with `States.Runtime`, past all Retry and Catch.
 */
export type TaskRunner = (call: TaskCall) => Promise<Json>;
