import { expect } from "chai";
import type { FaultError } from "../../local/faults/faults";
import { useLocal } from "../support/use-local";
import { denied, staleETag } from "./support/errors";
import { has } from "./support/has";
import { aRequest } from "./support/requests";

const update = { service: "CloudFront", action: "UpdateDistribution" } as const;
const sweep = "streams-StreamSweep";

describe("a playback entry that comes after its attempt was cleaned up", () => {
  const config = { channelIds: "4711,4712", distributionId: "EFIRST" };
  const local = useLocal({ config });
  const records = async () => {
    const TableName = local.streams.program.leaseTableName;
    const { Items } = await local.runtime.services.DynamoDB.call("Scan", { TableName });
    return (Items as { channelId: { S: string } }[]).flatMap(({ channelId }) =>
      channelId.S.startsWith("entry/") ? [channelId.S] : [],
    );
  };
  const sweepsSince = (count: number) => local.executions.of(sweep).slice(count);
  const sweeps = () => local.executions.of(sweep).length;
  const statesOf = (execution: { states: readonly { name: string }[] } | undefined) =>
    execution?.states.map(({ name }) => name) ?? [];
  const readsOfSweep = () =>
    local.faults
      .calls()
      .filter(({ caller, action }) => caller.startsWith(sweep) && action === "GetDistributionConfig");

  /** Stops an execution while its update is under way. The attempt is cleaned up, and there is no entry. */
  async function interrupt(streamId: string) {
    const held = local.faults.hold(update);
    await local.streams.request(aRequest(streamId));
    await local.executions.waitForState(streamId, "ConfigurePlaybackEndpoints");
    await local.settled();
    expect(held.count).to.equal(1);
    await local.executions.stop(streamId);
    // The lock of the execution has to expire.
    await local.clock.advance({ minutes: 2 });
    expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
    expect(await local.streams.latest(streamId)).to.have.nested.property("teardown.status", "DONE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await records()).to.have.lengthOf(1);
    return held;
  }

  const recordByTeardown = {
    ...({ service: "DynamoDB", action: "UpdateItem", caller: "streams-StreamTeardown" } as const),
    matches: has("playbackEntry"),
  };

  it("is recorded by the teardown though the table throttles: RecordPlaybackUpdate", async () => {
    local.faults.fail({ ...recordByTeardown, error: "throttle" });
    const held = await interrupt("interrupted-and-throttled");
    held.release();
    await local.clock.advance({ minutes: 11 });
    expect(await local.streams.played()).to.deep.equal([]);
  });

  it("keeps the lease where the teardown cannot record that it may come: RecordPlaybackUpdate", async () => {
    const times = Number.POSITIVE_INFINITY;
    const held = local.faults.hold(update);
    await local.streams.request(aRequest("unrecorded"));
    await local.executions.waitForState("unrecorded", "ConfigurePlaybackEndpoints");
    await local.settled();
    local.faults.fail({ ...recordByTeardown, error: denied, times });
    await local.executions.stop("unrecorded");
    await local.clock.advance({ minutes: 5 });
    const { teardown } = await local.streams.latest("unrecorded");
    expect(teardown).to.include({ status: "INCOMPLETE" });
    expect(teardown?.leftovers?.join()).to.include("may still be added");
    held.release();
    local.faults.clear();
    await local.clock.advance({ hours: 1 });
  });

  afterEach(async () => {
    await local.redeploy({ config });
    await local.clock.advance({ hours: 1 });
    expect(await records()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("is removed by the sweep, which raises no alarm", async () => {
    const held = await interrupt("interrupted");
    const before = { sweeps: sweeps(), alarms: local.alarms.raised().length };
    held.release();
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.playback("interrupted")).to.have.lengthOf(1);
    await local.clock.advance({ minutes: 10 });
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await records()).to.deep.equal([]);
    const [first] = sweepsSince(before.sweeps);
    expect(first).to.include({ status: "SUCCEEDED" });
    expect(first?.output).to.have.property("removedEntries").with.lengthOf(1);
    expect(local.alarms.raised().slice(before.alarms)).to.deep.equal([]);
  });

  it("is looked for until half an hour after the cleanup, and a sweep without one does nothing for it", async () => {
    const held = await interrupt("interrupted-for-good");
    const before = sweeps();
    await local.clock.advance({ minutes: 28 });
    expect(await records()).to.have.lengthOf(1);
    await local.clock.advance({ minutes: 12 });
    expect(await records()).to.deep.equal([]);
    const looks = sweepsSince(before);
    for (const execution of looks) expect(execution.status).to.equal("SUCCEEDED");
    expect(looks.map((execution) => statesOf(execution).includes("ReadLateEntry"))).to.include(true);
    const reads = readsOfSweep().length;
    await local.clock.advance({ minutes: 20 });
    expect(readsOfSweep()).to.have.lengthOf(reads);
    const states = statesOf(local.executions.of(sweep).at(-1));
    expect(
      states.filter((name) => !name.includes("FreeChannel") || name === "CheckFreeChannels"),
    ).to.deep.equal(["SweepStreams", "CheckFreeChannels", "DecidePlaybackCheck", "SweepSucceeded"]);
    held.release();
    await local.settled();
    // Far later than any call lasts.
    local.playback.setConfig("EFIRST", {});
  });

  it("is another's than that of the next attempt, which stays", async () => {
    const held = await interrupt("again");
    held.release();
    await local.clock.advance({ seconds: 1 });
    const [late] = await local.streams.playback("again");
    await local.streams.makeReady("again");
    const entry = await local.streams.playback("again");
    expect(entry[0]?.origins).to.have.lengthOf(1);
    expect(entry[0]?.origins).to.not.deep.equal(late?.origins);
    await local.clock.advance({ minutes: 41 });
    expect(await local.streams.playback("again")).to.deep.equal(entry);
    expect(await records()).to.deep.equal([]);
    await local.streams.end("again");
  });

  it("cannot come any more once the next attempt has its entry: the update is refused", async () => {
    const held = await interrupt("overtaken");
    await local.streams.makeReady("overtaken");
    const entry = await local.streams.playback("overtaken");
    held.release();
    await local.clock.advance({ minutes: 41 });
    expect(await local.streams.playback("overtaken")).to.deep.equal(entry);
    await local.streams.end("overtaken");
  });

  it("is removed from a distribution that is a former one by then", async () => {
    const held = await interrupt("moved");
    await local.redeploy({
      config: { ...config, distributionId: "ESECOND", formerDistributionIds: "EFIRST" },
    });
    held.release();
    await local.clock.advance({ seconds: 1 });
    expect((await local.streams.playback("moved"))[0]).to.include({ distributionId: "EFIRST" });
    await local.clock.advance({ minutes: 11 });
    expect(await local.streams.played()).to.deep.equal([]);
  });

  /** Each sweep of half an hour fails with these words in its cause. Then the record is gone, and sweeps succeed. */
  async function expectReported(...words: readonly string[]): Promise<void> {
    const before = sweeps();
    await local.clock.advance({ minutes: 41 });
    expect(await records()).to.deep.equal([]);
    const told = sweepsSince(before).filter(({ status }) => status === "FAILED");
    expect(told).to.have.length.within(3, 4);
    for (const { error, cause } of told) {
      expect(error).to.equal("SweepIncomplete");
      for (const word of words) expect(cause).to.include(word);
    }
    await local.clock.advance({ minutes: 10 });
    expect(local.executions.of(sweep).at(-1)?.status).to.equal("SUCCEEDED");
    local.playback.setConfig("EFIRST", {});
  }

  it("is reported for half an hour where this deployment may not change its distribution", async () => {
    const held = await interrupt("out-of-reach");
    held.release();
    await local.clock.advance({ seconds: 1 });
    await local.redeploy({ config: { ...config, distributionId: "ESECOND" } });
    await expectReported("EFIRST", "playback.formerDistributionIds");
  });

  it("is nothing to look for in a distribution that is gone", async () => {
    const held = await interrupt("gone");
    local.playback.failNext("GetDistributionConfig", { code: "NoSuchDistribution", statusCode: 404 });
    await local.clock.advance({ minutes: 11 });
    expect(await records()).to.deep.equal([]);
    expect(local.executions.of(sweep).at(-1)?.status).to.equal("SUCCEEDED");
    held.release();
    await local.settled();
    // The simulated distribution is there all the same.
    local.playback.setConfig("EFIRST", {});
  });

  it("is reported for half an hour in a distribution that a workflow cannot read any more", async () => {
    const held = await interrupt("too-large");
    held.release();
    await local.clock.advance({ seconds: 1 });
    const distribution = await local.playback.get("EFIRST");
    local.playback.setConfig("EFIRST", { ...distribution.config, Comment: "x".repeat(300_000) });
    await expectReported("256 KiB", "by hand");
  });

  for (const [what, site] of [
    ["the distribution is throttled", update],
    [
      "the table is throttled when the record goes",
      { service: "DynamoDB", action: "DeleteItem", matches: has(":cleanedAt") },
    ],
  ] as const) {
    it(`is removed by the first sweep, though ${what}`, async () => {
      const held = await interrupt(`throttled-${site.service.toLowerCase()}`);
      held.release();
      await local.clock.advance({ seconds: 1 });
      local.faults.fail({ ...site, caller: sweep, error: "throttle" });
      await local.clock.advance({ minutes: 10 });
      expect(await local.streams.played()).to.deep.equal([]);
      expect(await records()).to.deep.equal([]);
      expect(local.executions.of(sweep).at(-1)?.status).to.equal("SUCCEEDED");
    });
  }

  it("is looked for again where another cleanup has found no entry since", async () => {
    const held = await interrupt("cleaned-again");
    held.release();
    await local.clock.advance({ seconds: 1 });
    const [channelId = ""] = await records();
    local.faults.meanwhile(
      { service: "DynamoDB", action: "DeleteItem", caller: sweep, matches: has(":cleanedAt") },
      () =>
        local.runtime.services.DynamoDB.call("UpdateItem", {
          TableName: local.streams.program.leaseTableName,
          Key: { channelId: { S: channelId } },
          UpdateExpression: "SET cleanedAt = :now",
          ExpressionAttributeValues: { ":now": { S: new Date(local.clock.now()).toISOString() } },
        }),
    );
    await local.clock.advance({ minutes: 10 });
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await records()).to.deep.equal([channelId]);
  });

  it("is reported by a sweep that may not remove it, and removed by the next", async () => {
    const held = await interrupt("denied");
    held.release();
    await local.clock.advance({ seconds: 1 });
    const before = sweeps();
    local.faults.fail({ ...update, caller: sweep, error: denied });
    await local.clock.advance({ minutes: 10 });
    const [first] = sweepsSince(before);
    expect(first).to.include({ status: "FAILED", error: "SweepIncomplete" });
    expect(first?.cause).to.include("may be in the distribution (EFIRST").and.include("AccessDenied");
    await local.clock.advance({ minutes: 10 });
    expect(await local.streams.played()).to.deep.equal([]);
  });

  it("is removed although others change the distribution meanwhile", async () => {
    const held = await interrupt("contended");
    held.release();
    await local.clock.advance({ seconds: 1 });
    local.faults.fail({
      ...update,
      caller: sweep,
      error: staleETag,
      times: 3,
    });
    await local.clock.advance({ minutes: 11 });
    expect(await local.streams.played()).to.deep.equal([]);
    expect(
      statesOf(local.executions.of(sweep).at(-1)).filter((name) => name === "WaitForLateEntry"),
    ).to.have.lengthOf(3);
  });

  it("leaves no record where the workflow sees its update answered, or its attempt ends well", async () => {
    await local.streams.makeReady("well");
    await local.streams.end("well");
    await local.streams.provision("refused");
    await local.streams.confirm("refused", "FAILED");
    expect(await records()).to.deep.equal([]);
  });

  /** Requests a stream whose update fails, and may still take effect; the record of it meets a fault. */
  async function failUpdate(streamId: string, error?: FaultError): Promise<string> {
    const caller = "streams-StreamLifecycleOrchestrator";
    const broken = { code: "InternalError", message: "Broken.", statusCode: 400 };
    local.faults.fail({ ...update, caller, error: broken });
    if (error) {
      const recording = { service: "DynamoDB", action: "UpdateItem", matches: has("playbackEntry") } as const;
      // DynamoDB's model has no denial, which so gets the name of its catch-all and is tried again.
      local.faults.fail({
        ...recording,
        caller,
        error,
        times: error === denied ? Number.POSITIVE_INFINITY : 1,
      });
    }
    await local.streams.request(streamId);
    const { path } = await local.executions.advanceUntil(streamId);
    expect(path).to.include("HandleProvisionFailure");
    expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
    return (await local.notifications.waitFor(streamId)).message;
  }

  it("is recorded where the workflow's own update fails and may still take effect", async () => {
    await failUpdate("unsure");
    expect(await records()).to.have.lengthOf(1);
    expect(await failUpdate("unsure-and-throttled", "throttle")).to.include("Left to do:\n- nothing");
    expect(await records()).to.have.lengthOf(2);
  });

  it("is told to on-call where the workflow cannot record that it may come", async () => {
    const message = await failUpdate("unsure-and-denied", denied);
    expect(message).to.include("unsure-and-denied may still be added to the distribution");
  });
});
