import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { originId } from "./support/origin-id";

const caller = "streams-StreamLifecycleOrchestrator";

describe("an attempt that comes to the distribution after its successor", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });

  it("leaves the successor's entry there, stops its own channel and gives it back", async () => {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel", caller, times: 1 });
    await local.streams.request("repeated");
    await local.settled();
    expect(held.count).to.equal(1);
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.update("repeated", "FAILED")).to.have.property("status", 200);
    await local.streams.makeReady("repeated");

    held.release();
    const first = await local.executions.advanceUntil("repeated_1");
    expect(first).to.include({ status: "FAILED", error: "Superseded" });
    expect(first.path).to.not.include("ConfigurePlaybackEndpoints");
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
});
