import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import type { Local } from "../../testing";
import { useLocal } from "../support/use-local";
import { has } from "./support/has";
import { patterns } from "./support/patterns";

const many = 50;
const channelIds = Array.from({ length: many }, (_, index) => String(1001 + index));

const distributionId = "E2QWRUHAPOMQZL";
const updateDistribution = { service: "CloudFront", action: "UpdateDistribution" } as const;
const updatesSince = (local: Local, count = 0) =>
  local.faults.calls().filter(({ action }) => action === updateDistribution.action).length - count;
const requestAll = (local: Local, streamIds: readonly string[]) =>
  Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
/** How many seconds pass until all streams wait for their confirmation, or have failed. */
async function secondsUntilDecided(local: Local, streamIds: readonly string[]): Promise<number> {
  const isDecided = (streamId: string) => {
    const { status, waitingIn } = local.executions.get(streamId) ?? {};
    return status !== "RUNNING" || waitingIn === "AwaitLifecycleConfirmation";
  };
  for (let seconds = 0; seconds < 600; seconds += 1) {
    if (streamIds.every(isDecided)) return seconds;
    await local.clock.advance({ seconds: 1 });
  }
  throw new Error("Some streams wait for ever.");
}

describe("fifty streams at once on one distribution", () => {
  const local = useLocal({ config: { channelIds: channelIds.join(), confirmationTimeoutSeconds: "3600" } });
  const streamIds = channelIds.map((id) => `crowd-${id}`);

  it("all get in with an update or two, within seconds, and leave no lock", async () => {
    local.faults.slow({ ...updateDistribution, seconds: 1 });
    await requestAll(local, streamIds);
    expect(await secondsUntilDecided(local, streamIds), "seconds").to.be.at.most(6);
    expect(await patterns(local)).to.have.lengthOf(many);
    expect(updatesSince(local), "updates").to.be.at.most(2);
    const reads = local.faults.calls().filter(({ action }) => action === "GetDistributionConfig");
    expect(reads.length, "reads").to.be.at.most(many + 3);
    const transitions = streamIds.map((id) => local.executions.get(id)?.states.length ?? 0);
    expect(transitions.reduce((sum, count) => sum + count, 0) / many, "transitions").to.be.at.most(20);
    for (const streamId of streamIds) {
      expect(local.executions.get(streamId)?.path).to.include("ConfigurePlaybackEndpoints");
    }
    expect(await lockOf(local)).to.equal(undefined);
  });

  it("all get out with a few updates, and nothing is left", async () => {
    const before = updatesSince(local);
    local.faults.slow({ ...updateDistribution, seconds: 1 });
    await Promise.all(streamIds.map((streamId) => local.streams.update(streamId, "FAILED")));
    await local.clock.advance({ minutes: 2 });
    expect(await patterns(local)).to.deep.equal([]);
    expect(updatesSince(local, before), "updates").to.be.at.most(5);
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await lockOf(local)).to.equal(undefined);
  });
});

describe("some streams at once on one distribution", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003,1004,1005,1006" } });
  const invalid = {
    code: "InvalidOriginAccessControl",
    message: "There is no such control.",
    statusCode: 400,
  };
  const crowd = (name: string) => [1, 2, 3, 4, 5].map((number) => `${name}-${number}`);
  const statuses = async (streamIds: readonly string[]) =>
    Promise.all(streamIds.map(async (streamId) => (await local.streams.latest(streamId)).status));
  const inState = (streamIds: readonly string[], state: string) =>
    streamIds.find((streamId) => local.executions.get(streamId)?.path.at(-1) === state) ?? "";

  afterEach(async () => {
    local.faults.clear();
    for (const { streamId } of await local.streams.leases()) {
      if (streamId !== undefined) await local.streams.update(streamId, "FAILED");
    }
    await local.clock.advance({ minutes: 12 });
    expect(await patterns(local)).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("fail none but the one whose entry CloudFront refuses", async () => {
    const streamIds = crowd("refused");
    const matches = has("/refused-3/*");
    local.faults.fail({ ...updateDistribution, error: invalid, times: Infinity, matches });
    await requestAll(local, streamIds);
    await secondsUntilDecided(local, streamIds);
    expect(await statuses(streamIds)).to.deep.equal(
      streamIds.map((streamId) => (streamId === "refused-3" ? "FAILED" : "PROVISIONING")),
    );
    expect((await local.streams.latest("refused-3")).failure).to.deep.include({
      state: "ConfigurePlaybackBatch",
      error: "CloudFront.InvalidOriginAccessControlException",
    });
    expect(await patterns(local)).to.have.lengthOf(4);
  });

  it("leave a stream out that somebody else's behaviour has taken the path of", async () => {
    const streamIds = crowd("path");
    local.faults.meanwhile({ service: "MediaLive", action: "StartChannel", times: 1 }, async () => {
      const { config } = await local.playback.get(distributionId);
      const behavior = { ...(config.DefaultCacheBehavior as JsonObject), PathPattern: "/path-2/live/*" };
      local.playback.setConfig(distributionId, {
        ...config,
        CacheBehaviors: { Quantity: 1, Items: [behavior] },
      });
    });
    await requestAll(local, streamIds);
    await secondsUntilDecided(local, streamIds);
    expect((await local.streams.latest("path-2")).failure).to.include({ error: "PlaybackPathTaken" });
    expect(await patterns(local)).to.have.lengthOf(5);
    const { config } = await local.playback.get(distributionId);
    const Items = ((config.CacheBehaviors as JsonObject).Items as JsonObject[]).filter(
      ({ PathPattern }) => PathPattern !== "/path-2/live/*",
    );
    local.playback.setConfig(distributionId, {
      ...config,
      CacheBehaviors: { Quantity: Items.length, Items },
    });
  });

  for (const state of [
    "GatherPlaybackUpdates",
    "ReadPlaybackUpdates",
    "ConfigurePlaybackBatch",
    "MarkPlaybackUpdate",
  ]) {
    it(`go on where the one that has the lock dies in ${state}`, async () => {
      const streamIds = crowd(`dead-in-${state.toLowerCase()}`);
      const action = { ReadPlaybackUpdates: "Scan", ConfigurePlaybackBatch: "UpdateDistribution" }[state];
      const isMark = has('"ADDED"');
      const held = action
        ? local.faults.hold(
            action === "Scan"
              ? {
                  service: "DynamoDB",
                  action,
                  matches: has(":addAlone"),
                }
              : updateDistribution,
          )
        : state === "MarkPlaybackUpdate"
          ? local.faults.hold({ service: "DynamoDB", action: "UpdateItem", matches: isMark })
          : undefined;
      await requestAll(local, streamIds);
      if (held) await local.clock.advance({ seconds: 1 });
      const holder =
        state === "MarkPlaybackUpdate"
          ? streamIds.find((streamId) => local.executions.get(streamId)?.path.includes(state))
          : inState(streamIds, state);
      await local.executions.stop(holder ?? "");
      held?.release();
      // Its lock has to expire.
      expect(await secondsUntilDecided(local, streamIds)).to.be.at.most(90);
      const others = streamIds.filter((streamId) => streamId !== holder);
      expect(await statuses(others)).to.deep.equal(others.map(() => "PROVISIONING"));
      await local.clock.advance({ minutes: 3 });
      expect(await patterns(local)).to.have.lengthOf(4);
    });
  }

  it("add no entry of an attempt that has ended while it waited", async () => {
    const streamIds = crowd("ended");
    const held = local.faults.hold(updateDistribution);
    await requestAll(local, streamIds);
    await local.clock.advance({ seconds: 1 });
    const waiting = inState(streamIds, "WaitForPlaybackTurn");
    await local.executions.stop(waiting);
    await local.clock.advance({ seconds: 10 });
    held.release();
    await secondsUntilDecided(local, streamIds);
    await local.clock.advance({ minutes: 3 });
    expect(await local.streams.latest(waiting)).to.have.nested.property("teardown.status", "DONE");
    expect(await local.streams.playback(waiting)).to.deep.equal([]);
    expect(await patterns(local)).to.have.lengthOf(4);
  });

  it("add no entry again that was removed, though the wish for it stood when its attempt ended", async () => {
    const matches = has('"ADDED"');
    // The mark of the holder is never written, nor the stream's own.
    local.faults.fail({
      service: "DynamoDB",
      action: "UpdateItem",
      error: "throttle",
      times: Infinity,
      matches,
    });
    const first = ["wish-1", "wish-2"];
    await requestAll(local, first);
    await secondsUntilDecided(local, first);
    local.faults.clear();
    const streamId =
      first.find((id) => local.executions.get(id)?.path.includes("RequestPlaybackEntry")) ?? "";
    const held = local.faults.hold({ service: "MediaLive", action: "StopChannel" });
    await local.streams.update(streamId, "FAILED");
    await local.clock.advance({ seconds: 20 });
    expect(held.count, "The entry is out, and the lease is not back yet.").to.equal(1);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    const later = ["later-1", "later-2"];
    await requestAll(local, later);
    await secondsUntilDecided(local, later);
    held.release();
    await local.executions.advanceUntil(streamId);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await patterns(local)).to.have.lengthOf(3);
  });

  it("add no entry for others where the one that has the lock is redriven an hour later", async () => {
    const streamIds = crowd("redriven");
    let holder = "";
    // The update is never made, so that the ETag stays what it was.
    local.faults.meanwhile({ ...updateDistribution, times: 1 }, async () => {
      holder = inState(streamIds, "ConfigurePlaybackBatch");
      for (const streamId of streamIds) await local.executions.stop(streamId);
      throw new Error("The call is not made.");
    });
    await requestAll(local, streamIds);
    await local.clock.advance({ hours: 1 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
    await local.executions.redrive(holder);
    await local.clock.advance({ seconds: 30 });
    expect(local.executions.get(holder)?.path.slice(-30)).to.include("ReadPlaybackUpdates");
    await local.clock.advance({ minutes: 30 });
    expect(await patterns(local)).to.deep.equal([]);
  });
});

/** Who has the lock on the distribution. */
async function lockOf(local: Local): Promise<unknown> {
  const { leaseTableName: TableName } = local.streams.program;
  const Key = { channelId: { S: `distribution/${distributionId}` } };
  const { Item } = await local.runtime.services.DynamoDB.call("GetItem", { TableName, Key });
  return Item;
}

describe("a distribution that is full", () => {
  const local = useLocal({ config: { channelIds: "1001", cacheBehaviorQuota: "2" } });

  it("refuses a stream before its channel starts, and says what to do", async () => {
    const { config } = await local.playback.get("E2QWRUHAPOMQZL");
    const behavior = { ...(config.DefaultCacheBehavior as JsonObject) };
    const Items = ["/vod/*", "/images/*"].map((PathPattern) => ({ ...behavior, PathPattern }));
    local.playback.setConfig("E2QWRUHAPOMQZL", { ...config, CacheBehaviors: { Quantity: 2, Items } });
    await local.streams.request("no-place");
    const { error, cause } = await local.executions.waitFor("no-place");
    expect(error).to.equal("PlaybackQuotaExceeded");
    expect(cause).to.match(/E2QWRUHAPOMQZL has 2 behaviours of the 2 that it may have\. End a stream/);
    const started = local.faults.calls().filter(({ action }) => action === "StartChannel");
    expect(started).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);

    local.playback.setConfig("E2QWRUHAPOMQZL", {
      ...config,
      CacheBehaviors: { Quantity: 1, Items: [Items[0] ?? {}] },
    });
    await local.streams.provision("no-place");
    expect(await local.streams.get("no-place")).to.include({ status: "PROVISIONING", attempt: 2 });
  });
});
