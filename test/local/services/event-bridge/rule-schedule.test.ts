import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { readRuleSchedule } from "../../../../local/services/event-bridge/rule-schedule";
import { startLocal } from "../../../../testing";

/** The times of a schedule from the first of January 2026, a Thursday. */
const timesOf = (expression: string, count: number) => {
  const since = Date.parse("2026-01-01T00:00:00Z");
  const times: string[] = [];
  for (let time: number | undefined = since; times.length < count && time !== undefined; ) {
    time = readRuleSchedule(expression)(time, since);
    if (time !== undefined) times.push(new Date(time).toISOString().slice(0, 16));
  }
  return times;
};

describe("the schedule of a rule", () => {
  for (const [expression, times] of [
    ["rate(10 minutes)", ["2026-01-01T00:10", "2026-01-01T00:20"]],
    ["rate(1 day)", ["2026-01-02T00:00"]],
    ["cron(0 12 * * ? *)", ["2026-01-01T12:00", "2026-01-02T12:00"]],
    ["cron(15 10 ? * MON-FRI *)", ["2026-01-01T10:15", "2026-01-02T10:15", "2026-01-05T10:15"]],
    [
      "cron(0/30 8-9 1 FEB,3 ? 2026)",
      ["2026-02-01T08:00", "2026-02-01T08:30", "2026-02-01T09:00", "2026-02-01T09:30", "2026-03-01T08:00"],
    ],
    ["cron(0 0 29 2 ? *)", ["2028-02-29T00:00", "2032-02-29T00:00"]],
    ["cron(0 0 1 1 ? 2025)", []],
  ] as const) {
    it(`is read as EventBridge does: ${expression}`, () => {
      expect(timesOf(expression, Math.max(times.length, 1))).to.deep.equal(times);
    });
  }

  for (const expression of [
    ...[
      "cron(0 12 * * * *)",
      "cron(0 12 ? * ? *)",
      "cron(0 12 * * ?)",
      "cron(60 12 * * ? *)",
      "cron(a 12 * * ? *)",
    ],
    ...["at(2026-03-01T12:00:00)", "rate(0 minutes)", "cron(0 12 L * ? *)", "cron(0 12 ? * 6#3 *)"],
  ]) {
    it(`is refused: ${expression}`, () => expect(() => readRuleSchedule(expression)).to.throw(expression));
  }

  it("sends the rule's targets an event at each time, and one that is not served stays inert", async () => {
    const local = await startLocal(() => {
      const queue = new aws.sqs.Queue("ticks", { name: "ticks" });
      const rule = new aws.cloudwatch.EventRule("nightly", {
        name: "nightly",
        scheduleExpression: "cron(0 3 * * ? *)",
      });
      new aws.sqs.QueuePolicy("ticks", {
        queueUrl: queue.url,
        policy: queue.arn.apply((arn) =>
          JSON.stringify({
            Version: "2012-10-17",
            Statement: {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: arn,
            },
          }),
        ),
      });
      new aws.cloudwatch.EventTarget("nightly", { rule: rule.name, arn: queue.arn });
      const last = new aws.cloudwatch.EventRule("last", {
        name: "last",
        scheduleExpression: "cron(0 3 L * ? *)",
      });
      new aws.cloudwatch.EventTarget("last", { rule: last.name, arn: queue.arn });
    });
    try {
      await local.clock.advance({ hours: 48 });
      const input = { QueueUrl: local.runtime.services.SQS.queueUrl("ticks"), MaxNumberOfMessages: 10 };
      const { Messages } = (await local.runtime.services.SQS.call("ReceiveMessage", input)) as unknown as {
        Messages: { Body: string }[];
      };
      const events = Messages.map(({ Body }) => JSON.parse(Body) as { time: string; resources: string[] });
      expect(events.map(({ time }) => time)).to.deep.equal(["2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"]);
      expect(events[0]).to.include({ source: "aws.events", "detail-type": "Scheduled Event" });
      expect(events[0]?.resources).to.deep.equal(["arn:aws:events:us-east-1:000000000000:rule/nightly"]);
    } finally {
      await local.stop();
    }
  });
});
