import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/denied";
import { patterns } from "./support/patterns";

describe("a stream that nobody ends", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "3" } });

  async function expectEnded(streamId: string): Promise<void> {
    const item = await local.streams.get(streamId);
    expect(item).to.include({ status: "COMPLETE" }).and.have.nested.property("teardown.status", "DONE");
    expect(item).to.not.have.property("unpublishedSince");
    expect(item?.history.at(-1)?.reason).to.match(/3 hours/);
    expect(local.encoder.get("1001").state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
    expect(local.streams.told(streamId).at(-1)).to.equal("COMPLETE by orchestrator");
    expect(local.notifications.subjects()).to.include(`Stream ${streamId}: ended, since nobody did`);
  }

  it("is ended by its schedule, told, and torn down", async () => {
    await local.streams.makeReady("forgotten");
    await local.streams.update("forgotten", "LIVE");
    await local.clock.advance({ hours: 2, minutes: 59 });
    expect(await local.streams.get("forgotten")).to.include({ status: "LIVE" });
    await local.clock.advance({ minutes: 2 });
    await expectEnded("forgotten");
    expect(await local.schedules.created()).to.deep.equal([]);
  });

  it("is ended by the sweep where the schedule could not be made", async () => {
    local.faults.fail({
      service: "Scheduler",
      action: "CreateSchedule",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await local.streams.makeReady("unscheduled");
    expect(await local.streams.get("unscheduled")).to.include({ status: "READY" });
    expect(await local.schedules.created()).to.deep.equal([]);
    await local.clock.advance({ hours: 3, minutes: 12 });
    await expectEnded("unscheduled");
  });

  it("was ended in time, and its schedule with it", async () => {
    await local.streams.makeReady("in-time");
    expect(await local.schedules.created()).to.have.lengthOf(1);
    // Two changes in one millisecond are told apart by nothing, and the sweep would announce them again.
    await local.clock.advance({ seconds: 1 });
    await local.streams.update("in-time", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    expect(await local.schedules.created()).to.deep.equal([]);
    await local.clock.advance({ hours: 4 });
    expect(local.streams.told("in-time").filter((line) => line.startsWith("COMPLETE"))).to.deep.equal([
      "COMPLETE by api",
    ]);
  });
});

describe("a stream where nothing limits its time", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "0", sweepIntervalMinutes: "60" } });

  it("is up for as long as it takes", async () => {
    await local.streams.makeReady("endless");
    await local.clock.advance({ hours: 30 });
    expect(await local.streams.get("endless")).to.include({ status: "READY" });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(local.executions.of("streams-StreamSweep").every(({ status }) => status === "SUCCEEDED")).to.equal(
      true,
    );
  });
});
