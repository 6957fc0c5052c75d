import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { redrive } from "../../cli/redrive/redrive";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import { check, type StreamNotification, streamNotificationSchema } from "../../contracts";
import { isGenuine } from "../../examples/verify-webhook";
import type { ReceivedRequest, ReceiverAnswer } from "../../local/http/receivers";
import { type Local, startLocal } from "../../testing";
import { leastArgs } from "../support/stream-orchestration";

const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const notify: StreamOrchestrationArgs["notify"] = [
  {
    type: "webhook",
    name: "signed",
    url: "https://signed.example.com/in?team=video",
    auth: { hmac: { secret } },
  },
];

describe("a webhook that wants its requests signed", () => {
  const local = {} as Local;
  let answer: () => ReceiverAnswer = () => ({ status: 204 });
  let requests: readonly ReceivedRequest[] = [];
  before(async () => {
    const args = { ...leastArgs, sweepIntervalMinutes: 1440, notify };
    Object.assign(local, await startLocal(() => ({ ...new StreamOrchestration("streams", args) }), {}));
    requests = local.receivers.play("signed.example.com", () => answer());
  });
  after(() => local.stop?.());

  const of = (streamId: string) =>
    requests.filter(({ body }) => (JSON.parse(body) as StreamNotification).streamId === streamId);
  const fail = async (streamId: string) => {
    await local.streams.provision(streamId);
    await local.streams.update(streamId, "FAILED", "The picture is black.");
    await local.clock.advance({ minutes: 2 });
  };

  it("is told of an incident, and can verify who tells it, and when", async () => {
    await fail("dark");
    const [request, ...more] = of("dark");
    expect(more).to.deep.equal([]);
    const { method, url, headers = {}, body = "" } = request ?? {};
    expect([method, url]).to.deep.equal(["POST", "https://signed.example.com/in?team=video"]);
    expect(check(streamNotificationSchema, JSON.parse(body))).to.include({ ok: true });
    expect(headers["webhook-id"]).to.equal((JSON.parse(body) as StreamNotification).id);
    const now = local.clock.now();
    expect(isGenuine(headers, body, secret, now)).to.equal(true);
    expect(isGenuine(headers, `${body} `, secret, now)).to.equal(false);
    expect(isGenuine({ ...headers, "webhook-id": "another" }, body, secret, now)).to.equal(false);
    expect(isGenuine(headers, body, `whsec_${Buffer.from("another").toString("base64")}`, now)).to.equal(
      false,
    );
    expect(isGenuine(headers, body, secret, now + 3_600_000)).to.equal(false);
    expect(isGenuine({}, body, secret, now)).to.equal(false);
  });

  it("gets each incident once where it was down for an hour, with a signature of that time", async () => {
    const upAt = local.clock.now() + 3_600_000;
    const taken: number[] = [];
    answer = () => {
      if (local.clock.now() < upAt) return { status: 503 };
      taken.push(local.clock.now());
      return { status: 204 };
    };
    await fail("hour");
    await local.clock.advance({ minutes: 80 });
    expect(taken).to.have.lengthOf(1);
    expect(of("hour").length).to.be.above(5);
    const { headers = {}, body = "" } = of("hour").at(-1) ?? {};
    expect(isGenuine(headers, body, secret, taken[0])).to.equal(true);
    expect(await local.queues.peek()).to.deep.equal([]);
  });

  it("leaves a dead letter where it is down for longer than a day, which is redriven", async () => {
    answer = () => ({ status: 503 });
    const queue = { service: "SQS", action: "SendMessage", error: "throttle" } as const;
    const mend = local.faults.fail({ ...queue, times: 1 });
    await fail("day");
    await local.clock.advance({ hours: 26 });
    mend();
    const letters = (await local.queues.peek()).filter(({ body }) => body.includes("day/1/failure"));
    expect(letters).to.have.lengthOf(1);
    expect(letters[0]?.attributes.ERROR_MESSAGE).to.include("The target 'signed' answered with status 503.");
    const before = of("day").length;
    answer = () => ({ status: 204 });
    const clients = {
      sqs: new SQSClient(local.aws),
      lambda: new LambdaClient(local.aws),
      sfn: new SFNClient(local.aws),
    };
    const queueUrl = String(local.outputs.deadLetterQueueUrl);
    const { kept } = await redrive({ ...clients, queueUrl, tell: () => undefined });
    for (const client of Object.values(clients)) client.destroy();
    expect(kept).to.equal(0);
    await local.clock.advance({ minutes: 10 });
    expect(of("day").length - before).to.equal(1);
    expect(await local.queues.peek()).to.deep.equal([]);
  });

  it("is not asked again where it refuses", async () => {
    answer = () => ({ status: 410 });
    await fail("refused");
    expect(of("refused")).to.have.lengthOf(1);
    const letters = (await local.queues.take()).filter(({ body }) => body.includes("refused/1/failure"));
    expect(letters.map(({ attributes }) => attributes.ERROR_CODE)).to.deep.equal(["WebhookRefused"]);
    answer = () => ({ status: 204 });
  });

  it("raises an alarm for a notification that was neither delivered nor kept as a dead letter", async () => {
    answer = () => ({ status: 410 });
    const error = {
      code: "AWS.SimpleQueueService.NonExistentQueue",
      message: "The queue is gone.",
      statusCode: 400,
    };
    const mend = local.faults.fail({ service: "SQS", action: "SendMessage", error, times: 100 });
    await fail("lost");
    await local.clock.advanceUntil(
      "the alarm",
      () =>
        local.alarms.raised().some((name) => name.startsWith("streams-alarms-StreamWebhooks-")) || undefined,
    );
    mend();
    answer = () => ({ status: 204 });
    const failed = local.executions
      .of("streams-notify-StreamWebhooks")
      .filter(({ status, input }) => status === "FAILED" && JSON.stringify(input).includes("lost/1/failure"));
    expect(failed).to.have.lengthOf(1);
  });

  it("has its secret in Secrets Manager alone", () => {
    const key = secret.replace("whsec_", "");
    const holders = local.runtime.graph.resources.filter(({ inputs }) =>
      JSON.stringify(inputs).includes(key),
    );
    expect(holders.map(({ type }) => type)).to.deep.equal(["aws:secretsmanager/secretVersion:SecretVersion"]);
    for (const told of [local.events.all(), local.logs.all()]) {
      expect(JSON.stringify(told)).to.not.include(key);
    }
  });
});
