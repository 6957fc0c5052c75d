import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";

describe("a stream that was up for as long as it may", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "3" } });
  const teardown = "streams-StreamTeardown";

  async function expectNothingLeft(streamId: string): Promise<void> {
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
  }

  it("is FAILED where it was reported so in the moment in which the cost guard ends it", async () => {
    await local.streams.makeReady("failed-in-time");
    const held = local.faults.hold({ service: "DynamoDB", action: "UpdateItem", caller: teardown });
    await local.clock.advance({ hours: 3, seconds: 5 });
    expect(held.count).to.equal(1);
    expect(await local.streams.update("failed-in-time", "FAILED")).to.have.property("status", 200);
    await local.clock.advance({ seconds: 1 });
    held.release();
    await local.clock.advance({ minutes: 1 });
    const attempt = await local.streams.latest("failed-in-time");
    expect(attempt).to.include({ status: "FAILED" });
    expect(attempt.history.map(({ status }) => status)).to.deep.equal(["PROVISIONING", "READY", "FAILED"]);
    expect(local.streams.told("failed-in-time").at(-1)).to.equal("FAILED by api");
    expect(local.executions.of(teardown).map(({ status }) => status)).to.not.include("FAILED");
    await expectNothingLeft("failed-in-time");
  });

  it("has an earlier status announced that nobody was told of, though its end was announced", async () => {
    await local.streams.makeReady("told-late");
    await local.clock.advance({ hours: 2, minutes: 59, seconds: 30 });
    local.faults.fail({
      service: "EventBridge",
      action: "PutEvents",
      caller: "streams-update-stream-status",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await local.streams.update("told-late", "LIVE");
    local.faults.clear();
    await local.clock.advance({ minutes: 1 });
    expect(local.streams.told("told-late")).to.include("COMPLETE by orchestrator");
    await local.clock.advance({ minutes: 21 });
    expect(local.streams.told("told-late")).to.include("LIVE by api");
    expect(await local.streams.latest("told-late")).to.not.have.property("unpublishedSince");
    await expectNothingLeft("told-late");
  });
});
