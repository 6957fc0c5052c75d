import type { Json, JsonObject } from "../json";
import type { Run } from "./context";
import type { StateMachine } from "./definition";
import { ExecutionHalted, runtimeFailure, StateFailure } from "./errors";
import { History, type HistoryEvent, type Thread, whole } from "./history";
import { runStates } from "./interpreter";
import { Progress } from "./progress";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** What an execution is started with. */
export interface ExecutionStart {
  arn: string;
  name: string;
  /** The input's JSON text, kept as it came. */
  input: string;
  stateMachine: { arn: string; name: string; roleArn: string; definition: StateMachine };
}

/** What executions need from around them. */
export type ExecutionEnvironment = Omit<
  Run,
  "executionArn" | "roleArn" | "context" | "history" | "runStates"
> & {
  onEvent: (executionArn: string, event: HistoryEvent) => void;
  /** Called when the execution has ended: once, and once more after each redrive. */
  onClose: (execution: Execution) => void;
};

/** One execution of a state machine. */
export class Execution {
  status: ExecutionStatus = "RUNNING";
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds since the Unix epoch; undefined while it runs. */
  stoppedAt: number | undefined;
  /** The output's JSON text, once it has succeeded. */
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  /** How often the execution was redriven, and when last, in milliseconds since the Unix epoch. */
  redriveCount = 0;
  redrivenAt: number | undefined;
  private readonly history: History;
  private readonly progress = new Progress();
  private controller = new AbortController();

  constructor(
    readonly start: ExecutionStart,
    private readonly environment: ExecutionEnvironment,
  ) {
    this.startedAt = environment.clock.now();
    this.history = new History(environment.clock, (event) => environment.onEvent(start.arn, event));
  }

  get events(): readonly HistoryEvent[] {
    return this.history.events;
  }

  /** How many events there are. */
  get eventCount(): number {
    return this.history.length;
  }

  /**
   * Runs to the end, whatever that is.
   * @returns once the last state has wound down, which may be after the execution was halted. It never rejects.
   */
  run(): Promise<void> {
    const { input, stateMachine } = this.start;
    const thread = { previous: 0 };
    this.history.recordAside(thread, "ExecutionStarted", {
      executionStartedEventDetails: { input, inputDetails: whole, roleArn: stateMachine.roleArn },
    });
    return this.runStates(thread);
  }

  /**
   * Has an execution that has ended, and whose last state has wound down, go on from its unsuccessful states. It has the time again
   * that it may take.
   * @returns as {@link run} does.
   */
  redrive(): Promise<void> {
    this.redriveCount += 1;
    this.redrivenAt = this.environment.clock.now();
    this.status = "RUNNING";
    this.stoppedAt = undefined;
    this.error = undefined;
    this.cause = undefined;
    this.controller = new AbortController();
    this.history.reopen(this.redriveCount);
    this.progress.resume();
    return this.runStates({ previous: this.progress.previous ?? 0 });
  }

  private async runStates(thread: Thread): Promise<void> {
    const { arn, input, stateMachine } = this.start;
    const { clock } = this.environment;
    const { signal } = this.controller;
    const { progress } = this;
    try {
      const { TimeoutSeconds } = stateMachine.definition;
      if (TimeoutSeconds !== undefined) {
        clock.wait(TimeoutSeconds * 1000, signal, `the timeout of the execution ${arn}`).then(
          () => this.halt(new ExecutionHalted("TIMED_OUT", "States.Timeout")),
          () => undefined,
        );
      }
      const data = JSON.parse(input) as Json;
      const { onEvent, onClose, ...shared } = this.environment;
      const run: Run = {
        ...shared,
        executionArn: arn,
        roleArn: stateMachine.roleArn,
        context: this.contextObject(data),
        history: this.history,
        runStates,
      };
      const output = await runStates(stateMachine.definition, data, { run, progress, thread, signal });
      this.output = JSON.stringify(output);
      this.close("SUCCEEDED", thread.previous, { output: this.output, outputDetails: whole });
    } catch (problem) {
      progress.previous = thread.previous;
      const { error, cause } = problem instanceof StateFailure ? problem : runtimeFailure(problem);
      this.fail("FAILED", thread.previous, error, cause);
    }
  }

  /** Ends the execution now, from outside. It does nothing when it has ended already. */
  halt(reason: ExecutionHalted): void {
    // AWS's history shows the end of a halted execution as following nothing.
    this.fail(reason.status, 0, reason.error, reason.cause, reason);
  }

  private fail(
    status: "FAILED" | "ABORTED" | "TIMED_OUT",
    previousEventId: number,
    error: string | undefined,
    cause: string | undefined,
    reason?: Error,
  ): void {
    if (this.status !== "RUNNING") return;
    this.error = error;
    this.cause = cause;
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    this.close(status, previousEventId, details, reason);
  }

  private close(
    status: keyof typeof endings,
    previousEventId: number,
    details: JsonObject,
    reason = new Error("The execution is over."),
  ): void {
    if (this.status !== "RUNNING") return;
    this.status = status;
    this.stoppedAt = this.environment.clock.now();
    this.history.close(previousEventId, `Execution${endings[status]}`, {
      [`execution${endings[status]}EventDetails`]: details,
    });
    this.controller.abort(reason);
    this.environment.onClose(this);
  }

  private contextObject(input: Json): JsonObject {
    const { arn, name, stateMachine } = this.start;
    return {
      Execution: {
        Id: arn,
        Input: input,
        Name: name,
        RoleArn: stateMachine.roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
        RedriveCount: this.redriveCount,
        ...(this.redrivenAt !== undefined && { RedriveTime: new Date(this.redrivenAt).toISOString() }),
      },
      StateMachine: { Id: stateMachine.arn, Name: stateMachine.name },
    };
  }
}

/** How the history names the end of an execution. */
const endings = {
  SUCCEEDED: "Succeeded",
  FAILED: "Failed",
  TIMED_OUT: "TimedOut",
  ABORTED: "Aborted",
} as const;
