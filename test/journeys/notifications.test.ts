import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { redrive } from "../../cli/redrive/redrive";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import { check, type StreamNotification, streamNotificationSchema } from "../../contracts";
import type { chatMessage } from "../../handlers/compose-notification/chat";
import type { ReceivedRequest, ReceiverAnswer } from "../../local/http/receivers";
import { type Local, startLocal } from "../../testing";
import { leastArgs } from "../support/stream-orchestration";

const notify: StreamOrchestrationArgs["notify"] = [
  {
    ...{ type: "webhook", name: "ops", url: "https://ops.example.com/hooks/streams", maxPerSecond: 1 },
    auth: { apiKey: { header: "X-Api-Key", value: "s3cret" } },
    statuses: ["READY", "COMPLETE"],
  },
  {
    ...{ type: "webhook", name: "desk", url: "https://desk.example.com/in", severities: ["critical"] },
    auth: {
      oauth: {
        ...{ tokenUrl: "https://login.example.com/token", clientId: "streams", clientSecret: "s3cret-2" },
        scope: "notify",
      },
    },
  },
  { type: "pagerduty", name: "pager", routingKey: "s3cret-3", severities: ["critical"] },
  { type: "slack", name: "chat", workspaceId: "T01234567", channelId: "C01234567", statuses: ["LIVE"] },
];

describe("the notifications of a deployment", () => {
  const local = {} as Local;
  const answer: { ops: (request: ReceivedRequest) => ReceiverAnswer; desk: () => ReceiverAnswer } = {
    ops: () => ({ status: 204 }),
    desk: () => ({ status: 204 }),
  };
  let ops: readonly ReceivedRequest[] = [];
  let desk: readonly ReceivedRequest[] = [];
  let pager: readonly ReceivedRequest[] = [];
  let tokens: readonly ReceivedRequest[] = [];
  before(async () => {
    const args = {
      ...leastArgs,
      sweepIntervalMinutes: 1440,
      notify,
      health: { onChannelLost: "restart" as const },
    };
    Object.assign(local, await startLocal(() => ({ ...new StreamOrchestration("streams", args) }), {}));
    ops = local.receivers.play("ops.example.com", (request) => answer.ops(request));
    desk = local.receivers.play("desk.example.com", () => answer.desk());
    pager = local.receivers.play("events.pagerduty.com", () => ({ status: 202 }));
    tokens = local.receivers.play("login.example.com", () => ({
      status: 200,
      body: JSON.stringify({ access_token: `token-${tokens.length}` }),
    }));
  });
  after(() => local.stop?.());
  afterEach(() => local.faults?.clear());

  const read = ({ body }: ReceivedRequest) => JSON.parse(body) as StreamNotification;
  const of = (requests: readonly ReceivedRequest[], streamId: string) =>
    requests.map(read).filter((one) => one.streamId === streamId);
  const fail = async (streamId: string) => {
    await local.streams.provision(streamId);
    await local.streams.update(streamId, "FAILED", "The picture is black.");
    await local.clock.advance({ minutes: 2 });
  };

  it("tell of a failed attempt once: what happened, what was done, what is left", async () => {
    await fail("dark");
    const [notification, ...more] = of(ops, "dark");
    expect(more).to.deep.equal([]);
    expect(notification && check(streamNotificationSchema, notification)).to.include({ ok: true });
    expect(notification).to.deep.include({
      ...{ incident: "dark/1/failure", kind: "failure", phase: "told", severity: "warning", target: "ops" },
      title: "Stream dark: failed in AwaitLifecycleConfirmation",
      happened:
        "The provisioning of stream dark failed in AwaitLifecycleConfirmation. ConfirmationFailed: The picture is black.",
      done: ["The lease on channel 1234567 is given back.", "Attempt 1 is marked FAILED."],
      left: [],
      ...{ streamId: "dark", attempt: 1 },
    });
    expect(of(desk, "dark")).to.deep.equal([]);
    const { method, url, headers } = ops[0] as ReceivedRequest;
    expect([method, url, headers["x-api-key"]]).to.deep.equal([
      "POST",
      "https://ops.example.com/hooks/streams",
      "s3cret",
    ]);
  });

  it("tell of statuses those who asked for them, once however often they are announced", async () => {
    await local.streams.makeReady("told");
    await local.streams.update("told", "READY");
    await local.streams.update("told", "LIVE");
    await local.streams.end("told");
    await local.clock.advance({ minutes: 2 });
    expect(of(ops, "told").map(({ kind, status, severity }) => [kind, status, severity])).to.deep.equal([
      ["status", "READY", "info"],
      ["status", "COMPLETE", "info"],
    ]);
    expect(of(desk, "told")).to.deep.equal([]);
  });

  it("tell of a channel that is down, and that it runs again: PagerDuty resolves the incident", async () => {
    const before = pager.length;
    await local.streams.makeReady("down");
    const { channelId } = await local.streams.latest("down");
    local.encoder.crash(channelId ?? "");
    await local.clock.advance({ minutes: 10 });
    expect(of(ops, "down").map(({ incident, phase, severity }) => [incident, phase, severity])).to.deep.equal(
      [
        ["down/1/status-READY", "told", "info"],
        ["down/1/channel", "opened", "critical"],
        ["down/1/channel", "resolved", "critical"],
      ],
    );
    expect(of(desk, "down").map(({ phase }) => phase)).to.deep.equal(["opened", "resolved"]);
    const events = pager.slice(before).map(({ body }) => JSON.parse(body) as { [member: string]: unknown });
    expect(
      events.map(({ routing_key, event_action, dedup_key }) => [routing_key, event_action, dedup_key]),
    ).to.deep.equal([
      ["s3cret-3", "trigger", "down/1/channel"],
      ["s3cret-3", "resolve", "down/1/channel"],
    ]);
    expect(events[0]?.payload).to.deep.include({
      summary: "Stream down: its channel is down, and is restarted",
      source: "down",
      severity: "critical",
    });
    await local.streams.end("down");
  });

  it("come to the topic that Slack shows, as custom notifications", () => {
    const shown = local.notifications
      .all()
      .filter(({ topicArn }) => topicArn.includes("notify-chat"))
      .map(({ message }) => JSON.parse(message) as ReturnType<typeof chatMessage>);
    expect(shown.map(({ source, content }) => [source, content.title])).to.deep.equal([
      ["custom", "⚠️ Stream dark: failed in AwaitLifecycleConfirmation"],
      ["custom", "ℹ️ Stream told is LIVE"],
      ["custom", "🔴 Stream down: its channel is down, and is restarted"],
      ["custom", "✅ Stream down: its trouble is over"],
    ]);
  });

  it("come with a token where the target wants OAuth, and with another one where that is refused", async () => {
    expect(tokens.map(({ headers, body }) => [headers.authorization, body])).to.deep.equal([
      [
        `Basic ${Buffer.from("streams:s3cret-2").toString("base64")}`,
        "grant_type=client_credentials&scope=notify",
      ],
    ]);
    expect(desk.at(-1)?.headers.authorization).to.equal("Bearer token-1");
    let refusals = 1;
    answer.desk = () => ({ status: refusals-- > 0 ? 401 : 204 });
    local.alarms.report({ namespace: "AWS/Lambda", name: "Throttles", dimensions: {}, value: 12 });
    await local.clock.advance({ minutes: 11 });
    expect(desk.slice(-3).map(({ headers }) => headers.authorization)).to.deep.equal([
      "Bearer token-1",
      "Bearer token-2",
      "Bearer token-2",
    ]);
    answer.desk = () => ({ status: 204 });
  });

  it("tell of an alarm, and that it is over", () => {
    const alarms = ops.map(read).filter(({ kind }) => kind === "alarm");
    expect(alarms.map(({ phase, severity }) => [phase, severity])).to.deep.equal([
      ["opened", "critical"],
      ["resolved", "critical"],
    ]);
    expect(alarms[0]?.incident).to.match(/^alarm\/streams-alarms-function-throttles-[0-9a-f]{7}$/);
    expect(alarms[0]?.happened).to.match(/^Lambda throttled ten invocations/);
    expect(alarms[0]?.left.join(" ")).to.match(
      /^Find the function .* See docs\/runbook\.md, "Functions are throttled"\.$/,
    );
  });

  it("get each incident once to a target that was down for an hour", async () => {
    const before = ops.length;
    const upAt = local.clock.now() + 3_600_000;
    const taken: string[] = [];
    answer.ops = ({ body }) => {
      if (local.clock.now() < upAt) return { status: 503 };
      taken.push((JSON.parse(body) as StreamNotification).incident);
      return { status: 204 };
    };
    await fail("hour-1");
    await fail("hour-2");
    await local.clock.advance({ minutes: 80 });
    expect(ops.length - before).to.be.above(10);
    expect(taken).to.have.members(["hour-1/1/failure", "hour-2/1/failure"]);
    expect(await local.queues.peek()).to.deep.equal([]);
  });

  it("become dead letters where a target is down for longer than a day, and are redriven to that target alone", async () => {
    answer.ops = () => ({ status: 503 });
    await fail("day");
    await local.clock.advance({ hours: 25 });
    const [letter, ...more] = await local.queues.peek();
    expect(more).to.deep.equal([]);
    expect(letter?.attributes).to.include({ RETRY_ATTEMPTS: "185" });
    const before = { ops: ops.length, desk: desk.length, pager: pager.length };
    answer.ops = () => ({ status: 204 });
    const lines: string[] = [];
    const clients = {
      sqs: new SQSClient(local.aws),
      lambda: new LambdaClient(local.aws),
      sfn: new SFNClient(local.aws),
    };
    const queueUrl = String(local.outputs.deadLetterQueueUrl);
    const redriven = await redrive({ ...clients, queueUrl, tell: (line) => lines.push(line) });
    for (const client of Object.values(clients)) client.destroy();
    expect(redriven).to.deep.equal({ delivered: 1, kept: 0 });
    expect(lines[0]).to.match(
      /^delivered {2}StreamNotification "Stream day: failed in .*" for ops to streams-compose-notification/,
    );
    await local.clock.advance({ minutes: 10 });
    expect(ops.slice(before.ops).map((request) => read(request).incident)).to.include("day/1/failure");
    expect(desk.slice(before.desk).filter((request) => read(request).streamId === "day")).to.deep.equal([]);
    expect(await local.queues.peek()).to.deep.equal([]);
  });

  it("are not tried again where the target refuses them", async () => {
    const before = ops.length;
    answer.ops = () => ({ status: 400 });
    await fail("refused");
    // The alarm of the dead letters is told, too.
    const letters = (await local.queues.take()).filter(({ body }) => body.includes("refused/1/failure"));
    expect(letters.map(({ attributes }) => [attributes.ERROR_CODE, attributes.RETRY_ATTEMPTS])).to.deep.equal(
      [["SDK_CLIENT_ERROR", "0"]],
    );
    expect(ops.slice(before).filter((request) => read(request).streamId === "refused")).to.have.lengthOf(1);
    answer.ops = () => ({ status: 204 });
  });

  it("wait as long as a target asks, and come no faster than it wants them", async () => {
    await local.clock.advance({ minutes: 30 });
    const at: number[] = [];
    answer.ops = () => {
      at.push(local.clock.now());
      return at.length === 1 ? { status: 429, headers: { "retry-after": "120" } } : { status: 204 };
    };
    await fail("asks");
    await local.clock.advance({ minutes: 3 });
    expect((at[1] ?? 0) - (at[0] ?? 0)).to.equal(120_000);
    at.length = 1;
    for (let times = 0; times < 3; times++) {
      local.alarms.report({ namespace: "AWS/Lambda", name: "Throttles", dimensions: {}, value: 12 });
      local.alarms.report({
        namespace: "AWS/States",
        name: "ExecutionThrottled",
        dimensions: { StateMachineArn: String(local.outputs.stateMachineArn) },
        value: 1,
      });
    }
    await local.clock.advance({ minutes: 6 });
    expect((at[2] ?? 0) - (at[1] ?? 0)).to.equal(1000);
  });

  it("hold no secret, in events, logs and environments", () => {
    const texts = [
      JSON.stringify(local.events.all()),
      JSON.stringify(local.logs.all()),
      JSON.stringify(
        local.runtime.graph.resources.filter(({ type }) => /lambda|eventTarget|eventRule/.test(type)),
      ),
    ];
    for (const text of texts) expect(text).to.not.include("s3cret");
  });

  it("tell of a failed attempt that left its channel running, and of its end, once each", async () => {
    await local.streams.provision("left-over");
    const refused = { code: "ForbiddenException", message: "no", statusCode: 403 };
    const mend = local.faults.fail({
      ...{ service: "MediaLive", action: "StopChannel", error: refused, times: Infinity },
    });
    await local.streams.update("left-over", "FAILED", "The picture is black.");
    await local.clock.advance({ hours: 1 });
    const told = () => of(desk, "left-over").map(({ phase, title }) => `${phase}: ${title}`);
    const opened = "opened: Stream left-over: ACTION NEEDED, failed in AwaitLifecycleConfirmation";
    expect(told()).to.deep.equal([opened]);
    mend();
    await local.streams.sweep();
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(told()).to.deep.equal([opened, "resolved: Stream left-over: its failed attempt is cleaned up"]);
    const events = pager.map(({ body }) => JSON.parse(body) as { event_action: string; dedup_key: string });
    expect(
      events.filter(({ dedup_key }) => dedup_key === "left-over/1/failure").map((one) => one.event_action),
    ).to.deep.equal(["trigger", "resolve"]);
  });
});
