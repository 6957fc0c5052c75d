import { randomUUID } from "node:crypto";
import { DefinitionError } from "../../asl/check/problems";
import { readDefinition } from "../../asl/check/read-definition";
import type { StateMachine } from "../../asl/definition";
import { ExecutionHalted } from "../../asl/errors";
import { Execution, type ExecutionEnvironment } from "../../asl/execution";
import type { HistoryEvent } from "../../asl/history";
import { Jsonata } from "../../asl/jsonata";
import type { TaskRunner } from "../../asl/task-runner";
import { type Callback, isTaskToken, TaskTokens } from "../../asl/task-tokens";
import type { Json, JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";
import { checkedName, readStateMachine } from "./step-functions-create";
import { ActionInput, parseJson } from "./step-functions-input";
import { RedriveTokens, whyNotRedrivable } from "./step-functions-redrive";
import {
  executionDescription,
  executionListItem,
  type StateMachineShape,
  statusChangeDetail,
  withoutData,
} from "./step-functions-shapes";

/** What {@link StepFunctions} is made of. */
export interface StepFunctionsArgs {
  clock: Clock;
  region: string;
  accountId: string;
  /** Performs the calls of Task states. */
  runTask: TaskRunner;
  /**
   * Says what is wrong with a Task's `Resource`, so that CreateStateMachine refuses it.
   * @default - any ARN is accepted, and a call that `runTask` does not know fails when it is reached
   */
  checkResource?: (resource: string) => string | undefined;
  /** Yields numbers from 0 to below 1: the jitter of retries, and JSONata's `$random`. @default Math.random */
  random?: () => number;
  /** Sees every history event as it happens; it must not throw. @default - nobody does */
  onEvent?: (executionArn: string, event: HistoryEvent) => void;
  /** How many ended executions of each state machine are kept; an older one is forgotten, with its name. @default 1000 */
  maxEndedExecutions?: number;
  /** Receives the detail of each `Step Functions Execution Status Change` event; it must not throw. @default - nobody does */
  onStatusChange?: (detail: JsonObject) => void;
}

interface Machine extends StateMachineShape {
  checked: StateMachine;
  /** Seconds since the Unix epoch. */
  creationDate: number;
}

interface Entry {
  readonly execution: Execution;
  readonly order: number;
  readonly redrives: RedriveTokens;
  /** Resolves once the execution's last state has wound down. */
  done: Promise<void>;
}

/** Keeps the memory of a runtime that runs for weeks within some 100 MB. */
const defaultMaxEndedExecutions = 1000;
/** How long an execution's name and history outlive it. Source: StartExecution in the API reference. */
const retentionMilliseconds = 90 * 24 * 60 * 60 * 1000;

const statuses = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"];

/**
 * Step Functions, with state machines of type STANDARD written in JSONata. It keeps everything in memory.
 *
 * Actions: StartExecution, DescribeExecution, ListExecutions, GetExecutionHistory, StopExecution, RedriveExecution,
 * CreateStateMachine, DeleteStateMachine, DescribeStateMachine, ListStateMachines, SendTaskSuccess, SendTaskFailure,
 * SendTaskHeartbeat.
 */
export class StepFunctions implements AwsService {
  private readonly machines = new Map<string, Machine>();
  /** By ARN, in the order of their start. */
  private readonly executions = new Map<string, Entry>();
  /** The ARNs of ended executions by state machine, the one that ended last at the end. */
  private readonly ended = new Map<string, Set<string>>();
  private readonly unserved = new Map<string, string>();
  private readonly tokens: TaskTokens;
  private readonly environment: ExecutionEnvironment;
  private started = 0;
  private stopped = false;

  constructor(private readonly args: StepFunctionsArgs) {
    const { clock, region, runTask, random = Math.random } = args;
    this.tokens = new TaskTokens(clock);
    this.environment = {
      clock,
      random,
      region,
      runTask,
      jsonata: new Jsonata(clock, random),
      tokens: this.tokens,
      onEvent: (executionArn, event) => args.onEvent?.(executionArn, event),
      onClose: (execution) => {
        this.announce(execution);
        this.keepEnded(execution);
      },
    };
  }

  /**
   * Creates a state machine.
   * @throws {AwsError} `InvalidDefinition`, listing every problem of the definition; `StateMachineAlreadyExists`;
   * `StateMachineTypeNotSupported` for EXPRESS.
   */
  createStateMachine(shape: StateMachineShape): void {
    if (shape.type !== "STANDARD") {
      throw new AwsError(
        "StateMachineTypeNotSupported",
        `The local runtime runs state machines of type STANDARD alone; '${shape.name}' is ${shape.type}.`,
      );
    }
    if (this.machines.has(shape.arn)) {
      throw new AwsError("StateMachineAlreadyExists", `State Machine Already Exists: '${shape.arn}'`);
    }
    this.putStateMachine(shape);
  }

  /**
   * Creates a state machine, or gives one another definition and role. Executions that run keep those with which they began.
   * @throws {AwsError} as {@link createStateMachine} does, save for `StateMachineAlreadyExists`.
   */
  declareStateMachine(shape: StateMachineShape): void {
    if (this.machines.has(shape.arn)) this.putStateMachine(shape);
    else this.createStateMachine(shape);
  }

  /** Says in refusals why a state machine of the program is not there. */
  noteUnserved(arn: string, why: string): void {
    this.unserved.set(arn, why);
  }

  private putStateMachine(shape: StateMachineShape): void {
    const creationDate = this.machines.get(shape.arn)?.creationDate ?? this.args.clock.now() / 1000;
    this.machines.set(shape.arn, { ...shape, checked: this.read(shape.definition), creationDate });
  }

  /** @returns the history of an execution; undefined for one that is forgotten. */
  historyOf(executionArn: string): readonly HistoryEvent[] | undefined {
    return this.find(executionArn)?.events;
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    const members = new ActionInput(input);
    switch (action) {
      case "StartExecution":
        return this.startExecution(members);
      case "DescribeExecution":
        return executionDescription(this.execution(members), this.args.clock.now());
      case "ListExecutions":
        return this.listExecutions(members);
      case "GetExecutionHistory":
        return this.getExecutionHistory(members);
      case "StopExecution":
        return this.stopExecution(members);
      case "RedriveExecution":
        return this.redriveExecution(members);
      case "CreateStateMachine":
        return this.createNamedStateMachine(members);
      case "DeleteStateMachine":
        return this.deleteStateMachine(members);
      case "DescribeStateMachine":
        return this.describeStateMachine(members);
      case "ListStateMachines":
        return this.listStateMachines(members);
      case "SendTaskSuccess":
        return this.sendTaskSuccess(members);
      case "SendTaskFailure":
        this.callback(members).fail(members.optionalText("error", 256), members.optionalText("cause", 32768));
        return {};
      case "SendTaskHeartbeat":
        this.tokens.heartbeat(this.callback(members));
        return {};
      default:
        throw unknownAction("Step Functions", action);
    }
  }

  /** Aborts what is running, without telling anybody, and resolves once all of it has wound down. */
  async stop(): Promise<void> {
    this.stopped = true;
    const running = [...this.executions.values()];
    for (const { execution } of running) execution.halt(new ExecutionHalted("ABORTED"));
    await Promise.all(running.map(({ done }) => done));
  }

  private startExecution(members: ActionInput): JsonObject {
    const machine = this.machine(members);
    const name = checkedName(members.optionalText("name") ?? randomUUID());
    const input = members.payload("input") ?? "{}";
    parseJson(
      input,
      (problem) =>
        new AwsError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${problem}'`),
    );
    const { region, accountId } = this.args;
    const arn = `arn:aws:states:${region}:${accountId}:execution:${machine.name}:${name}`;
    const same = this.find(arn);
    if (same) {
      if (same.status !== "RUNNING" || same.start.input !== input) {
        throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
      }
      return { executionArn: arn, startDate: same.startedAt / 1000 };
    }
    const stateMachine = {
      arn: machine.arn,
      name: machine.name,
      roleArn: machine.roleArn,
      definition: machine.checked,
    };
    const execution = new Execution({ arn, name, input, stateMachine }, this.environment);
    const entry: Entry = {
      ...{ execution, order: this.started++, redrives: new RedriveTokens() },
      done: Promise.resolve(),
    };
    this.executions.set(arn, entry);
    this.announce(execution);
    entry.done = execution.run();
    return { executionArn: arn, startDate: execution.startedAt / 1000 };
  }

  private listExecutions(members: ActionInput): JsonObject {
    const machine = this.machine(members);
    const status = members.oneOf("statusFilter", statuses);
    const redriven = members.oneOf("redriveFilter", ["REDRIVEN", "NOT_REDRIVEN"]);
    const newestFirst = [...this.executions.values()]
      .filter(({ execution }) => this.find(execution.start.arn) !== undefined)
      .filter(({ execution }) => execution.start.stateMachine.arn === machine.arn)
      .filter(({ execution }) => status === undefined || execution.status === status)
      .filter(
        ({ execution }) => redriven === undefined || execution.redriveCount > 0 === (redriven === "REDRIVEN"),
      )
      .reverse();
    const { items, ...rest } = members.page(newestFirst, ({ order }) => order);
    return { executions: items.map(({ execution }) => executionListItem(execution)), ...rest };
  }

  private getExecutionHistory(members: ActionInput): JsonObject {
    const { events } = this.execution(members);
    const ordered = members.flag("reverseOrder", false) ? [...events].reverse() : events;
    const { items, ...rest } = members.page(ordered, ({ id }) => id);
    return { events: members.flag("includeExecutionData", true) ? items : items.map(withoutData), ...rest };
  }

  private stopExecution(members: ActionInput): JsonObject {
    const execution = this.execution(members);
    const error = members.optionalText("error", 256);
    const cause = members.optionalText("cause", 32768);
    execution.halt(new ExecutionHalted("ABORTED", error, cause));
    return { stopDate: (execution.stoppedAt ?? this.args.clock.now()) / 1000 };
  }

  private async redriveExecution(members: ActionInput): Promise<JsonObject> {
    const token = members.optionalText("clientToken", 64);
    const { clock } = this.args;
    const arn = this.execution(members).start.arn;
    const entry = this.executions.get(arn) as Entry;
    const { execution, redrives } = entry;
    const known = redrives.find(token, clock.now());
    if (known !== undefined) return { redriveDate: known / 1000 };
    // A state that was halted is still winding down in this very moment.
    if (execution.status !== "RUNNING") await entry.done;
    const reason = whyNotRedrivable(execution, clock.now());
    if (reason !== undefined)
      throw new AwsError("ExecutionNotRedrivable", `Execution Not Redrivable: '${reason}'`);
    // Before its states run: one that ends at once announces its end after this.
    entry.done = execution.redrive();
    this.announce(execution);
    redrives.add(token, clock.now());
    return { redriveDate: clock.now() / 1000 };
  }

  /** Creating the same state machine again answers with the first one, as AWS does. */
  private createNamedStateMachine(members: ActionInput): JsonObject {
    const shape = readStateMachine(members, this.args);
    const same = this.machines.get(shape.arn);
    const isSame = same?.definition === shape.definition && same.roleArn === shape.roleArn;
    if (!same || !isSame) this.createStateMachine(shape);
    const { arn, creationDate } = this.machine(new ActionInput({ stateMachineArn: shape.arn }));
    return { stateMachineArn: arn, creationDate };
  }

  /** Ends the executions that still run, at once; AWS does so at their next transition. */
  private deleteStateMachine(members: ActionInput): JsonObject {
    const arn = this.arn(members, "stateMachineArn", "stateMachine");
    this.machines.delete(arn);
    for (const { execution } of this.executions.values()) {
      if (execution.start.stateMachine.arn === arn) execution.halt(new ExecutionHalted("ABORTED"));
    }
    return {};
  }

  private describeStateMachine(members: ActionInput): JsonObject {
    const { arn, name, definition, roleArn, type, creationDate } = this.machine(members);
    return { stateMachineArn: arn, name, status: "ACTIVE", definition, roleArn, type, creationDate };
  }

  private listStateMachines(members: ActionInput): JsonObject {
    const numbered = [...this.machines.values()].map((machine, index) => ({ machine, index }));
    const { items, ...rest } = members.page(numbered, ({ index }) => index);
    const stateMachines = items.map(({ machine: { arn, name, type, creationDate } }) => ({
      stateMachineArn: arn,
      name,
      type,
      creationDate,
    }));
    return { stateMachines, ...rest };
  }

  private sendTaskSuccess(members: ActionInput): JsonObject {
    members.text("output");
    const text = members.payload("output") ?? "";
    const output: Json = parseJson(
      text,
      (problem) => new AwsError("InvalidOutput", `Invalid Output: '${problem}'`),
    );
    this.callback(members).succeed(output);
    return {};
  }

  private read(definition: string): StateMachine {
    try {
      return readDefinition(definition, this.args.checkResource).machine;
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      throw new AwsError("InvalidDefinition", `Invalid State Machine Definition: '${error.message}'`);
    }
  }

  private machine(members: ActionInput): Machine {
    const arn = this.arn(members, "stateMachineArn", "stateMachine");
    const machine = this.machines.get(arn);
    if (machine) return machine;
    const message = [`State Machine Does Not Exist: '${arn}'`, this.unserved.get(arn) ?? []]
      .flat()
      .join(". ");
    throw new AwsError("StateMachineDoesNotExist", message);
  }

  private execution(members: ActionInput): Execution {
    const arn = this.arn(members, "executionArn", "execution");
    const execution = this.find(arn);
    if (execution) return execution;
    throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  }

  private arn(members: ActionInput, member: string, resourceType: string): string {
    const arn = members.text(member);
    const [prefix, , service, , , type] = arn.split(":");
    if (prefix === "arn" && service === "states" && type === resourceType) return arn;
    throw new AwsError("InvalidArn", `Invalid Arn: '${arn}'`);
  }

  /** @returns an execution that is running or has closed within the retention; it forgets an older one. */
  private find(arn: string): Execution | undefined {
    const { execution } = this.executions.get(arn) ?? {};
    const age = this.args.clock.now() - (execution?.stoppedAt ?? this.args.clock.now());
    if (age < retentionMilliseconds) return execution;
    this.executions.delete(arn);
    return undefined;
  }

  private callback(members: ActionInput): Callback {
    const token = members.text("taskToken");
    const callback = this.tokens.find(token);
    if (callback?.isOpen) return callback;
    if (!isTaskToken(token)) throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
    if (!callback)
      throw new AwsError("TaskDoesNotExist", "Task Does Not Exist: 'Provided task does not exist'");
    throw new AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
  }

  /** Forgets the execution that ended longest ago, as AWS does 90 days after the end. */
  private keepEnded(execution: Execution): void {
    const { arn, stateMachine } = execution.start;
    const ended = this.ended.get(stateMachine.arn) ?? new Set<string>();
    this.ended.set(stateMachine.arn, ended);
    // One that was redriven ends anew.
    ended.delete(arn);
    ended.add(arn);
    const { maxEndedExecutions = defaultMaxEndedExecutions } = this.args;
    for (const oldest of ended) {
      if (ended.size <= maxEndedExecutions) return;
      ended.delete(oldest);
      if (this.executions.get(oldest)?.execution.status !== "RUNNING") this.executions.delete(oldest);
    }
  }

  private announce(execution: Execution): void {
    if (!this.stopped) this.args.onStatusChange?.(statusChangeDetail(execution, this.args.clock.now()));
  }
}
