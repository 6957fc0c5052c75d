import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { type Local, startLocal } from "../../../testing";

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

describe("what a program has that is served in part", () => {
  let local: Local;
  before(async () => {
    local = await startLocal(() => {
      const topic = new aws.sns.Topic("news", { name: "news" });
      const queue = new aws.sqs.Queue("jobs", { name: "jobs" });
      new aws.sqs.QueuePolicy("jobs", {
        queueUrl: queue.url,
        policy: queue.arn.apply((Resource) =>
          JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource,
              },
            ],
          }),
        ),
      });
      new aws.sns.TopicSubscription("jobs", { topic: topic.arn, protocol: "sqs", endpoint: queue.arn });
      topic.onEvent("say", async (event) => {
        console.log(`heard ${event.Records?.[0]?.Sns.Message}`);
      });
      const role = new aws.iam.Role("role", { assumeRolePolicy: trust("scheduler.amazonaws.com") });
      new aws.scheduler.Schedule("nightly", {
        flexibleTimeWindow: { mode: "OFF" },
        scheduleExpression: "cron(0 3 * * ? *)",
        target: { arn: queue.arn, roleArn: role.arn },
      });
      new aws.sqs.Queue("ordered", { fifoQueue: true });
      new aws.sfn.StateMachine("fast", {
        name: "fast",
        type: "EXPRESS",
        roleArn: new aws.iam.Role("states", { assumeRolePolicy: trust("states.amazonaws.com") }).arn,
        definition: JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", End: true } } }),
      });
    });
  });
  after(() => local.stop());

  it("hands a topic's messages to queues and functions", async () => {
    const TopicArn = `arn:aws:sns:us-east-1:000000000000:news`;
    await local.runtime.services.SNS.call("Publish", { TopicArn, Message: "hello", Subject: "greeting" });
    await local.logs.waitFor("heard hello");
    const [message] = await local.queues.peek("jobs");
    const { Type, Message, Subject } = JSON.parse(String(message?.body)) as Record<string, string>;
    expect({ Type, Message, Subject }).to.deep.equal({
      Type: "Notification",
      Message: "hello",
      Subject: "greeting",
    });
  });

  it("records the rest, and says so when it is called", async () => {
    const inert = local.runtime.graph.resources.filter(({ isInert }) => isInert).map(({ name }) => name);
    expect(inert).to.include.members(["nightly", "ordered", "fast"]);
    const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:fast";
    const refusal = await local.runtime.services.StepFunctions.call("StartExecution", {
      stateMachineArn,
    }).catch((error: Error) => error.message);
    expect(refusal).to.match(/Does Not Exist.*The program's 'fast' is only recorded, not served: .*EXPRESS/);
  });
});
