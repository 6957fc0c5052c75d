import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Json, JsonObject } from "../../../local/json";
import { type Local, startLocal } from "../../../testing";
import { expectRejection } from "../support/expect-rejection";
import { aMachine, aRole, localArn } from "../support/programs";

const machineArn = (name: string) => localArn("states", `stateMachine:${name}`);
const starts = (name: string) => ({ [machineArn(name)]: ["states:StartExecution"] });

/** What a state machine does with EventBridge Scheduler. */
function scheduling(may: Parameters<typeof aRole>[1]["may"], trusted = "scheduler.amazonaws.com") {
  return () => {
    const runs = aRole("runs", { service: trusted, may: starts("limited") });
    const states = aRole("states", { service: "states.amazonaws.com", may });
    new aws.scheduler.ScheduleGroup("streams", { name: "streams" });
    aMachine("limited", states, { Done: { Type: "Pass", End: true } });
    aMachine("planner", states, {
      Plan: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:scheduler:createSchedule",
        Arguments: {
          Name: "{% $states.input.name %}",
          GroupName: "streams",
          ScheduleExpression: "at(2026-01-01T12:00:00)",
          FlexibleTimeWindow: { Mode: "OFF" },
          ActionAfterCompletion: "DELETE",
          Target: { Arn: machineArn("limited"), RoleArn: runs.arn, Input: '{"limit":true}' },
        },
        Next: "Cancel?",
      },
      "Cancel?": {
        Type: "Choice",
        Choices: [{ Condition: "{% $exists($states.context.Execution.Input.cancel) %}", Next: "Cancel" }],
        Default: "Done",
      },
      Cancel: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:scheduler:deleteSchedule",
        Arguments: { Name: "{% $states.context.Execution.Input.name %}", GroupName: "streams" },
        End: true,
      },
      Done: { Type: "Succeed" },
    });
  };
}

describe("a state machine that makes schedules", () => {
  let local: Local | undefined;
  afterEach(async () => {
    await local?.stop();
    local = undefined;
  });
  const schedules = localArn("scheduler", "schedule/streams/*");
  const everything = {
    [schedules]: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"],
    "arn:aws:iam::000000000000:role/runs-*": ["iam:PassRole"],
  };

  async function plan(
    input: JsonObject,
    may: Parameters<typeof aRole>[1]["may"] = everything,
    trusted?: string,
  ) {
    local ??= await startLocal(scheduling(may, trusted), { startAt: "2026-01-01T00:00:00Z" });
    const { StepFunctions } = local.runtime.services;
    const { executionArn: arn = "" } = await StepFunctions.call("StartExecution", {
      stateMachineArn: machineArn("planner"),
      input: JSON.stringify(input),
    });
    await local.settled();
    return StepFunctions.call("DescribeExecution", { executionArn: arn });
  }
  const limited = async (): Promise<Json> => {
    const { executions } = await (local as Local).runtime.services.StepFunctions.call("ListExecutions", {
      stateMachineArn: machineArn("limited"),
    });
    return (executions as JsonObject[]).length;
  };

  it("starts another by them, at their time and with their role", async () => {
    expect(await plan({ name: "spring" })).to.include({
      status: "SUCCEEDED",
      output: JSON.stringify({ ScheduleArn: schedules.replace("*", "spring") }),
    });
    await local?.clock.advance({ hours: 11 });
    expect(await limited()).to.equal(0);
    await local?.clock.advance({ hours: 2 });
    expect(await limited()).to.equal(1);
    expect(await plan({ name: "spring" })).to.include({ status: "SUCCEEDED" });
  });

  it("takes them back", async () => {
    expect(await plan({ name: "spring", cancel: true })).to.include({ status: "SUCCEEDED" });
    await local?.clock.advance({ days: 1 });
    expect(await limited()).to.equal(0);
  });

  it("is told of a name that is taken", async () => {
    await plan({ name: "spring" });
    const { error, cause } = await plan({ name: "spring" });
    expect(error).to.equal("Scheduler.ConflictException");
    expect(cause).to.include("Schedule spring already exists.");
  });

  for (const [what, may, action] of [
    [
      "CreateSchedule",
      { ...everything, [schedules]: ["scheduler:DeleteSchedule"] },
      "scheduler:CreateSchedule",
    ],
    ["PassRole", { [schedules]: ["scheduler:*"] }, "iam:PassRole"],
  ] as const) {
    it(`needs the permission for ${what}`, async () => {
      const { error, cause } = await plan({ name: "spring" }, may);
      expect(error).to.equal("Scheduler.SchedulerException");
      expect(cause).to.include(`is not authorized to perform: ${action} on resource: arn:aws:`);
    });
  }

  it("is refused a role that EventBridge Scheduler may not take on", async () => {
    const { error, cause } = await plan({ name: "spring" }, everything, "events.amazonaws.com");
    expect(error).to.equal("Scheduler.ValidationException");
    expect(cause).to.include("must allow AWS EventBridge Scheduler to assume the role");
  });
});

describe("a schedule of the program", () => {
  let local: Local | undefined;
  afterEach(async () => {
    await local?.stop();
    local = undefined;
  });

  /** A function and a state machine, called every ten minutes. */
  function program(may: Parameters<typeof aRole>[1]["may"], more: Partial<aws.scheduler.ScheduleArgs> = {}) {
    return () => {
      const sweep = new aws.lambda.CallbackFunction("sweep", {
        name: "sweep",
        role: aRole("sweep", {
          service: "lambda.amazonaws.com",
          may: { "*": ["logs:CreateLogStream", "logs:PutLogEvents"] },
        }),
        callback: async (event: unknown) => {
          console.log(`swept ${JSON.stringify(event)} at ${new Date().toISOString()}`);
        },
      });
      const roleArn = aRole("schedules", { service: "scheduler.amazonaws.com", may }).arn;
      const letters = new aws.sqs.Queue("letters", { name: "letters" });
      const group = new aws.scheduler.ScheduleGroup("streams", { name: "streams" });
      const sweeper = aMachine("sweeper", aRole("nothing", { service: "states.amazonaws.com", may: {} }), {
        Done: { Type: "Pass", End: true },
      });
      const common = {
        groupName: group.name,
        scheduleExpression: "rate(10 minutes)",
        flexibleTimeWindow: { mode: "OFF" },
      };
      const target = { roleArn, input: '{"n":1}', deadLetterConfig: { arn: letters.arn } };
      const named = new aws.scheduler.Schedule("function", {
        ...{ ...common, name: "function", target: { ...target, arn: sweep.arn } },
        ...more,
      });
      new aws.scheduler.Schedule("machine", { ...common, target: { ...target, arn: sweeper.arn }, ...more });
      return { id: named.id, arn: named.arn, groupArn: group.arn };
    };
  }
  const everything = {
    [localArn("lambda", "function:sweep")]: ["lambda:InvokeFunction"],
    ...starts("sweeper"),
    [localArn("sqs", "letters")]: ["sqs:SendMessage"],
  };
  const executions = async () => {
    const { StepFunctions } = (local as Local).runtime.services;
    const listed = await StepFunctions.call("ListExecutions", { stateMachineArn: machineArn("sweeper") });
    return listed.executions as JsonObject[];
  };
  const swept = () => (local as Local).logs.all("sweep").filter(({ line }) => line.startsWith("swept"));

  it("has the outputs of the provider", async () => {
    local = await startLocal(program(everything));
    expect(local.outputs).to.deep.equal({
      id: "streams/function",
      arn: localArn("scheduler", "schedule/streams/function"),
      groupArn: localArn("scheduler", "schedule-group/streams"),
    });
  });

  it("calls its target at its rate while time passes, and holds up neither the clock nor the end", async () => {
    local = await startLocal(program(everything), { startAt: "2026-01-01T00:00:00Z" });
    await local.settled();
    expect(swept()).to.deep.equal([]);
    await local.clock.advance({ minutes: 15 });
    expect(swept().map(({ line }) => line)).to.deep.equal(['swept {"n":1} at 2026-01-01T00:10:00.000Z']);
    await local.clock.advance({ minutes: 15 });
    expect(await executions()).to.have.lengthOf(3);
    const { clock } = local;
    expect(clock.pending().join()).to.include("the schedule streams/function, rate(10 minutes)");
    await local.stop();
    expect(clock.pending()).to.deep.equal([]);
  });

  it("is not called while it is disabled", async () => {
    local = await startLocal(program(everything, { state: "DISABLED" }));
    await local.clock.advance({ hours: 1 });
    expect([swept(), await executions()]).to.deep.equal([[], []]);
  });

  it("keeps what its role may not do in the dead-letter queue, by the same role", async () => {
    const { [localArn("lambda", "function:sweep")]: _, ...rest } = everything;
    local = await startLocal(program(rest));
    await local.clock.advance({ minutes: 10 });
    expect(swept()).to.deep.equal([]);
    const { SQS } = local.runtime.services;
    const { Messages } = await SQS.call("ReceiveMessage", {
      QueueUrl: SQS.queueUrl("letters"),
      MessageAttributeNames: ["All"],
    });
    const [letter] = Messages as JsonObject[];
    expect(letter?.Body).to.equal('{"n":1}');
    expect(letter?.MessageAttributes).to.have.nested.property("ERROR_CODE.StringValue", "NO_PERMISSIONS");
  });

  it("is refused at the start where EventBridge Scheduler may not take on its role", async () => {
    const { message } = await expectRejection(
      startLocal(() => {
        const role = aRole("schedules", {
          service: "scheduler.amazonaws.com",
          may: everything,
          trustCondition: { ArnLike: { "aws:SourceArn": localArn("scheduler", "schedule/*") } },
        });
        new aws.scheduler.Schedule("wrong", {
          scheduleExpression: "rate(1 day)",
          flexibleTimeWindow: { mode: "OFF" },
          target: { arn: machineArn("sweeper"), roleArn: role.arn },
        });
      }),
    );
    expect(message).to.include("The schedule 'wrong' cannot run");
  });
});
