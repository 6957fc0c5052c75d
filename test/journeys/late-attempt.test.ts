import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { originId } from "./support/origin-id";

const caller = "streams-StreamLifecycleOrchestrator";
const distributionId = "E2QWRUHAPOMQZL";

describe("an attempt that comes to the distribution after its successor", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });
  const updates = () =>
    local.faults
      .calls()
      .filter(({ action }) => action === "UpdateDistribution")
      .map(({ outcome }) => outcome);

  it("leaves the successor's entry there, stops its own channel and gives it back", async () => {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel", caller, times: 1 });
    await local.streams.request("repeated");
    await local.settled();
    expect(held.count).to.equal(1);
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.update("repeated", "FAILED")).to.have.property("status", 200);
    await local.streams.makeReady("repeated");

    const before = updates().length;
    held.release();
    const first = await local.executions.advanceUntil("repeated_1");
    expect(first).to.include({ status: "FAILED", error: "Superseded" });
    // Its first update has the ETag from before the successor's; with the lock, it reads the configuration anew.
    expect(updates().slice(before)).to.deep.equal(["PreconditionFailed"]);
    expect(first.path).to.include("DecidePlaybackOwner").and.not.include("ConfigurePlaybackBatch");
    const [entry, ...others] = await local.streams.playback("repeated");
    expect(others).to.deep.equal([]);
    expect(entry?.origins).to.deep.equal([originId(local, "repeated", 2)]);
    await local.clock.advance({ minutes: 1 });
    const leases = await local.streams.leases();
    expect(leases.map(({ attempt }) => attempt)).to.deep.equal([2]);
    const attempts = await local.streams.attempts("repeated");
    expect(attempts.map(({ status }) => status)).to.deep.equal(["FAILED", "READY"]);
    const [own, successors] = attempts.map(({ channelId = "" }) => local.encoder.get(channelId).state);
    expect([own, successors]).to.deep.equal(["IDLE", "RUNNING"]);
  });

  it("makes no update where the configuration has the successor's entry already, and leaves that there", async () => {
    const { config } = await local.playback.get(distributionId);
    const id = originId(local, "counted-anew", 7);
    const origins = (config.Origins as JsonObject).Items as JsonObject[];
    const behavior = {
      ...(config.DefaultCacheBehavior as JsonObject),
      PathPattern: "/counted-anew/*",
      TargetOriginId: id,
    };
    const later = {
      ...config,
      Origins: { Quantity: origins.length + 1, Items: [...origins, { ...origins[0], Id: id }] },
      CacheBehaviors: { Quantity: 1, Items: [behavior] },
    };
    local.playback.setConfig(distributionId, later);
    const { config: whole } = await local.playback.get(distributionId);
    const before = updates().length;
    await local.streams.request("counted-anew");
    const { error, path } = await local.executions.advanceUntil("counted-anew_1");
    expect(error).to.equal("Superseded");
    expect(path).to.include("ConfigurePlaybackEndpoints");
    expect(updates().slice(before)).to.deep.equal([]);
    expect((await local.playback.get(distributionId)).config).to.deep.equal(whole);
    await local.clock.advance({ minutes: 1 });
    expect((await local.streams.leases()).map(({ streamId }) => streamId)).to.deep.equal(["repeated"]);
  });
});
