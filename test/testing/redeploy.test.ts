import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Local, startLocal } from "../../testing";
import { expectRejection } from "../local/support/expect-rejection";

/** A state machine that waits, an item of a table, a rule on a schedule, an alarm and a callback, each with the stack's `size`. */
function program() {
  const size = new pulumi.Config().require("size");
  const table = new aws.dynamodb.Table("things", {
    billingMode: "PAY_PER_REQUEST",
    attributes: [{ name: "id", type: "S" }],
    hashKey: "id",
  });
  new aws.dynamodb.TableItem("size", {
    tableName: table.name,
    hashKey: "id",
    item: JSON.stringify({ id: { S: "size" }, value: { S: size } }),
  });
  const role = new aws.iam.Role("waiter", {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    }),
  });
  new aws.iam.RolePolicy("waiter", {
    role: role.id,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["medialive:DescribeChannel"],
          Resource: [`arn:aws:medialive:us-east-1:000000000000:channel:${size}`],
        },
      ],
    }),
  });
  const machine = new aws.sfn.StateMachine("waiter", {
    roleArn: role.arn,
    definition: JSON.stringify({
      QueryLanguage: "JSONata",
      StartAt: "Wait",
      States: {
        Wait: { Type: "Wait", Seconds: 60, Next: "Read" },
        Read: {
          Type: "Task",
          Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
          Arguments: { ChannelId: size },
          Output: { size },
          End: true,
        },
      },
    }),
  });
  const topic = new aws.sns.Topic("mails");
  new aws.sns.TopicSubscription("mails", { topic: topic.arn, protocol: "email", endpoint: "a@example.com" });
  new aws.cloudwatch.MetricAlarm("failed", {
    ...{ namespace: "AWS/States", metricName: "ExecutionsFailed", statistic: "Sum", period: 60 },
    ...{ evaluationPeriods: 1, threshold: 1, comparisonOperator: "GreaterThanOrEqualToThreshold" },
    dimensions: { StateMachineArn: machine.arn },
    treatMissingData: "notBreaching",
    alarmActions: [topic.arn],
  });
  return { size };
}

describe("a program that is deployed again", () => {
  let local: Local;
  before(async () => {
    local = await startLocal(program, { config: { size: "1" } });
  });
  after(() => local.stop());

  const itemOf = async () => {
    const table = local.runtime.graph.resources.find(({ type }) => type === "aws:dynamodb/table:Table");
    const { Item } = await local.runtime.services.DynamoDB.call("GetItem", {
      TableName: String(table?.outputs.name),
      Key: { id: { S: "size" } },
    });
    return Item;
  };

  it("has the outputs, the items and the definitions of the latest deployment, and executions keep theirs", async () => {
    local.encoder.setState("1", "RUNNING");
    const first = await local.executions.start("waiter");
    await local.redeploy({ config: { size: "2" } });
    expect(local.outputs).to.deep.equal({ size: "2" });
    expect(await itemOf()).to.deep.equal({ id: { S: "size" }, value: { S: "2" } });

    const second = await local.executions.start("waiter");
    const { output } = await local.executions.advanceUntil(second);
    expect(output).to.deep.equal({ size: "2" });
    // Its own definition names the first channel, which today's role may not read.
    const { status, cause } = await local.executions.advanceUntil(first);
    expect(status).to.equal("FAILED");
    expect(cause).to.match(/not authorized to perform: medialive:DescribeChannel .*channel:1 /);
  });

  it("keeps channels as they are, and has each alarm and each subscription once", async () => {
    expect(local.encoder.all().map(({ id, state }) => `${id} ${state}`)).to.deep.equal([
      "1 RUNNING",
      "2 IDLE",
    ]);
    await local.clock.advance({ minutes: 2 });
    expect(local.alarms.raised()).to.have.lengthOf(1);
    const { SNS } = local.runtime.services;
    const topic = local.runtime.graph.resources.find(({ type }) => type === "aws:sns/topic:Topic");
    expect(SNS.subscriptions(String(topic?.outputs.arn))).to.have.lengthOf(1);
  });

  it("goes on as it was where the program throws", async () => {
    expect((await expectRejection(local.redeploy({ config: {} }))).message).to.include("size");
    expect(local.outputs).to.deep.equal({ size: "2" });
    expect(await itemOf()).to.deep.equal({ id: { S: "size" }, value: { S: "2" } });
  });

  it("may become another program", async () => {
    await local.redeploy({ program: () => ({ other: true }) });
    expect(local.outputs).to.deep.equal({ other: true });
  });
});
