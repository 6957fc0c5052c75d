import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";

const channelId = "1001";
const caller = "streams-StreamLifecycleOrchestrator";

describe("a channel that refuses to start", () => {
  const local = useLocal({ config: { channelIds: channelId } });
  const state = () => local.encoder.get(channelId).state;

  /** Requests a stream whose start comes when the channel has just come to a state. */
  async function startWhile(streamId: string, isIn: "DELETING" | "STOPPING"): Promise<void> {
    local.encoder.setState(channelId, "IDLE");
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(streamId);
    await local.settled();
    expect(held.count).to.equal(1);
    local.encoder.setState(channelId, isIn);
    held.release();
  }

  async function expectFailed(streamId: string, failure: object): Promise<void> {
    await local.executions.advanceUntil(streamId);
    expect((await local.streams.latest(streamId)).failure).to.include(failure);
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    const told = local.notifications.subjects().filter((subject) => subject.includes(streamId));
    expect(told).to.have.lengthOf(1);
    expect(told[0]).to.not.include("ACTION NEEDED");
  }

  it("fails the stream at once, where it never will: nothing is stopped, and on-call reads its state", async () => {
    await startWhile("deleted", "DELETING");
    await expectFailed("deleted", {
      state: "ProvisionEncoderInfrastructure",
      error: "ChannelNotStartable",
      cause: `Channel ${channelId} is DELETING.`,
    });
    expect(local.faults.calls().filter(({ action }) => action === "StopChannel")).to.deep.equal([]);
    expect(state()).to.equal("DELETING");
  });

  it("fails the stream where it goes on stopping for longer than a stop takes", async () => {
    await startWhile("stuck", "STOPPING");
    await local.executions.waitForState("stuck", "WaitForChannel");
    await expectFailed("stuck", { error: "ChannelNotStartable", cause: `Channel ${channelId} is STOPPING.` });
  });

  it("is looked at again where the look is throttled", async () => {
    await startWhile("throttled", "STOPPING");
    local.faults.fail({ service: "MediaLive", action: "DescribeChannel", caller, error: "throttle" });
    await local.executions.advanceUntil("throttled", ({ path }) => path.includes("WaitForChannel"));
    local.encoder.setState(channelId, "IDLE");
    await local.streams.untilWaiting("throttled");
    await local.streams.end("throttled", "FAILED");
  });

  it("fails the stream where nobody may look, and cleans up", async () => {
    await startWhile("unseen", "STOPPING");
    const stop = local.faults.fail({
      service: "MediaLive",
      action: "DescribeChannel",
      caller,
      // MediaLive's own denial, which is not its catch-all error: that would be tried again.
      error: { code: "ForbiddenException", message: "Not authorized.", statusCode: 403 },
      times: 1,
    });
    await expectFailed("unseen", { state: "ReadConflictingChannel" });
    stop();
  });
});

describe("a confirmation that is faster than the workflow", () => {
  const local = useLocal({ config: { channelIds: channelId } });

  /** Requests a stream that is READY before its workflow waits for that. */
  async function readyEarly(streamId: string): Promise<void> {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(streamId);
    await local.settled();
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.update(streamId, "READY")).to.have.property("status", 200);
    held.release();
  }

  it("is found where the look at the item is throttled", async () => {
    local.faults.fail({ service: "DynamoDB", action: "GetItem", caller, error: "throttle" });
    await readyEarly("throttled-look");
    expect(await local.executions.advanceUntil("throttled-look")).to.have.property("status", "SUCCEEDED");
    expect(await local.streams.latest("throttled-look")).to.include({ status: "READY" });
    await local.streams.end("throttled-look");
  });

  it("fails the stream where nobody may look at the item, and leaves nothing", async () => {
    local.faults.fail({ service: "DynamoDB", action: "GetItem", caller, error: denied, times: Infinity });
    await readyEarly("unseen-ready");
    const { status, path } = await local.executions.advanceUntil("unseen-ready");
    expect(status).to.equal("FAILED");
    expect(path.slice(path.indexOf("ReadLifecycleStatus"))).to.include.members([
      "RemovePlaybackEntry",
      "StopEncoderChannel",
      "HandleProvisionFailure",
    ]);
    const attempt = await local.streams.latest("unseen-ready");
    expect(attempt).to.include({ status: "FAILED" });
    expect(attempt.failure).to.include({ state: "ReadLifecycleStatus" });
    await local.clock.advance({ minutes: 1 });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.playback("unseen-ready")).to.deep.equal([]);
  });
});

describe("a distribution that other streams are being put into", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003" } });

  it("keeps the cleanup of a failed stream waiting for its turn", async () => {
    await local.streams.provision("failing");
    const held = local.faults.hold({ service: "CloudFront", action: "UpdateDistribution" });
    await Promise.all(["coming", "coming-too"].map((streamId) => local.streams.request(streamId)));
    await local.clock.advance({ seconds: 1 });
    expect(held.count).to.equal(1);
    await local.streams.update("failing", "FAILED");
    await local.executions.waitForState("failing", "WaitForRemovalTurn");
    expect(held.count).to.equal(1);
    held.release();
    await local.executions.advanceUntil("failing");
    expect(await local.streams.playback("failing")).to.deep.equal([]);
    for (const streamId of ["coming", "coming-too"]) {
      await local.streams.untilWaiting(streamId);
      expect(await local.streams.playback(streamId)).to.have.lengthOf(1);
    }
    // Nobody's ETag was stale.
    const updates = local.faults.calls().filter(({ action }) => action === "UpdateDistribution");
    expect(updates).to.have.lengthOf(3);
  });
});

describe("a channel that others started, and that is to be stopped", () => {
  const local = useLocal({ config: { channelIds: channelId, stopUnowned: "true" } });

  it("is stopped by the sweep that finds it, though MediaLive throttles", async () => {
    local.encoder.setState(channelId, "RUNNING");
    local.faults.fail({ service: "MediaLive", action: "StopChannel", error: "throttle" });
    await local.clock.advance({ minutes: 11 });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
  });
});
