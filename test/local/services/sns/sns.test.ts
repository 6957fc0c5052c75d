import { expect } from "chai";
import { type PublishedMessage, Sns, type SubscriptionSpec } from "../../../../local/services/sns/sns";
import { SteppedClock } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

describe("SNS", () => {
  const where = { clock: new SteppedClock(), region: "eu-central-1", accountId: "123456789012" };
  const message = { TopicArn: "arn:aws:sns:eu-central-1:123456789012:on-call", Message: "text" };

  it("hands a message to functions and queues, and records who gets mail", async () => {
    const delivered: [SubscriptionSpec, PublishedMessage][] = [];
    const sns = new Sns({ ...where, deliver: (...delivery) => delivered.push(delivery) });
    const topicArn = sns.createTopic("on-call");
    const mail = { topicArn, protocol: "email", endpoint: "team@example.com" };
    const handler = { topicArn, protocol: "lambda", endpoint: "arn:function" };
    sns.subscribe(mail);
    sns.subscribe(handler);

    const { MessageId } = await sns.call("Publish", message);

    expect(sns.subscriptions(topicArn)).to.deep.equal([mail, handler]);
    expect(delivered.map(([to, { messageId }]) => [to.endpoint, messageId])).to.deep.equal([
      ["arn:function", MessageId],
    ]);
  });

  it("refuses a subscription that nothing would deliver", () => {
    const sns = new Sns(where);
    const topicArn = sns.createTopic("on-call");
    expect(() => sns.subscribe({ topicArn, protocol: "sqs", endpoint: "arn:queue" })).to.throw("arn:queue");
  });

  it("refuses what SNS refuses", async () => {
    const sns = new Sns(where);
    await expectAwsError(sns.call("Publish", message), "NotFoundException", 404);
    sns.createTopic("on-call");
    const wrong = [
      { Message: "" },
      { Message: "x".repeat(256 * 1024 + 1) },
      { Subject: "x".repeat(101) },
      { Subject: "two\nlines" },
      { MessageAttributes: { a: { DataType: "String" } } },
      { MessageStructure: "json" },
      { TopicArn: 1 },
    ];
    for (const change of wrong) {
      await expectAwsError(sns.call("Publish", { ...message, ...change }), "InvalidParameterException");
    }
    await expectAwsError(sns.call("CreateTopic", {}), "UnknownOperationException");
    expect(() => sns.createTopic("on-call.fifo")).to.throw("FIFO");
  });
});
