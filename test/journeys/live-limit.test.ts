import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { denied, useStage } from "./support/stage";

describe("a stream that nobody ends", () => {
  const on = useStage({ channelIds: "1001", maxLiveHours: "3" });

  async function expectEnded(streamId: string): Promise<void> {
    const item = await on.stage.item(streamId);
    expect(item).to.include({ status: "COMPLETE" }).and.have.nested.property("teardown.status", "DONE");
    expect(item).to.not.have.property("unpublishedSince");
    expect((item.history as JsonObject[]).at(-1)?.reason).to.match(/3 hours/);
    expect(on.local.encoder.get("1001").state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await on.stage.leases()).to.deep.equal({});
    expect(await on.stage.playback()).to.deep.equal([]);
    expect(on.stage.told(streamId).at(-1)).to.equal("COMPLETE by orchestrator");
    expect(on.stage.messages()).to.include(`Stream ${streamId}: ended, since nobody did`);
  }

  it("is ended by its schedule, told, and torn down", async () => {
    await on.stage.makeReady("forgotten");
    await on.stage.put("forgotten", "LIVE");
    await on.local.clock.advance({ hours: 2, minutes: 59 });
    expect(await on.stage.item("forgotten")).to.include({ status: "LIVE" });
    await on.local.clock.advance({ minutes: 2 });
    await expectEnded("forgotten");
    expect(await on.stage.schedules()).to.deep.equal([]);
  });

  it("is ended by the sweep where the schedule could not be made", async () => {
    on.local.faults.fail({
      service: "Scheduler",
      action: "CreateSchedule",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await on.stage.makeReady("unscheduled");
    expect(await on.stage.item("unscheduled")).to.include({ status: "READY" });
    expect(await on.stage.schedules()).to.deep.equal([]);
    await on.local.clock.advance({ hours: 3, minutes: 12 });
    await expectEnded("unscheduled");
  });

  it("was ended in time, and its schedule with it", async () => {
    await on.stage.makeReady("in-time");
    expect(await on.stage.schedules()).to.have.lengthOf(1);
    // Two changes in one millisecond are told apart by nothing, and the sweep would announce them again.
    await on.local.clock.advance({ seconds: 1 });
    await on.stage.put("in-time", "COMPLETE");
    await on.local.clock.advance({ minutes: 1 });
    expect(await on.stage.schedules()).to.deep.equal([]);
    await on.local.clock.advance({ hours: 4 });
    expect(on.stage.told("in-time").filter((line) => line.startsWith("COMPLETE"))).to.deep.equal([
      "COMPLETE by api",
    ]);
  });
});

describe("a stream where nothing limits its time", () => {
  const on = useStage({ channelIds: "1001", maxLiveHours: "0", sweepIntervalMinutes: "60" });

  it("is up for as long as it takes", async () => {
    await on.stage.makeReady("endless");
    await on.local.clock.advance({ hours: 30 });
    expect(await on.stage.item("endless")).to.include({ status: "READY" });
    expect(on.local.encoder.get("1001").state).to.equal("RUNNING");
    expect(on.stage.executions("StreamSweep").every(({ status }) => status === "SUCCEEDED")).to.equal(true);
  });
});
