import type { JsonObject } from "../json";

/** An error as the States language knows it: a name that Retry and Catch match, and a cause for people. */
export class StateFailure extends Error {
  /**
   * @param error the error name, such as `States.Timeout`; a Fail state may leave it out.
   * @param cause what happened, in words.
   */
  constructor(
    readonly error: string | undefined,
    override readonly cause?: string,
  ) {
    super([error, cause].filter((part) => part !== undefined).join(": "));
    this.name = "StateFailure";
  }

  /** @returns `{ Error, Cause }`, what `$states.errorOutput` and a Catch without Output hold. */
  get output(): JsonObject {
    return {
      ...(this.error === undefined ? {} : { Error: this.error }),
      ...(this.cause === undefined ? {} : { Cause: this.cause }),
    };
  }
}

/** What a {@link TaskRunner} throws when the called service refuses: the state fails with this error and cause. */
export class TaskFailure extends StateFailure {
  constructor(error: string, cause?: string) {
    super(error, cause);
    this.name = "TaskFailure";
  }
}

/** A task that took too long. Both the deadline and a missed heartbeat show as `States.Timeout` in AWS's history. */
export class TimeoutFailure extends StateFailure {
  /** @param heartbeat whether it was a heartbeat that did not come, which `States.HeartbeatTimeout` matches too. */
  constructor(readonly heartbeat: boolean) {
    super("States.Timeout");
    this.name = "TimeoutFailure";
  }
}

/** Stops a whole execution from outside the states: no Retry or Catch sees it. */
export class ExecutionHalted extends Error {
  constructor(
    readonly status: "ABORTED" | "TIMED_OUT",
    readonly error?: string,
    override readonly cause?: string,
  ) {
    super(`The execution is ${status}.`);
    this.name = "ExecutionHalted";
  }
}

/** Stops a branch or an iteration because a sibling failed. */
export class BranchAborted extends Error {
  constructor() {
    super("A sibling branch failed.");
    this.name = "BranchAborted";
  }
}

/** @returns the failure that a name-less error inside a state amounts to; nothing retries or catches it. */
export function runtimeFailure(problem: unknown): StateFailure {
  return new StateFailure("States.Runtime", problem instanceof Error ? problem.message : String(problem));
}

/**
 * Decides whether an `ErrorEquals` list covers a failure.
 *
 * `States.Runtime` always ends the execution; `States.ALL` leaves out `States.DataLimitExceeded`;
 * `States.TaskFailed` stands for every error but `States.Timeout`. Source: Step Functions Developer Guide,
 * "Handling errors in Step Functions workflows".
 */
export function matchesError(errorEquals: readonly string[], failure: StateFailure): boolean {
  const { error } = failure;
  if (error === "States.Runtime") return false;
  return errorEquals.some((name) => {
    switch (name) {
      case "States.ALL":
        return error !== "States.DataLimitExceeded";
      case "States.TaskFailed":
        return error !== "States.Timeout" && error !== "States.HeartbeatTimeout";
      case "States.Timeout":
        return error === name || error === "States.HeartbeatTimeout";
      case "States.HeartbeatTimeout":
        return error === name || (failure instanceof TimeoutFailure && failure.heartbeat);
      default:
        return error === name;
    }
  });
}
