import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import type { Local } from "../../testing";
import { useLocal } from "../support/use-local";

const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

const starts = (local: Local) =>
  local.faults.calls().filter(({ action }) => action === "StartChannel").length;

/** Nothing is left of a stream, and its channel stands still. */
async function expectNothingLeft(local: Local, streamId: string): Promise<void> {
  expect(local.encoder.get(channelId).state).to.equal("IDLE");
  expect(await local.streams.leases()).to.deep.equal([]);
  expect(await local.streams.playback(streamId)).to.deep.equal([]);
}

describe("a stream that ends between the workflow's look at the channel and its start", () => {
  const local = useLocal({ config: { channelIds: channelId, leadTimeMinutes: "30" } });
  /** The sweep looks at channels as well. */
  const caller = "streams-StreamLifecycleOrchestrator";
  const look = { service: "MediaLive", action: "DescribeChannel", caller } as const;

  it("has no channel started when it is FAILED", async () => {
    const held = local.faults.hold(look);
    await local.streams.request("failed-early");
    await local.settled();
    expect(held.count).to.equal(1);
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.update("failed-early", "FAILED")).to.have.property("status", 200);
    held.release();
    await local.executions.waitFor("failed-early");
    expect(local.executions.get("failed-early")).to.include({ status: "FAILED", error: "StreamCancelled" });
    expect(starts(local)).to.equal(0);
    await local.clock.advance({ minutes: 1 });
    await expectNothingLeft(local, "failed-early");
    expect(local.streams.told("failed-early")).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "FAILED by api",
      "FAILED by orchestrator",
    ]);
    expect(local.notifications.subjects()).to.deep.equal([]);
  });

  it("has no channel started when it was scheduled, and is COMPLETE", async () => {
    const startTime = new Date(local.clock.now() + 2 * 3_600_000).toISOString();
    await local.streams.request("complete-early", { startTime });
    const held = local.faults.hold(look);
    await local.clock.advance({ minutes: 90, seconds: 1 });
    expect(held.count).to.equal(1);
    expect(await local.streams.update("complete-early", "COMPLETE")).to.have.property("status", 200);
    held.release();
    expect(await local.executions.advanceUntil("complete-early")).to.include({ error: "StreamCancelled" });
    expect(starts(local)).to.equal(0);
    await local.clock.advance({ minutes: 1 });
    await expectNothingLeft(local, "complete-early");
    expect(local.streams.told("complete-early")).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "COMPLETE by api",
    ]);
    expect(local.notifications.subjects()).to.deep.equal([]);
  });
});

describe("a channel that runs when the workflow looks, and is being stopped when it starts it", () => {
  const local = useLocal({ config: { channelIds: channelId } });

  it("is started by the attempt, and stopped with it", async () => {
    local.encoder.setDelay(channelId, 20_000);
    local.encoder.setState(channelId, "RUNNING");
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("taken-over");
    await local.settled();
    expect(held.count).to.equal(1);
    local.encoder.setState(channelId, "STOPPING");
    held.release();
    await local.executions.waitForState("taken-over", "WaitForChannel");
    local.encoder.setState(channelId, "IDLE");
    await local.streams.untilWaiting("taken-over");
    await local.clock.advance({ seconds: 20 });
    expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    await local.streams.end("taken-over", "FAILED");
    await local.clock.advance({ minutes: 1 });
    await expectNothingLeft(local, "taken-over");
  });
});

describe("a distribution that outgrows a workflow after the stream was given its place", () => {
  const local = useLocal({ config: { channelIds: channelId } });

  /** Beyond the 256 KiB that a state of a workflow may hold. */
  async function outgrow(): Promise<void> {
    const { config } = await local.playback.get(distributionId);
    const { Items = [] } = config.Origins as { Items?: JsonObject[] };
    const header = { HeaderName: "x-big", HeaderValue: "x".repeat(300_000) };
    const grown = Items.map((one) => ({ ...one, CustomHeaders: { Quantity: 1, Items: [header] } }));
    local.playback.setConfig(distributionId, {
      ...config,
      Origins: { Quantity: Items.length, Items: grown },
    });
  }

  it("fails the stream by its own workflow, which stops the channel and says what failed", async () => {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("outgrown");
    await local.settled();
    expect(held.count).to.equal(1);
    await outgrow();
    held.release();
    const { path } = await local.executions.advanceUntil("outgrown");
    expect(path).to.include.members([
      "ReadPlaybackConfiguration",
      "StopEncoderChannel",
      "HandleProvisionFailure",
    ]);
    const attempt = await local.streams.latest("outgrown");
    expect(attempt.failure).to.include({
      state: "ReadPlaybackConfiguration",
      error: "States.DataLimitExceeded",
    });
    // Nobody else had to come by.
    expect(attempt).to.not.have.property("teardown");
    await local.clock.advance({ minutes: 1 });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.alarms.raised()).to.deep.equal([]);
  });
});
