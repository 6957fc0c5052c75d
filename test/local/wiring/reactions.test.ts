import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { JsonObject } from "../../../local/json";
import { type Local, startLocal } from "../../../testing";
import { expectRejection } from "../support/expect-rejection";
import { aMachine, aRole, localArn } from "../support/programs";

const machineArn = (name: string) => localArn("states", `stateMachine:${name}`);
const executionArn = (machine: string, name: string) => localArn("states", `execution:${machine}:${name}`);
const events = "events.amazonaws.com";
const starts = (name: string) => ({ [machineArn(name)]: ["states:StartExecution"] });

interface Variation {
  readonly role?: Parameters<typeof aRole>[1];
  readonly target?: Partial<aws.cloudwatch.EventTargetArgs>;
}

/** `worker` waits a minute, for at most two; whatever becomes of it starts `reaction`, which hands its input on. */
function program({ role = { service: events, may: starts("reaction") }, target = {} }: Variation = {}) {
  return () => {
    const nothing = aRole("nothing", { service: "states.amazonaws.com", may: {} });
    aMachine(
      "worker",
      nothing,
      {
        Which: {
          Type: "Choice",
          Choices: [{ Condition: "{% $exists($states.input.fails) %}", Next: "Broken" }],
          Default: "Work",
        },
        Work: { Type: "Wait", Seconds: "{% $states.input.seconds %}", End: true },
        Broken: { Type: "Fail", Error: "Broken", Cause: "As told." },
      },
      { TimeoutSeconds: 120 },
    );
    aMachine("reaction", nothing, { React: { Type: "Pass", End: true } });
    const letters = new aws.sqs.Queue("letters", { name: "letters" });
    new aws.sqs.QueuePolicy("letters", {
      queueUrl: letters.url,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: events }, Action: "sqs:SendMessage", Resource: "*" },
        ],
      }),
    });
    const rule = new aws.cloudwatch.EventRule("ended", {
      eventPattern: JSON.stringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: [machineArn("worker")],
          status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
        },
      }),
    });
    new aws.cloudwatch.EventTarget("ended", {
      rule: rule.name,
      arn: machineArn("reaction"),
      roleArn: aRole("reactions", role).arn,
      inputPath: "$.detail",
      deadLetterConfig: { arn: letters.arn },
      ...target,
    });
  };
}

describe("a rule whose target is a state machine", () => {
  let local: Local | undefined;
  afterEach(() => local?.stop());

  async function run(variation: Variation, input: JsonObject, during = async () => {}): Promise<Local> {
    local = await startLocal(program(variation), { startAt: "2026-01-01T00:00:00Z" });
    await local.runtime.services.StepFunctions.call("StartExecution", {
      stateMachineArn: machineArn("worker"),
      name: "one",
      input: JSON.stringify(input),
    });
    await local.settled();
    await during();
    await local.clock.advance({ minutes: 3 });
    return local;
  }
  const started = async () => {
    const { services } = (local as Local).runtime;
    const { executions } = await services.StepFunctions.call("ListExecutions", {
      stateMachineArn: machineArn("reaction"),
    });
    const inputs = (executions as JsonObject[]).map(async (execution) => {
      const described = await services.StepFunctions.call("DescribeExecution", {
        executionArn: execution.executionArn ?? "",
      });
      return { name: String(execution.name), input: JSON.parse(String(described.input)) as JsonObject };
    });
    return Promise.all(inputs);
  };
  const letters = async () => {
    const { SQS } = (local as Local).runtime.services;
    const { Messages = [] } = await SQS.call("ReceiveMessage", {
      QueueUrl: SQS.queueUrl("letters"),
      MessageAttributeNames: ["All"],
    });
    return Messages as JsonObject[];
  };

  for (const [what, input, expected] of [
    ["SUCCEEDED", { seconds: 60 }, { output: '{"seconds":60}', error: null, cause: null, stopDate: 60_000 }],
    ["FAILED", { fails: true }, { output: null, error: "Broken", cause: "As told.", stopDate: 0 }],
    [
      "TIMED_OUT",
      { seconds: 600 },
      { output: null, error: "States.Timeout", cause: null, stopDate: 120_000 },
    ],
    ["ABORTED", { seconds: 601 }, { output: null, error: "Stopped", cause: "By hand.", stopDate: 0 }],
  ] as const) {
    it(`starts it with what AWS tells of an execution that is ${what}`, async () => {
      await run({}, input, async () => {
        if (what !== "ABORTED") return;
        await local?.runtime.services.StepFunctions.call("StopExecution", {
          executionArn: executionArn("worker", "one"),
          error: "Stopped",
          cause: "By hand.",
        });
      });
      const [reaction, ...others] = await started();
      expect(others).to.deep.equal([]);
      expect(reaction?.name).to.match(/^[0-9a-f-]{36}$/);
      const startDate = Date.parse("2026-01-01T00:00:00Z");
      expect(reaction?.input).to.deep.include({
        ...{
          executionArn: executionArn("worker", "one"),
          stateMachineArn: machineArn("worker"),
          name: "one",
        },
        ...{ status: what, startDate, input: JSON.stringify(input), inputDetails: { included: true } },
        ...{ ...expected, stopDate: startDate + expected.stopDate },
      });
    });
  }

  it("names the execution among the resources of the event", async () => {
    const { events: told } = await run({}, { fails: true });
    const [ended] = told.all({ source: "aws.states", detail: { status: "FAILED" } });
    expect(ended?.busName).to.equal("default");
    expect(ended?.event.resources).to.deep.equal([executionArn("worker", "one")]);
  });

  it("starts it with what its input transformer makes of the event", async () => {
    const inputTransformer = {
      inputPaths: { execution: "$.detail.name" },
      inputTemplate: '{"about":<execution>}',
    };
    await run({ target: { inputPath: undefined, inputTransformer } }, { fails: true });
    expect((await started()).map(({ input }) => input)).to.deep.equal([{ about: "one" }]);
  });

  it("keeps the event in the dead-letter queue where the role may not start it", async () => {
    await run({ role: { service: events, may: starts("another") } }, { fails: true });
    const [letter] = await letters();
    expect(letter?.MessageAttributes).to.have.nested.property("ERROR_CODE.StringValue", "NO_PERMISSIONS");
    expect(letter?.MessageAttributes)
      .to.have.nested.property("ERROR_MESSAGE.StringValue")
      .that.includes("assumed-role/reactions-")
      .and.includes("because no identity-based policy allows the states:StartExecution action");
    expect(await started()).to.deep.equal([]);
  });

  it("keeps it there where the state machine is gone", async () => {
    await run(
      { role: { service: events, may: starts("gone") }, target: { arn: machineArn("gone") } },
      { fails: true },
    );
    const [letter] = await letters();
    expect(letter?.MessageAttributes).to.have.nested.property("ERROR_CODE.StringValue", "NO_RESOURCE");
  });

  it("tries again while StartExecution fails", async () => {
    const variation = { target: { retryPolicy: { maximumRetryAttempts: 3 } } };
    await run(variation, { seconds: 60 }, async () => {
      local?.faults.fail({ service: "StepFunctions", action: "StartExecution", error: "throttle", times: 2 });
    });
    expect(await started()).to.have.lengthOf(1);
    expect(await letters()).to.deep.equal([]);
  });

  it("is refused at the start where EventBridge may not take on its role, or where it has none", async () => {
    const other = { service: "lambda.amazonaws.com", may: starts("reaction") };
    expect((await expectRejection(startLocal(program({ role: other })))).message).to.match(
      /The event target 'ended' cannot run: the role .*reactions.* cannot be assumed by events\.amazonaws\.com/,
    );
    const target = { roleArn: undefined as never };
    expect((await expectRejection(startLocal(program({ target })))).message).to.include(
      "The event target 'ended' is a state machine: EventBridge needs a roleArn",
    );
  });

  it("may ask in its trust policy for the rule that it is", async () => {
    const trust = (rule: string) => ({
      service: events,
      may: starts("reaction"),
      trustCondition: {
        ArnLike: { "aws:SourceArn": localArn("events", `rule/${rule}`) },
        StringEquals: { "aws:SourceAccount": "000000000000" },
      },
    });
    await run({ role: trust("ended-*") }, { fails: true });
    expect(await started()).to.have.lengthOf(1);
    const { message } = await expectRejection(startLocal(program({ role: trust("other-*") })));
    expect(message).to.include("cannot be assumed by events.amazonaws.com");
  });
});
