import { isNamed } from "../local/faults/named";
import type { Json } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";
import type { Runtime } from "../local/runtime";
import type { LocalExecution } from "./execution-view";
import type { Journal } from "./journal";
import type { Duration, SteppedClock } from "./stepped-clock";
import { WaitError } from "./wait-error";
import type { WaitFor } from "./waiting";

/** What executions are read and driven with. */
export interface ExecutionsOptions {
  readonly journal: Journal;
  readonly graph: Graph;
  readonly stepFunctions: Runtime["services"]["StepFunctions"];
  readonly clock: SteppedClock;
  readonly waitFor: WaitFor;
}

/** The executions of the program's state machines. */
export class LocalExecutions {
  constructor(private readonly options: ExecutionsOptions) {}

  /** Every execution so far, in the order of their start. */
  all(): LocalExecution[] {
    return this.options.journal.executions.all();
  }

  /** Those that run still, in the order of their start. */
  running(): LocalExecution[] {
    return this.options.journal.executions.running();
  }

  /**
   * The executions of one state machine so far, in the order of their start.
   * @param machine the state machine's name, as the program or Pulumi names it, or its ARN.
   * @throws {Error} that names the program's state machines, when none has that name.
   *
   * @example
   * const [latest] = local.executions.of("streams-StreamSweep").slice(-1);
   */
  of(machine: string): LocalExecution[] {
    const prefix = `${this.machineArn(machine).replace(":stateMachine:", ":execution:")}:`;
    return this.options.journal.executions.all((arn) => arn.startsWith(prefix));
  }

  /**
   * @param name an execution's name or ARN, or a `streamId`, which stands for its latest attempt.
   * @returns how it stands; undefined where there is none of that name.
   */
  get(name: string): LocalExecution | undefined {
    return this.options.journal.executions.get(name);
  }

  /**
   * Starts an execution, as an operator does; no policy is asked.
   * @param machine as for {@link of}.
   * @param input its input. @default {}
   * @param name its name. @default - Step Functions makes one up
   * @returns its ARN, which {@link get} and {@link waitFor} take. It does not wait for anything that the execution does.
   * @throws {Error} as {@link of} does.
   * @throws {AwsError} what Step Functions refuses.
   *
   * @example
   * const arn = await local.executions.start("streams-StreamSweep");
   * await local.executions.waitFor(arn);
   */
  async start(machine: string, input: Json = {}, name?: string): Promise<string> {
    const { executionArn } = await this.options.stepFunctions.call("StartExecution", {
      stateMachineArn: this.machineArn(machine),
      input: JSON.stringify(input),
      ...(name !== undefined && { name }),
    });
    return String(executionArn);
  }

  /**
   * Stops an execution, as an operator does; no policy is asked. One that has ended stays as it is.
   * @param name as for {@link get}.
   * @throws {Error} when there is none of that name.
   *
   * @example
   * await local.executions.stop("spring-launch", "The venue is closed.");
   */
  async stop(name: string, cause?: string): Promise<void> {
    const execution = this.get(name);
    if (!execution) throw new Error(`There is no execution '${name}' to stop. ${this.names()}`);
    await this.options.stepFunctions.call("StopExecution", {
      executionArn: execution.arn,
      ...(cause !== undefined && { cause }),
    });
  }

  /**
   * Redrives an execution, as an operator does within 14 days after its end; no policy is asked. It goes on in the state in which it
   * failed or was stopped. It does not wait for anything that the execution does.
   * @param name as for {@link get}.
   * @throws {Error} when there is none of that name.
   * @throws {AwsError} `ExecutionNotRedrivable` when it runs, has succeeded, or ended too long ago.
   *
   * @example
   * await local.executions.redrive("spring-launch");
   */
  async redrive(name: string): Promise<void> {
    const execution = this.get(name);
    if (!execution) throw new Error(`There is no execution '${name}' to redrive. ${this.names()}`);
    await this.options.stepFunctions.call("RedriveExecution", { executionArn: execution.arn });
  }

  /**
   * Resolves once an execution is as `matches` says, which it may be already. No time passes.
   * @param name as for {@link get}.
   * @param matches @default - it has ended, however
   * @throws {WaitError} that tells how the execution stands, when nothing more can happen before time passes.
   */
  waitFor(name: string, matches: (execution: LocalExecution) => boolean = hasEnded): Promise<LocalExecution> {
    const what = matches === hasEnded ? `the end of the execution '${name}'` : `the execution '${name}'`;
    return this.wait(what, name, matches);
  }

  /**
   * Resolves once an execution has entered a state. No time passes.
   * @param name as for {@link get}.
   * @param visit for the how manieth time. @default 1
   * @throws {Error} as {@link waitFor} does.
   */
  waitForState(name: string, state: string, visit = 1): Promise<LocalExecution> {
    const isThere = ({ path }: LocalExecution) => path.filter((visited) => visited === state).length >= visit;
    const which = visit === 1 ? state : `${state} for visit ${visit}`;
    return this.wait(`the execution '${name}' to enter ${which}`, name, isThere);
  }

  /**
   * Lets time pass until an execution is as `matches` says.
   * @param name as for {@link get}.
   * @param matches @default - it has ended, however
   * @param within how far time may pass. @default one hour
   * @throws {WaitError} that tells how the execution stands and what is pending, when that does not come about.
   *
   * @example
   * const { status, cause } = await local.executions.advanceUntil("spring-launch");
   */
  async advanceUntil(
    name: string,
    matches: (execution: LocalExecution) => boolean = hasEnded,
    within?: Duration,
  ): Promise<LocalExecution> {
    const what = matches === hasEnded ? `the end of the execution '${name}'` : `the execution '${name}'`;
    const find = () => {
      const execution = this.get(name);
      return execution && matches(execution) ? execution : undefined;
    };
    try {
      return await this.options.clock.advanceUntil(what, find, within);
    } catch (error) {
      if (!(error instanceof WaitError)) throw error;
      const lines = this.happened(name).map((line) => `  - ${line}`);
      throw new WaitError([error.message, "What did happen:", ...lines].join("\n"));
    }
  }

  private wait(
    what: string,
    name: string,
    matches: (execution: LocalExecution) => boolean,
  ): Promise<LocalExecution> {
    return this.options.waitFor({
      what,
      find: () => {
        const execution = this.get(name);
        return execution && matches(execution) ? execution : undefined;
      },
      happened: () => this.happened(name),
    });
  }

  private happened(name: string): string[] {
    const execution = this.get(name);
    if (execution) return tell(execution);
    return this.all().map((other) => `there is the execution '${other.name}', ${other.status}`);
  }

  private names(): string {
    const names = this.all().map(({ name }) => `'${name}'`);
    return names.length > 0 ? `There are ${names.join(", ")}.` : "There is none at all.";
  }

  private machineArn(machine: string): string {
    const machines = resourcesOfType(this.options.graph, "aws:sfn/stateMachine:StateMachine");
    const found = machines.find(
      ({ outputs }) => outputs.arn === machine || isNamed(String(outputs.name), machine),
    );
    if (found) return String(found.outputs.arn);
    const names = machines.map(({ name }) => `'${name}'`).join(", ");
    throw new Error(`The program has no state machine '${machine}'; it has ${names || "none"}.`);
  }
}

function hasEnded({ status }: LocalExecution): boolean {
  return status !== "RUNNING";
}

/** How an execution stands, in lines. */
function tell({ name, status, states, error, cause }: LocalExecution): string[] {
  const outcome = error === undefined ? status : `${status}: ${error}: ${cause ?? ""}`;
  const visits = states.map((visit) => {
    const errors = visit.errors.map(
      (failed) => `, failed with ${failed.error ?? "no error"}: ${failed.cause ?? ""}`,
    );
    const since = visit.exitedAt ? "" : `, since ${visit.enteredAt.toISOString()}`;
    return `${visit.name}${since}${errors.join("")}`;
  });
  return [`the execution '${name}' is ${outcome}`, ...visits];
}
