import { expect } from "chai";
import type { Local } from "../../testing";
import { useLocal } from "../support/use-local";
import { patterns } from "./support/patterns";

const config = { channelIds: "1001", sweepIntervalMinutes: "1440" };
let streams = 0;

/** Makes a stream READY, and has it LIVE where told. */
async function up(local: Local, status: "READY" | "LIVE" = "READY"): Promise<string> {
  const streamId = `health-${++streams}`;
  await local.streams.makeReady(streamId);
  if (status === "LIVE") await local.streams.update(streamId, "LIVE");
  await local.settled();
  return streamId;
}

/** The subjects of the messages about a stream. */
const told = (local: Local, streamId: string) =>
  local.notifications.subjects().filter((subject) => subject.startsWith(`Stream ${streamId}: `));

/** The last change of a stream's status. */
const last = async (local: Local, streamId: string) => (await local.streams.get(streamId))?.history.at(-1);

async function nothingIsLeft(local: Local): Promise<void> {
  await local.clock.advance({ minutes: 5 });
  expect(await local.streams.leases()).to.deep.equal([]);
  expect(await patterns(local)).to.deep.equal([]);
  expect(local.encoder.get("1001").state).to.equal("IDLE");
}

describe("a stream whose channel stops", () => {
  const local = useLocal({ config });

  for (const status of ["READY", "LIVE"] as const) {
    it(`is FAILED at once where it was ${status}: history, event, on-call and cleanup`, async () => {
      const streamId = await up(local, status);
      const before = local.clock.now();
      local.encoder.crash("1001");
      await local.settled();
      expect(await last(local, streamId)).to.deep.equal({
        status: "FAILED",
        reason: `Channel 1001 is down while the stream is ${status}: it is IDLE.`,
        at: new Date(before).toISOString(),
        origin: "health",
        component: "StreamHealth",
      });
      expect(told(local, streamId)).to.deep.equal([
        `Stream ${streamId}: its channel is down, and it has FAILED`,
      ]);
      expect(local.streams.told(streamId).slice(-2)).to.deep.equal([
        "health CHANNEL_DOWN",
        "FAILED by health",
      ]);
      expect(local.clock.now()).to.equal(before);
      await nothingIsLeft(local);
      expect(told(local, streamId)).to.have.lengthOf(1);
    });
  }

  it("is FAILED when somebody stops the channel by hand", async () => {
    const streamId = await up(local);
    await local.runtime.services.MediaLive.call("StopChannel", { ChannelId: "1001" });
    await local.settled();
    expect((await last(local, streamId))?.reason).to.match(/is STOPPING\.$/);
    await nothingIsLeft(local);
  });

  it("is left alone by an event that lies: the channel runs", async () => {
    const streamId = await up(local);
    const { EventBridge } = local.runtime.services;
    const channel_arn = local.encoder.get("1001").arn;
    for (const state of ["STOPPED", "STOPPING", "DELETED", "IDLE", "NONSENSE"]) {
      EventBridge.emit("default", {
        source: "aws.medialive",
        detailType: "MediaLive Channel State Change",
        resources: [channel_arn],
        detail: { channel_arn, state },
      });
    }
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    expect(told(local, streamId)).to.deep.equal([]);
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });

  it("goes on where MediaLive recovers the channel itself, and is ended while it does", async () => {
    const streamId = await up(local);
    local.encoder.recover("1001", 30_000);
    await local.clock.advance({ seconds: 20 });
    expect(await local.streams.get(streamId)).to.have.nested.property("health.channelState", "RECOVERING");
    await local.clock.advance({ seconds: 20 });
    expect(await local.streams.get(streamId)).to.have.nested.property("health.channelState", "RUNNING");
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    expect(told(local, streamId)).to.deep.equal([]);
    local.encoder.recover("1001", 30_000);
    await local.streams.update(streamId, "COMPLETE");
    await local.clock.advance({ minutes: 2 });
    expect((await local.streams.get(streamId))?.teardown).to.include({ status: "DONE" });
    await nothingIsLeft(local);
  });

  it("is left alone by events of others, and by what is none of MediaLive's", async () => {
    const streamId = await up(local);
    const { EventBridge } = local.runtime.services;
    const own = local.encoder.get("1001").arn;
    const put = (source: string, detail: object) =>
      EventBridge.emit("default", {
        source,
        detailType: "MediaLive Channel State Change",
        resources: [],
        detail: detail as never,
      });
    put("com.example", { channel_arn: own, state: "STOPPED" });
    put("aws.medialive", { channel_arn: own.replace("1001", "9999"), state: "STOPPED" });
    put("aws.medialive", { channel_arn: "1001", state: "STOPPED" });
    put("aws.medialive", { channel_arn: own, state: { $ne: 1 } });
    put("aws.medialive", {});
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    expect(
      local.executions.of("streams-StreamHealth").filter(({ status }) => status !== "SUCCEEDED"),
    ).to.deep.equal([]);
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });

  it("is FAILED as soon as it is READY where the channel died before", async () => {
    const streamId = `health-${++streams}`;
    await local.streams.provision(streamId);
    local.encoder.crash("1001");
    await local.settled();
    await local.streams.confirm(streamId, "READY");
    await local.clock.advance({ seconds: 20 });
    expect(await local.streams.get(streamId)).to.include({ status: "FAILED" });
    expect(told(local, streamId)).to.have.lengthOf(1);
    await nothingIsLeft(local);
  });

  it("is told of once, however often the event comes", async () => {
    const streamId = await up(local);
    local.faults.duplicate({ target: "streams-track-health" });
    local.encoder.crash("1001");
    local.encoder.crash("1001");
    await local.settled();
    expect(told(local, streamId)).to.have.lengthOf(1);
    expect(
      (await local.streams.get(streamId))?.history.filter(({ status }) => status === "FAILED"),
    ).to.have.lengthOf(1);
    await nothingIsLeft(local);
  });
});

describe("a stream whose channel is restarted", () => {
  const local = useLocal({ config: { ...config, onChannelLost: "restart" } });

  it("goes on, and fails when the channel stops once more", async () => {
    const streamId = await up(local, "LIVE");
    local.encoder.crash("1001");
    await local.clock.advance({ seconds: 20 });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(await local.streams.get(streamId)).to.include({ status: "LIVE" });
    expect(local.streams.told(streamId).slice(-2)).to.deep.equal(["health CHANNEL_DOWN", "health OK"]);
    expect(told(local, streamId)).to.deep.equal([
      `Stream ${streamId}: its channel is down, and is restarted`,
    ]);

    await local.clock.advance({ minutes: 30 });
    local.encoder.crash("1001");
    await local.settled();
    expect((await last(local, streamId))?.reason).to.equal(
      "Channel 1001 is down, and has been restarted once: it is IDLE.",
    );
    await nothingIsLeft(local);
  });

  it("fails where the channel does not start", async () => {
    const streamId = await up(local);
    local.encoder.failNext("StartChannel", { code: "BadRequestException", message: "no", statusCode: 400 });
    local.encoder.crash("1001");
    await local.clock.advance({ minutes: 2 });
    expect((await last(local, streamId))?.reason).to.match(
      /the restart failed, MediaLive\.BadRequestException/,
    );
    await nothingIsLeft(local);
  });

  it("waits for a channel that is stopping", async () => {
    const streamId = await up(local);
    local.encoder.setDelays("1001", { stopMilliseconds: 60_000 });
    await local.runtime.services.MediaLive.call("StopChannel", { ChannelId: "1001" });
    await local.clock.advance({ minutes: 2 });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    local.encoder.setDelay("1001", 2000);
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });

  it("starts no channel of a stream that ends meanwhile", async () => {
    const streamId = await up(local);
    local.encoder.setDelays("1001", { stopMilliseconds: 60_000 });
    await local.runtime.services.MediaLive.call("StopChannel", { ChannelId: "1001" });
    await local.clock.advance({ seconds: 15 });
    await local.streams.update(streamId, "COMPLETE");
    await local.clock.advance({ minutes: 3 });
    local.encoder.setDelay("1001", 2000);
    await nothingIsLeft(local);
  });
});

describe("a stream whose channel has alerts", () => {
  const local = useLocal({ config: { ...config, alertMinutes: "5", noInputMinutes: "30" } });

  it("tells the bus at once, and on-call when it lasts", async () => {
    const streamId = await up(local);
    local.encoder.loseInput("1001");
    await local.settled();
    expect((await local.streams.get(streamId))?.health).to.include({ status: "NO_INPUT" });
    const event = local.streams.events(streamId).at(-1);
    expect(event).to.deep.include({
      detailType: "StreamHealthChanged",
      health: "NO_INPUT",
      channelId: "1001",
    });
    await local.clock.advance({ minutes: 4 });
    expect(told(local, streamId)).to.deep.equal([]);
    await local.clock.advance({ minutes: 2 });
    expect(told(local, streamId)).to.deep.equal([`Stream ${streamId}: it has no input`]);
    local.encoder.restoreInput("1001");
    await local.clock.advance({ hours: 1 });
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    expect(told(local, streamId)).to.have.lengthOf(1);
    expect(local.streams.told(streamId).slice(-2)).to.deep.equal(["health NO_INPUT", "health OK"]);
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });

  it("pages nobody for an alert that passes, nor for two that come after each other", async () => {
    const streamId = await up(local);
    for (let time = 0; time < 3; time++) {
      local.encoder.setAlert("1001", "Audio Not Detected");
      await local.clock.advance({ minutes: 3 });
      local.encoder.clearAlert("1001", "Audio Not Detected");
      await local.clock.advance({ minutes: 1 });
    }
    await local.clock.advance({ minutes: 10 });
    expect(told(local, streamId)).to.deep.equal([]);
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });

  it("is ended where it has had no input for as long as was told", async () => {
    const streamId = await up(local, "LIVE");
    local.encoder.loseInput("1001");
    await local.clock.advance({ minutes: 31 });
    expect(await last(local, streamId)).to.include({ status: "COMPLETE", origin: "health" });
    expect((await last(local, streamId))?.reason).to.match(
      /^The stream has had no input for 30 minutes, since /,
    );
    expect(told(local, streamId)).to.deep.equal([
      `Stream ${streamId}: it has no input`,
      `Stream ${streamId}: ended, for want of input`,
    ]);
    await nothingIsLeft(local);
  });

  it("keeps the latest word of each alert, in whatever order its events come", async () => {
    const streamId = await up(local);
    const { EventBridge } = local.runtime.services;
    const channel_arn = local.encoder.get("1001").arn;
    const put = (alarm_state: string, time: number) =>
      EventBridge.emit("default", {
        source: "aws.medialive",
        detailType: "MediaLive Channel Alert",
        resources: [channel_arn],
        time,
        detail: {
          alarm_state,
          alarm_id: "1",
          alert_type: "Video Not Detected",
          pipeline: "0",
          channel_arn,
          message: "",
        },
      });
    const now = local.clock.now();
    put("CLEARED", now + 2000);
    put("SET", now + 1000);
    await local.settled();
    expect((await local.streams.get(streamId))?.health?.status ?? "OK").to.equal("OK");
    await local.streams.end(streamId);
    await nothingIsLeft(local);
  });
});

describe("a stream whose channel stopped, and nobody was told", () => {
  const local = useLocal({ config });

  it("is FAILED by the next sweep", async () => {
    const streamId = await up(local);
    local.faults.refuse({ target: "streams-track-health", forGood: true });
    local.encoder.crash("1001");
    await local.settled();
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    await local.clock.advance({ minutes: 2 });
    await local.streams.sweep();
    await local.clock.advance({ minutes: 1 });
    expect(await last(local, streamId)).to.include({ status: "FAILED", origin: "health" });
    expect(told(local, streamId)).to.have.lengthOf(1);
    await nothingIsLeft(local);
  });
});
