import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";
import { has } from "./support/has";
import { aRequest } from "./support/requests";

const channelId = "4711";
/** The write by which a cleanup leaves a record of a start. */
const recordOfStart = {
  service: "DynamoDB",
  action: "UpdateItem",
  caller: "streams-StreamTeardown",
  matches: has("startedBy"),
} as const;

describe("a start that takes effect after its attempt was cleaned up", () => {
  const local = useLocal({ config: { channelIds: channelId } });
  const state = () => local.encoder.get(channelId).state;
  const lastSweep = () => local.executions.of("streams-StreamSweep").at(-1);

  /** Stops an execution while its StartChannel is under way. The attempt is cleaned up, and the channel is idle. */
  async function interrupt(streamId: string) {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    await local.executions.stop(streamId);
    await local.clock.advance({ seconds: 10 });
    expect(await local.streams.get(streamId)).to.include({ status: "FAILED" });
    expect(await local.streams.get(streamId)).to.have.nested.property("teardown.status", "DONE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(state()).to.equal("IDLE");
    return held;
  }

  const alarms = () => local.notifications.subjects().filter((subject) => subject.includes("StreamSweep"));

  it("is stopped by the sweep, which raises no alarm", async () => {
    const held = await interrupt("interrupted");
    held.release();
    await local.clock.advance({ seconds: 10 });
    expect(state()).to.equal("RUNNING");
    await local.clock.advance({ minutes: 11 });
    expect(state()).to.equal("IDLE");
    expect(local.executions.of("streams-StreamSweep").map(({ status }) => status)).to.not.include("FAILED");
    expect(alarms()).to.deep.equal([]);
  });

  it("keeps the lease where the cleanup cannot record it", async () => {
    local.faults.fail({
      ...recordOfStart,
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(aRequest("unrecorded"));
    await local.executions.stop("unrecorded");
    await local.clock.advance({ minutes: 5 });
    const { teardown } = await local.streams.latest("unrecorded");
    expect(teardown).to.include({ status: "INCOMPLETE" });
    expect(teardown?.leftovers?.join()).to.include("may still run");
    expect(await local.streams.leases()).to.have.lengthOf(1);
    local.faults.clear();
    held.release();
    await local.clock.advance({ hours: 1 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(state()).to.equal("IDLE");
  });

  it("is recorded though the table throttles", async () => {
    local.faults.fail({ ...recordOfStart, error: "throttle" });
    const held = await interrupt("interrupted-and-throttled");
    held.release();
    await local.clock.advance({ minutes: 11 });
    expect(state()).to.equal("IDLE");
  });

  it("is stopped once it runs, where the channel takes nine minutes to start", async () => {
    local.encoder.setDelays(channelId, { startMilliseconds: 540_000, stopMilliseconds: 240_000 });
    const held = await interrupt("interrupted-and-slow");
    await local.clock.advance({ minutes: 8 });
    held.release();
    await local.clock.advance({ minutes: 30 });
    expect(state()).to.equal("IDLE");
    expect(alarms()).to.deep.equal([]);
    local.encoder.setDelay(channelId, 2_000);
  });

  it("belongs to the next stream that gets the channel, and is stopped with that", async () => {
    const held = await interrupt("interrupted-before");
    held.release();
    await local.clock.advance({ seconds: 10 });
    expect(state()).to.equal("RUNNING");
    await local.streams.makeReady("heir");
    expect(await local.streams.get("heir")).to.include({ ownsChannel: true });
    await local.streams.update("heir", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    expect(state()).to.equal("IDLE");
    // From here on nothing of ours may be under way: others may start the channel.
    local.encoder.setState(channelId, "RUNNING");
    await local.clock.advance({ minutes: 11 });
    expect(state()).to.equal("RUNNING");
    expect(lastSweep()).to.include({ error: "UnownedChannelFound" });
    local.encoder.setState(channelId, "IDLE");
  });

  it("is out of question half an hour later: a channel that others start then keeps running", async () => {
    const held = await interrupt("interrupted-long-ago");
    await local.clock.advance({ minutes: 41 });
    local.encoder.setState(channelId, "RUNNING");
    await local.clock.advance({ minutes: 20 });
    expect(state()).to.equal("RUNNING");
    expect(lastSweep()).to.include({ error: "UnownedChannelFound" });
    local.encoder.setState(channelId, "IDLE");
    held.release();
    await local.clock.advance({ seconds: 10 });
    local.encoder.setState(channelId, "IDLE");
  });

  it("is no reason to stop a channel that others start after a stream has ended", async () => {
    await local.streams.makeReady("ended-well");
    await local.streams.update("ended-well", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    local.encoder.setState(channelId, "RUNNING");
    await local.clock.advance({ minutes: 21 });
    expect(state()).to.equal("RUNNING");
    expect(lastSweep()).to.include({ error: "UnownedChannelFound" });
    local.encoder.setState(channelId, "IDLE");
  });
});
