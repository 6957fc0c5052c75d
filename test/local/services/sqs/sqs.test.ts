import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import { Sqs } from "../../../../local/services/sqs/sqs";
import { SteppedClock, settled } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

describe("SQS", () => {
  let clock: SteppedClock;
  let sqs: Sqs;
  let QueueUrl: string;

  beforeEach(() => {
    clock = new SteppedClock();
    sqs = new Sqs({ clock, region: "eu-central-1", accountId: "123456789012" });
    sqs.createQueue("jobs", { visibilityTimeoutSeconds: 30 });
    QueueUrl = sqs.queueUrl("jobs");
  });

  const send = (MessageBody: string, more: JsonObject = {}) =>
    sqs.call("SendMessage", { QueueUrl, MessageBody, ...more });
  const receive = async (more: JsonObject = {}) => {
    const { Messages = [] } = await sqs.call("ReceiveMessage", {
      QueueUrl,
      MaxNumberOfMessages: 10,
      ...more,
    });
    return Messages as JsonObject[];
  };
  const bodies = async (more?: JsonObject) => (await receive(more)).map((message) => message.Body);
  const remove = (ReceiptHandle: unknown) =>
    sqs.call("DeleteMessage", { QueueUrl, ReceiptHandle: String(ReceiptHandle) });

  it("hides a message that was received until its visibility timeout is over", async () => {
    await send("one");
    expect(await bodies()).to.deep.equal(["one"]);
    expect(await bodies()).to.deep.equal([]);
    await clock.advance({ milliseconds: 29_999 });
    expect(await bodies()).to.deep.equal([]);
    await clock.advance({ milliseconds: 1 });
    expect(await bodies({ VisibilityTimeout: 0 })).to.deep.equal(["one"]);
    expect(await bodies()).to.deep.equal(["one"]);
  });

  it("gives out no more messages than it is asked for", async () => {
    for (const body of ["one", "two", "three"]) await send(body);
    expect(await bodies({ MaxNumberOfMessages: 2 })).to.deep.equal(["one", "two"]);
    const { Messages } = await sqs.call("ReceiveMessage", { QueueUrl });
    expect(Messages).to.have.length(1);
  });

  it("deletes by the latest receipt, and lets an outdated one pass without effect", async () => {
    await send("one");
    const [first] = await receive({ VisibilityTimeout: 0 });
    const [second] = await receive({ VisibilityTimeout: 0 });
    await remove(first?.ReceiptHandle);
    expect(await bodies({ VisibilityTimeout: 0 })).to.deep.equal(["one"]);
    const [third] = await receive({ VisibilityTimeout: 0 });
    await remove(second?.ReceiptHandle);
    await remove(third?.ReceiptHandle);
    expect(await bodies()).to.deep.equal([]);
    await expectAwsError(remove("nonsense"), "ReceiptHandleIsInvalid");
  });

  it("waits for a message as long as it is told", async () => {
    const early = bodies({ WaitTimeSeconds: 20 });
    await settled();
    await send("one");
    expect(await early).to.deep.equal(["one"]);

    const late = bodies({ WaitTimeSeconds: 15 });
    await clock.advance({ milliseconds: 15_000 });
    expect(await late).to.deep.equal([]);

    const whenVisible = bodies({ WaitTimeSeconds: 20 });
    await clock.advance({ milliseconds: 15_000 });
    expect(await whenVisible).to.deep.equal(["one"]);
  });

  it("delays, counts and forgets messages", async () => {
    await send("now");
    await send("later", { DelaySeconds: 60 });
    await receive();
    const { Attributes } = await sqs.call("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });
    expect(Attributes).to.deep.include({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "1",
    });
    await clock.advance({ milliseconds: 60_000 });
    expect(await bodies()).to.deep.equal(["now", "later"]);
    await clock.advance({ milliseconds: 4 * 24 * 3600 * 1000 });
    expect(await bodies()).to.deep.equal([]);
  });

  it("delivers the attributes that are asked for", async () => {
    sqs.send("arn:aws:sqs:eu-central-1:123456789012:jobs", "dead", { ERROR_CODE: "X", RULE_ARN: "arn:r" });
    const poll = { VisibilityTimeout: 0 };
    const [bare] = await receive(poll);
    const [some] = await receive({
      ...poll,
      MessageAttributeNames: ["ERROR_*"],
      AttributeNames: ["SentTimestamp"],
    });
    expect(bare).to.not.have.any.keys("MessageAttributes", "Attributes", "MD5OfMessageAttributes");
    expect(some?.MessageAttributes).to.deep.equal({ ERROR_CODE: { DataType: "String", StringValue: "X" } });
    expect(some?.Attributes).to.deep.equal({ SentTimestamp: String(clock.now()) });
  });

  it("digests message attributes as SQS does", async () => {
    // Worked out by hand from the algorithm: name, type, kind of value and value, each with its length before it.
    const sent = await send("body", { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } });
    expect(sent.MD5OfMessageBody).to.equal("841a2d689ad86bd1611447453c22c6fc");
    expect(sent.MD5OfMessageAttributes).to.equal("bef8bf215374a0a228d67533b1a488be");
  });

  it("refuses unknown queues and values out of range", async () => {
    await expectAwsError(sqs.call("GetQueueUrl", { QueueName: "nothing" }), "QueueDoesNotExist");
    await expectAwsError(sqs.call("ReceiveMessage", { QueueUrl: `${QueueUrl}-not` }), "QueueDoesNotExist");
    await expectAwsError(receive({ MaxNumberOfMessages: 11 }), "InvalidParameterValueException");
    await expectAwsError(receive({ WaitTimeSeconds: 21 }), "InvalidParameterValueException");
    await expectAwsError(send(""), "InvalidParameterValueException");
    await expectAwsError(send("x".repeat(1024 * 1024 + 1)), "InvalidMessageContents");
    await expectAwsError(sqs.call("PurgeQueue", { QueueUrl }), "UnknownOperationException");
    expect(() => sqs.createQueue("jobs.fifo")).to.throw("FIFO");
  });
});
