import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { JsonObject } from "../../../local/json";
import { type Local, startLocal } from "../../../testing";
import { expectRejection } from "../support/expect-rejection";
import { aMachine, aRole, localArn } from "../support/programs";

const topicArn = localArn("sns", "alarms");
const machineArn = localArn("states", "stateMachine:sweep");

/** Two alarms on one topic: a queue that has messages, and a state machine that failed. */
function program(policy?: object, queueName = "letters") {
  return () => {
    const topic = new aws.sns.Topic("alarms", { name: "alarms" });
    if (policy) {
      const Statement = { Effect: "Allow", Action: "sns:Publish", Resource: topicArn, ...policy };
      new aws.sns.TopicPolicy("alarms", {
        arn: topic.arn,
        policy: JSON.stringify({ Version: "2012-10-17", Statement }),
      });
    }
    new aws.sqs.Queue("letters", { name: "letters" });
    aMachine("sweep", aRole("nothing", { service: "states.amazonaws.com", may: {} }), {
      Fail: { Type: "Fail", Error: "UnownedChannelRunning" },
    });
    const common = {
      ...{ period: 60, evaluationPeriods: 1, threshold: 1, treatMissingData: "notBreaching" },
      ...{
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        alarmActions: [topic.arn],
        okActions: [topic.arn],
      },
    };
    new aws.cloudwatch.MetricAlarm("letters", {
      ...{ ...common, name: "letters", namespace: "AWS/SQS", statistic: "Maximum" },
      ...{ metricName: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: queueName } },
    });
    const failed = new aws.cloudwatch.MetricAlarm("failed", {
      ...{
        ...common,
        name: "failed",
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        statistic: "Sum",
      },
      dimensions: { StateMachineArn: machineArn },
    });
    return { arn: failed.arn, id: failed.id };
  };
}

describe("an alarm of the program", () => {
  let local: Local | undefined;
  afterEach(async () => {
    await local?.stop();
    local = undefined;
  });
  const start = async (policy?: object) => {
    local = await startLocal(program(policy), { startAt: "2026-01-01T00:00:00Z" });
    return local;
  };
  const fail = ({ runtime }: Local) =>
    runtime.services.StepFunctions.call("StartExecution", { stateMachineArn: machineArn });
  const told = ({ notifications }: Local) =>
    notifications.all().map(({ subject, timestamp }) => [subject, timestamp.slice(14, 19)]);

  it("has the outputs of the provider", async () => {
    expect((await start()).outputs).to.deep.equal({
      id: "failed",
      arn: localArn("cloudwatch", "alarm:failed"),
    });
  });

  it("tells a topic that an execution failed, and that it is over", async () => {
    const { clock } = await start();
    await fail(local as Local);
    await clock.advance({ minutes: 5 });
    expect(told(local as Local)).to.deep.equal([
      ['ALARM: "failed" in US East (N. Virginia)', "01:00"],
      ['OK: "failed" in US East (N. Virginia)', "02:00"],
    ]);
    expect(clock.pending()).to.deep.equal([]);
  });

  it("tells a topic that a queue has messages, until they are gone", async () => {
    const { clock, runtime } = await start();
    const { SQS } = runtime.services;
    const QueueUrl = SQS.queueUrl("letters");
    await SQS.call("SendMessage", { QueueUrl, MessageBody: "A letter" });
    await clock.advance({ minutes: 5 });
    expect(runtime.alarms.states()).to.deep.equal({ letters: "ALARM", failed: "OK" });
    const { Messages } = await SQS.call("ReceiveMessage", { QueueUrl });
    const [{ ReceiptHandle = "" } = {}] = Messages as JsonObject[];
    await SQS.call("DeleteMessage", { QueueUrl, ReceiptHandle });
    await clock.advance({ minutes: 1 });
    expect(told(local as Local).map(([subject]) => subject?.split(":")[0])).to.deep.equal(["ALARM", "OK"]);
  });

  it("publishes only where the topic's own policy lets CloudWatch in", async () => {
    for (const [policy, expected] of [
      [{ Principal: { Service: "cloudwatch.amazonaws.com" } }, 1],
      [{ Principal: { Service: "events.amazonaws.com" } }, 0],
      [
        {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: {
            ArnLike: { "aws:SourceArn": localArn("cloudwatch", "alarm:failed") },
            StringEquals: { "aws:SourceAccount": "000000000000" },
          },
        },
        1,
      ],
      [
        {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { ArnLike: { "aws:SourceArn": localArn("cloudwatch", "alarm:other") } },
        },
        0,
      ],
    ] as const) {
      const one = await start(policy);
      await fail(one);
      await one.clock.advance({ minutes: 1 });
      expect(told(one), JSON.stringify(policy)).to.have.lengthOf(expected);
      expect(one.runtime.alarms.states()).to.include({ failed: "ALARM" });
      await one.stop();
      local = undefined;
    }
  });

  it("is refused where it watches what is not of the program", async () => {
    const { message } = await expectRejection(startLocal(program(undefined, "other")));
    expect(message).to.include("The alarm 'letters' watches AWS/SQS").and.includes("'other'");
  });
});
