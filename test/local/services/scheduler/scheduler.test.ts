import { expect } from "chai";
import type { Json, JsonObject } from "../../../../local/json";
import { PermanentDeliveryError, type UndeliveredEvent } from "../../../../local/services";
import { Scheduler } from "../../../../local/services/scheduler/scheduler";
import { SteppedClock, settled } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

const groupArn = "arn:aws:scheduler:eu-central-1:123456789012:schedule";
const targetArn = "arn:aws:states:eu-central-1:123456789012:stateMachine:sweep";
const roleArn = "arn:aws:iam::123456789012:role/schedules";
const queueArn = "arn:aws:sqs:eu-central-1:123456789012:dead-letters";
const minute = 60_000;

describe("EventBridge Scheduler", () => {
  let clock: SteppedClock;
  let scheduler: Scheduler;
  let deliver: () => Promise<void>;
  let delivered: [at: string, input: Json, scheduleArn: string][];
  let deadLetters: [queueArn: string, body: string, attributes: Record<string, string>, roleArn: string][];
  let undelivered: UndeliveredEvent[];
  let mayAssume: boolean;

  beforeEach(() => {
    clock = new SteppedClock(Date.parse("2026-03-01T12:00:00Z"));
    delivered = [];
    deadLetters = [];
    undelivered = [];
    mayAssume = true;
    deliver = async () => {};
    scheduler = new Scheduler({
      clock,
      region: "eu-central-1",
      accountId: "123456789012",
      deliver: async (_target, input, scheduleArn) => {
        delivered.push([new Date(clock.now()).toISOString().slice(11, 19), input, scheduleArn]);
        await deliver();
      },
      deadLetter: async (...letter) => void deadLetters.push(letter),
      mayAssume: () => mayAssume,
      onUndelivered: (run) => void undelivered.push(run),
    });
  });
  afterEach(() => scheduler.stop());

  const schedule = (more: JsonObject = {}): JsonObject => ({
    Name: "limit",
    ScheduleExpression: "at(2026-03-01T12:30:00)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: targetArn, RoleArn: roleArn, Input: '{"streamId":"spring"}' },
    ...more,
  });
  const create = (more: JsonObject = {}) => scheduler.call("CreateSchedule", schedule(more));
  const target = (more: JsonObject) => ({
    Target: { Arn: targetArn, RoleArn: roleArn, Input: "{}", ...more },
  });
  const times = () => delivered.map(([at]) => at);
  const refused = async (call: Promise<unknown>, code: string, message: string) =>
    expect((await expectAwsError(call, code)).message).to.include(message);
  const names = async () => {
    const { Schedules } = await scheduler.call("ListSchedules", {});
    return (Schedules as JsonObject[]).map(({ Name }) => Name);
  };

  it("runs a one-time schedule at its time in UTC, once", async () => {
    expect(await create()).to.deep.equal({ ScheduleArn: `${groupArn}/default/limit` });
    await clock.advance({ milliseconds: 29 * minute });
    expect(delivered).to.deep.equal([]);
    await clock.advance({ milliseconds: 60 * minute });
    expect(delivered).to.deep.equal([["12:30:00", { streamId: "spring" }, `${groupArn}/default/limit`]]);
    expect(await names()).to.deep.equal(["limit"]);
    await expectAwsError(create(), "ConflictException", 409);
  });

  it("deletes one that is to delete itself, and one that is told to be deleted never runs", async () => {
    await create({ ActionAfterCompletion: "DELETE" });
    await create({ Name: "other" });
    await scheduler.call("DeleteSchedule", { Name: "other" });
    await clock.advance({ milliseconds: 30 * minute });
    expect(times()).to.deep.equal(["12:30:00"]);
    expect(await names()).to.deep.equal([]);
    await expectAwsError(scheduler.call("GetSchedule", { Name: "limit" }), "ResourceNotFoundException", 404);
    await expectAwsError(
      scheduler.call("DeleteSchedule", { Name: "limit" }),
      "ResourceNotFoundException",
      404,
    );
  });

  it("runs one whose time has passed at once", async () => {
    await create({ ScheduleExpression: "at(2026-03-01T11:00:00)" });
    await settled();
    expect(times()).to.deep.equal(["12:00:00"]);
  });

  it("runs a recurring schedule from its creation on, and a declared one from one period later", async () => {
    await create({ ScheduleExpression: "rate(1 hour)" });
    scheduler.declareSchedule(schedule({ Name: "declared", ScheduleExpression: "rate(25 minutes)" }));
    await clock.advance({ milliseconds: 60 * minute });
    expect(delivered.map(([at, , arn]) => [at, arn.split("/").at(-1)])).to.deep.equal([
      ["12:00:00", "limit"],
      ["12:25:00", "declared"],
      ["12:50:00", "declared"],
      ["13:00:00", "limit"],
    ]);
    scheduler.stop();
    expect(clock.pending().length).to.equal(0);
  });

  it("keeps the times of a declared schedule that is declared again as it was, and not of one that has changed", async () => {
    const declare = (more: JsonObject = {}) =>
      scheduler.declareSchedule(schedule({ ScheduleExpression: "rate(25 minutes)", ...more }));
    declare();
    await clock.advance({ milliseconds: 20 * minute });
    declare();
    await clock.advance({ milliseconds: 20 * minute });
    declare({ ScheduleExpression: "rate(15 minutes)" });
    await clock.advance({ milliseconds: 20 * minute });
    expect(times()).to.deep.equal(["12:25:00", "12:55:00"]);
  });

  it("never runs a schedule that is disabled", async () => {
    await create({ State: "DISABLED" });
    await clock.advance({ milliseconds: 60 * minute });
    expect(delivered).to.deep.equal([]);
    expect(await scheduler.call("GetSchedule", { Name: "limit" })).to.include({ State: "DISABLED" });
  });

  it("sends a notification where there is no input, and fills in what it knows where there is one", async () => {
    await create({ Target: { Arn: targetArn, RoleArn: roleArn } });
    await create({ Name: "b", ...target({ Input: '{"at":"<aws.scheduler.scheduled-time>","n":"<x>"}' }) });
    await clock.advance({ milliseconds: 30 * minute });
    expect(delivered[0]?.[1]).to.include({ source: "aws.scheduler", time: "2026-03-01T12:30:00Z" });
    expect(delivered[1]?.[1]).to.deep.equal({ at: "2026-03-01T12:30:00Z", n: "<x>" });
  });

  it("tries again as its policy says, then sends the input to the dead-letter queue with the role", async () => {
    deliver = () => Promise.reject(new Error("Not now."));
    await create({
      ActionAfterCompletion: "DELETE",
      ...target({ RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: queueArn } }),
    });
    await clock.advance({ milliseconds: 31 * minute });
    expect(times()).to.deep.equal(["12:30:00", "12:30:01", "12:30:03"]);
    const [[queue, body, attributes, role] = []] = deadLetters;
    expect([queue, body, role]).to.deep.equal([queueArn, "{}", roleArn]);
    expect(attributes).to.include({
      ERROR_CODE: "ERROR_FROM_TARGET",
      ERROR_MESSAGE: "Not now.",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      RETRY_ATTEMPTS: "2",
      SCHEDULED_TIME: "2026-03-01T12:30:00Z",
      SCHEDULE_ARN: `${groupArn}/default/limit`,
      TARGET_ARN: targetArn,
    });
    expect(undelivered).to.have.lengthOf(1);
    expect(await names()).to.deep.equal([]);
  });

  it("gives up at once where no other attempt would help, and loses the input without a queue", async () => {
    deliver = () => Promise.reject(new PermanentDeliveryError("NO_PERMISSIONS", "No."));
    await create();
    await clock.advance({ milliseconds: 31 * minute });
    expect(times()).to.deep.equal(["12:30:00"]);
    expect(undelivered[0]).to.include({ code: "NO_PERMISSIONS" }).and.not.have.property("deadLetterArn");
  });

  it("keeps names apart by group, and knows no group that was not declared", async () => {
    await expectAwsError(create({ GroupName: "streams" }), "ResourceNotFoundException", 404);
    scheduler.createScheduleGroup("streams");
    await create();
    await create({ GroupName: "streams" });
    const { Schedules } = await scheduler.call("ListSchedules", { GroupName: "streams" });
    expect((Schedules as JsonObject[]).map(({ Arn }) => Arn)).to.deep.equal([`${groupArn}/streams/limit`]);
    expect(await scheduler.call("GetSchedule", { Name: "limit", GroupName: "streams" })).to.deep.equal({
      Arn: `${groupArn}/streams/limit`,
      Name: "limit",
      GroupName: "streams",
      ActionAfterCompletion: "NONE",
      CreationDate: clock.now() / 1000,
      LastModificationDate: clock.now() / 1000,
      FlexibleTimeWindow: { Mode: "OFF" },
      ScheduleExpression: "at(2026-03-01T12:30:00)",
      ScheduleExpressionTimezone: "UTC",
      State: "ENABLED",
      Target: {
        Arn: targetArn,
        RoleArn: roleArn,
        Input: '{"streamId":"spring"}',
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    });
  });

  it("refuses a role that it may not take on", async () => {
    mayAssume = false;
    await refused(create(), "ValidationException", "must allow AWS EventBridge Scheduler to assume");
  });

  for (const [what, more, message] of [
    ["a name that is too long", { Name: "x".repeat(65) }, "1 to 64 characters"],
    ["a name with other characters", { Name: "spring/1" }, "'spring/1' at 'name'"],
    ["a day that there is not", { ScheduleExpression: "at(2026-02-30T12:00:00)" }, "Invalid Schedule"],
    ["a time with a zone", { ScheduleExpression: "at(2026-03-01T12:00:00Z)" }, "Invalid Schedule"],
    ["a rate of nothing", { ScheduleExpression: "rate(0 minutes)" }, "Invalid Schedule"],
    ["cron, which is not served", { ScheduleExpression: "cron(0 12 * * ? *)" }, "cron(0 12 * * ? *)"],
    ["a zone that is not served", { ScheduleExpressionTimezone: "Europe/Berlin" }, "Europe/Berlin"],
    ["a flexible window", { FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, "FlexibleTimeWindow"],
    ["a member that is not served", { EndDate: "2026-03-02T00:00:00Z" }, "'EndDate'"],
    ["a target that is not served", target({ Arn: queueArn }), queueArn],
    ["a target's parameters", target({ SqsParameters: {} }), "'SqsParameters'"],
    ["an input that is no JSON", target({ Input: "spring" }), "well-formed JSON"],
    ["no role", { Target: { Arn: targetArn } }, "'roleArn'"],
  ] as const) {
    it(`refuses ${what}`, () => refused(create(more), "ValidationException", message));
  }

  it("refuses other actions by name", () =>
    refused(scheduler.call("UpdateSchedule", schedule()), "UnknownOperationException", "UpdateSchedule"));
});
