import { ListSubscriptionsCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type PublishedMessage, Sns } from "../../../../local/services/sns/sns";
import { Sqs } from "../../../../local/services/sqs/sqs";
import { SteppedClock } from "../../../support/stepped-clock";
import { accountId, region, rejection, startServer, type TestServer } from "../../support/test-server";

describe("SQS and SNS on the wire", () => {
  const clock = new SteppedClock();
  const published: PublishedMessage[] = [];
  let server: TestServer;
  let sqs: SQSClient;
  let sns: SNSClient;
  let topicArn: string;

  before(async () => {
    const queues = new Sqs({ clock, region, accountId, endpoint: () => server.url });
    queues.createQueue("dead-letters");
    const topics = new Sns({ clock, region, accountId, onPublish: (message) => published.push(message) });
    topicArn = topics.createTopic("on-call");
    server = await startServer({ SQS: queues, SNS: topics });
    sqs = new SQSClient(server.client);
    sns = new SNSClient(server.client);
  });

  after(async () => {
    sqs.destroy();
    sns.destroy();
    await server.close();
  });

  it("sends, receives and deletes a message over AWS JSON, digests included", async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "dead-letters" }));
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({}));
    const attributes = {
      kind: { DataType: "String", StringValue: "tést" },
      raw: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
    };
    const sent = await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: "hällo", MessageAttributes: attributes }),
    );
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );

    expect(QueueUrls).to.deep.equal([QueueUrl]);
    expect(Messages).to.have.length(1);
    expect(Messages?.[0]).to.deep.include({
      MessageId: sent.MessageId,
      Body: "hällo",
      MessageAttributes: attributes,
    });
    expect(Messages?.[0]?.MD5OfMessageAttributes).to.equal(sent.MD5OfMessageAttributes);
    expect(Messages?.[0]?.Attributes?.ApproximateReceiveCount).to.equal("1");
    expect(Attributes).to.deep.include({
      QueueArn: `arn:aws:sqs:${region}:${accountId}:dead-letters`,
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
    });
  });

  it("speaks SQS's query protocol too", async () => {
    const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: "dead-letters" }));
    const post = async (parameters: Record<string, string>) => {
      const body = new URLSearchParams({ Version: "2012-11-05", QueueUrl, ...parameters });
      return await (await fetch(QueueUrl, { method: "POST", body })).text();
    };

    const sent = await post({
      Action: "SendMessage",
      MessageBody: "a < b",
      "MessageAttribute.1.Name": "kind",
      "MessageAttribute.1.Value.DataType": "String",
      "MessageAttribute.1.Value.StringValue": "old",
    });
    const received = await post({
      Action: "ReceiveMessage",
      MaxNumberOfMessages: "1",
      "MessageAttributeName.1": "All",
      "AttributeName.1": "ApproximateReceiveCount",
    });

    expect(sent).to.contain("<SendMessageResponse").and.contain("<MD5OfMessageBody>");
    expect(received).to.contain("<Body>a &#60; b</Body>");
    expect(received).to.contain(
      "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>",
    );
    expect(received).to.contain(
      "<MessageAttribute><Name>kind</Name><Value><DataType>String</DataType><StringValue>old</StringValue></Value></MessageAttribute>",
    );
  });

  it("answers an unknown queue as both generations of SDKs expect", async () => {
    const error = await rejection(sqs.send(new GetQueueUrlCommand({ QueueName: "nothing" })));
    expect(error.name).to.equal("QueueDoesNotExist");

    const body = new URLSearchParams({ Version: "2012-11-05", Action: "GetQueueUrl", QueueName: "nothing" });
    const old = await fetch(server.url, { method: "POST", body });
    expect(old.status).to.equal(400);
    expect(await old.text()).to.contain("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>");
  });

  it("publishes with subject and attributes over the query protocol", async () => {
    const answer = await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: "Stream <1> failed & stopped",
        Subject: "Alert",
        MessageAttributes: {
          severity: { DataType: "String", StringValue: "high" },
          attempt: { DataType: "Number", StringValue: "2" },
        },
      }),
    );
    expect(published).to.deep.equal([
      {
        messageId: answer.MessageId,
        topicArn,
        message: "Stream <1> failed & stopped",
        subject: "Alert",
        attributes: {
          severity: { DataType: "String", StringValue: "high" },
          attempt: { DataType: "Number", StringValue: "2" },
        },
        timestamp: new Date(clock.now()).toISOString(),
      },
    ]);
  });

  it("answers SNS's refusals by their names", async () => {
    const missing = await rejection(
      sns.send(new PublishCommand({ TopicArn: `${topicArn}-not`, Message: "m" })),
    );
    const empty = await rejection(sns.send(new PublishCommand({ TopicArn: topicArn, Message: "" })));
    expect([missing.name, missing.$metadata?.httpStatusCode]).to.deep.equal(["NotFoundException", 404]);
    expect(empty.name).to.equal("InvalidParameterException");
  });

  it("names actions that it does not serve", async () => {
    const queue = await rejection(sqs.send(new CreateQueueCommand({ QueueName: "new" })));
    const topics = await rejection(sns.send(new ListSubscriptionsCommand({})));
    expect(queue.message).to.equal("The local runtime does not serve SQS CreateQueue.");
    expect(topics.message).to.equal("The local runtime does not serve SNS ListSubscriptions.");
  });
});
