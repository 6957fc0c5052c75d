import { TaskFailure } from "../../local/asl/errors";
import type { HistoryEvent } from "../../local/asl/history";
import type { TaskCall } from "../../local/asl/task-runner";
import type { Json } from "../../local/json";
import { AwsError } from "../../local/services/service";
import { StepFunctions } from "../../local/services/step-functions/step-functions";
import { SteppedClock, settled } from "../../test/support/stepped-clock";
import { type Answer, answerTo, definitionText, type FidelityCase } from "./fidelity-case";
import type { Observation, Runner } from "./runner";

const region = "eu-west-1";
const accountId = "123456789012";
const machineArn = `arn:aws:states:${region}:${accountId}:stateMachine:Case`;
const executionArn = `arn:aws:states:${region}:${accountId}:execution:Case:run`;

/** Far beyond what any case takes. */
const longestSeconds = 1_000_000;

/** Our own interpreter, in process, on a clock that is stepped. */
export const localRunner: Runner = {
  exactTime: true,
  run: (fidelityCase) => new LocalRun(fidelityCase).run(),
};

class LocalRun {
  private readonly clock = new SteppedClock();
  private readonly calls = new Map<string, number>();
  private readonly service: StepFunctions;

  constructor(private readonly fidelityCase: FidelityCase) {
    const { random } = fidelityCase;
    this.service = new StepFunctions({
      clock: this.clock,
      region,
      accountId,
      runTask: (call) => this.answer(call),
      ...(random === undefined ? {} : { random: () => random }),
    });
  }

  async run(): Promise<Observation> {
    const { definition, input = {} } = this.fidelityCase;
    try {
      this.service.createStateMachine({
        name: "Case",
        arn: machineArn,
        definition: definitionText(definition),
        roleArn: `arn:aws:iam::${accountId}:role/Case`,
        type: "STANDARD",
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { refused: `${error.code}: ${error.message}` };
    }
    const started = this.clock.now();
    await this.service.call("StartExecution", {
      stateMachineArn: machineArn,
      name: "run",
      input: JSON.stringify(input),
    });
    await settled();
    if ((await this.describe()).status === "RUNNING") await this.clock.advance({ seconds: longestSeconds });
    return this.observe(started);
  }

  private async observe(started: number): Promise<Observation> {
    const { status, output, error, cause, stopDate } = await this.describe();
    const { events } = await this.service.call("GetExecutionHistory", { executionArn, maxResults: 1000 });
    return {
      status: String(status),
      ...(output === undefined ? {} : { output: JSON.parse(String(output)) as Json }),
      ...(error === undefined ? {} : { error: String(error) }),
      ...(cause === undefined ? {} : { cause: String(cause) }),
      path: enteredStates(events as unknown as HistoryEvent[]),
      seconds: Math.round(Number(stopDate) * 1000 - started) / 1000,
    };
  }

  private describe() {
    return this.service.call("DescribeExecution", { executionArn });
  }

  private async answer(call: TaskCall): Promise<Json> {
    const { stateName, taskToken } = call;
    const count = this.calls.get(stateName) ?? 0;
    this.calls.set(stateName, count + 1);
    const answer = answerTo(this.fidelityCase.tasks?.[stateName], count);
    if (taskToken === undefined) return this.settle(answer, call);
    // The call itself is back at once; what it set off answers for the token.
    this.answerToken(taskToken, answer, call).catch(() => undefined);
    return {};
  }

  private async answerToken(taskToken: string, answer: Answer, call: TaskCall): Promise<void> {
    const started = this.clock.now();
    for (const second of answer.heartbeatsAtSeconds ?? []) {
      await this.clock.wait(started + second * 1000 - this.clock.now(), call.signal);
      await this.service.call("SendTaskHeartbeat", { taskToken });
    }
    try {
      const output = JSON.stringify(await this.settle(answer, call));
      await this.service.call("SendTaskSuccess", { taskToken, output });
    } catch (failure) {
      if (!(failure instanceof TaskFailure)) throw failure;
      const { error, cause } = failure;
      const members = { ...(error && { error }), ...(cause && { cause }) };
      await this.service.call("SendTaskFailure", { taskToken, ...members });
    }
  }

  private async settle(answer: Answer, call: TaskCall): Promise<Json> {
    const { afterSeconds = 0, heartbeatsAtSeconds = [] } = answer;
    const remaining = afterSeconds - (heartbeatsAtSeconds.at(-1) ?? 0);
    if (remaining > 0) await this.clock.wait(remaining * 1000, call.signal);
    if ("never" in answer) return new Promise(() => undefined);
    if ("error" in answer) throw new TaskFailure(answer.error, answer.cause);
    return "echo" in answer ? call.arguments : answer.result;
  }
}

function enteredStates(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ stateEnteredEventDetails }) => {
    const { name } = (stateEnteredEventDetails ?? {}) as { name?: string };
    return name === undefined ? [] : [name];
  });
}
