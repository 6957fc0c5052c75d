import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { Json, JsonObject } from "../../local/json";
import { answeringMachine } from "./answering-machine";
import { allStates, definitionText, type FidelityCase } from "./fidelity-case";
import type { Observation, Runner } from "./runner";
import { substituteTasks } from "./substitute-tasks";

/** How much longer than it should an execution may take before it is stopped. */
const patienceSeconds = 30;

export interface RemoteRunnerArgs {
  client: SFNClient;
  /** The role of the state machines. It needs states:StartExecution and states:SendTask* on `*`. */
  roleArn: string;
  /** Waits between two looks at an execution. */
  pause: (seconds: number) => Promise<void>;
  /** Whether `pause` steps the endpoint's clock. @default false */
  exactTime?: boolean;
}

/** Runs cases on an endpoint of Step Functions, and deletes the state machines that it created. */
export class RemoteRunner implements Runner {
  readonly exactTime: boolean;
  private readonly created: string[] = [];
  private answering: Promise<string> | undefined;

  constructor(private readonly args: RemoteRunnerArgs) {
    this.exactTime = args.exactTime ?? false;
  }

  async run(fidelityCase: FidelityCase): Promise<Observation> {
    this.answering ??= this.create(JSON.stringify(answeringMachine));
    let machineArn: string;
    try {
      const definition = substituteTasks(fidelityCase, await this.answering);
      machineArn = await this.create(definitionText(definition));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "InvalidDefinition") throw error;
      return { refused: `${error.name}: ${error.message}` };
    }
    const { executionArn = "" } = await this.args.client.send(
      new StartExecutionCommand({
        stateMachineArn: machineArn,
        input: JSON.stringify(fidelityCase.input ?? {}),
      }),
    );
    return this.observe(fidelityCase, await this.end(fidelityCase, executionArn));
  }

  /**
   * Tries what every case needs, before the first one.
   * @throws {Error} that says which call the endpoint does not answer as it should, and how it answered.
   */
  async preflight(): Promise<void> {
    const observed = await this.run({
      name: "the preflight",
      source: "",
      definition: { StartAt: "A", States: { A: { Type: "Pass", Output: "{% 1 + 1 %}", End: true } } },
      expect: { output: 2 },
    }).catch((error: unknown) => {
      const { name, message } = error as Error;
      throw new Error(`The endpoint cannot run the cases: ${name}: ${message}`, { cause: error });
    });
    if ("refused" in observed) {
      throw new Error(`The endpoint refuses a definition in JSONata that AWS accepts: ${observed.refused}`);
    }
    if (observed.output !== 2) {
      throw new Error(`The endpoint does not evaluate JSONata: 1 + 1 came to ${JSON.stringify(observed)}.`);
    }
    await this.tryTask();
  }

  /** A role that may not do what it has to, fails every case with a Task. */
  private async tryTask(): Promise<void> {
    const { roleArn } = this.args;
    const call = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Output: "{% $states.result %}" };
    const observed = await this.run({
      name: "the preflight's Task",
      source: "",
      definition: { StartAt: "A", States: { A: { ...call, TimeoutSeconds: 20, End: true } } },
      tasks: { A: [{ result: "answered" }] },
      expect: { output: "answered" },
    });
    if ("output" in observed && observed.output === "answered") return;
    throw new Error(
      `The endpoint does not answer a Task by another state machine: ${JSON.stringify(observed)}. The role ${roleArn} needs ` +
        "states:StartExecution, states:SendTaskSuccess, states:SendTaskFailure and states:SendTaskHeartbeat on '*', and states.amazonaws.com may assume it.",
    );
  }

  async close(): Promise<void> {
    for (const stateMachineArn of this.created) {
      await this.args.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    }
    this.args.client.destroy();
  }

  private async create(definition: string): Promise<string> {
    const { client, roleArn } = this.args;
    const name = `fidelity-${randomUUID()}`;
    const { stateMachineArn = "" } = await client.send(
      new CreateStateMachineCommand({ name, definition, roleArn }),
    );
    this.created.push(stateMachineArn);
    return stateMachineArn;
  }

  private async end(
    { name, seconds = 0 }: FidelityCase,
    executionArn: string,
  ): Promise<DescribeExecutionCommandOutput> {
    const { client, pause } = this.args;
    for (let waited = 0; waited <= seconds + patienceSeconds; waited += 1) {
      const description = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (description.status !== "RUNNING") return description;
      await pause(1);
    }
    await client.send(new StopExecutionCommand({ executionArn }));
    throw new Error(`"${name}" did not end within ${seconds + patienceSeconds} seconds.`);
  }

  private async observe(
    { definition }: FidelityCase,
    description: DescribeExecutionCommandOutput,
  ): Promise<Observation> {
    const { executionArn, status = "", output, error, cause, startDate, stopDate } = description;
    return {
      status,
      ...(output === undefined ? {} : { output: JSON.parse(output) as Json }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      path: await this.path(definition, executionArn),
      seconds: Math.round(Number(stopDate) - Number(startDate)) / 1000,
    };
  }

  private async path(definition: JsonObject, executionArn: string | undefined): Promise<string[]> {
    const names = new Set(allStates(definition).map(([name]) => name));
    const path: string[] = [];
    const pages = paginateGetExecutionHistory({ client: this.args.client }, { executionArn });
    for await (const { events = [] } of pages) {
      for (const { stateEnteredEventDetails } of events) {
        const name = stateEnteredEventDetails?.name;
        if (name !== undefined && names.has(name)) path.push(name);
      }
    }
    return path;
  }
}

/**
 * Connects to an endpoint with the Region and credentials of the usual AWS variables.
 * @throws {Error} when `STEP_FUNCTIONS_ROLE_ARN` does not name the role of the state machines.
 */
export function connectRemoteRunner(endpoint: string): RemoteRunner {
  const roleArn = process.env.STEP_FUNCTIONS_ROLE_ARN;
  if (roleArn === undefined) {
    throw new Error(
      "STEP_FUNCTIONS_ROLE_ARN must name the role that the state machines run with; it needs states:StartExecution and states:SendTask*.",
    );
  }
  const pause = (seconds: number) => sleep(seconds * 1000);
  return new RemoteRunner({ client: new SFNClient({ endpoint }), roleArn, pause });
}
