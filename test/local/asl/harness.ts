import type { HistoryEvent } from "../../../local/asl/history";
import type { TaskCall, TaskRunner } from "../../../local/asl/task-runner";
import type { Json, JsonObject } from "../../../local/json";
import { StepFunctions, type StepFunctionsArgs } from "../../../local/services/step-functions/step-functions";
import { SteppedClock, settled } from "../../support/stepped-clock";

export const machineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:Machine";
export const executionArn = "arn:aws:states:eu-west-1:123456789012:execution:Machine:run";
export const roleArn = "arn:aws:iam::123456789012:role/Machine";
export const lambda = "arn:aws:states:::lambda:invoke";
export const callbackTask = "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken";

/** A Step Functions service with one state machine and a stepped clock. */
export class Harness {
  readonly clock = new SteppedClock();
  readonly calls: TaskCall[] = [];
  readonly service: StepFunctions;

  constructor(runTask: TaskRunner = async () => ({}), args: Partial<StepFunctionsArgs> = {}) {
    this.service = new StepFunctions({
      clock: this.clock,
      region: "eu-west-1",
      accountId: "123456789012",
      runTask: async (call) => {
        this.calls.push(call);
        return runTask(call);
      },
      ...args,
    });
  }

  /** @param definition without QueryLanguage, which is JSONata. */
  create(definition: JsonObject): void {
    this.service.createStateMachine({
      name: "Machine",
      arn: machineArn,
      definition: JSON.stringify({ QueryLanguage: "JSONata", ...definition }),
      roleArn,
      type: "STANDARD",
    });
  }

  /** Creates the state machine, starts it, and waits for all that needs no time. */
  async start(definition: JsonObject, input: Json = {}): Promise<void> {
    this.create(definition);
    await this.service.call("StartExecution", {
      stateMachineArn: machineArn,
      name: "run",
      input: JSON.stringify(input),
    });
    await settled();
  }

  describe(): Promise<JsonObject> {
    return this.service.call("DescribeExecution", { executionArn });
  }

  /** @returns the execution's output, or its status with error and cause. */
  async outcome(): Promise<Json> {
    const { status, output, error, cause } = await this.describe();
    if (status === "SUCCEEDED") return JSON.parse(String(output)) as Json;
    return JSON.parse(JSON.stringify({ status, error, cause })) as Json;
  }

  async events(): Promise<HistoryEvent[]> {
    const { events } = await this.service.call("GetExecutionHistory", { executionArn, maxResults: 1000 });
    return events as unknown as HistoryEvent[];
  }

  /** @returns each event as `id<previousEventId Type`. */
  async eventTypes(): Promise<string[]> {
    return (await this.events()).map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
  }
}

/** Runs a definition that needs no time and no tasks. */
export async function run(definition: JsonObject, input: Json = {}, runTask?: TaskRunner): Promise<Json> {
  const harness = new Harness(runTask);
  await harness.start(definition, input);
  return harness.outcome();
}

/** @returns a state machine of one state. */
export function single(state: JsonObject): JsonObject {
  const ends = state.Type === "Succeed" || state.Type === "Fail" || state.Type === "Choice";
  return { StartAt: "Only", States: { Only: ends ? state : { End: true, ...state } } };
}

/** @returns what a Pass makes of an Output. */
export function evaluate(output: Json, input: Json = {}): Promise<Json> {
  return run(single({ Type: "Pass", Output: output }), input);
}

/** @returns the rejections that nobody handled in time while something was going on. */
export async function unhandledRejections(during: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    await during();
    await settled();
  } finally {
    process.off("unhandledRejection", note);
  }
  return unhandled;
}
