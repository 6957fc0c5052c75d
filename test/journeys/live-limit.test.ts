import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";
import { patterns } from "./support/patterns";

const noSchedule = {
  service: "Scheduler",
  action: "CreateSchedule",
  error: denied,
  times: Number.POSITIVE_INFINITY,
} as const;

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
    local.faults.fail(noSchedule);
    await local.streams.makeReady("unscheduled");
    expect(await local.streams.get("unscheduled")).to.include({ status: "READY" });
    expect(await local.schedules.created()).to.deep.equal([]);
    await local.clock.advance({ hours: 3, minutes: 12 });
    await expectEnded("unscheduled");
  });

  it("was ended in time, and its schedule with it", async () => {
    await local.streams.makeReady("in-time");
    expect(await local.schedules.created()).to.have.lengthOf(1);
    // Nothing tells two changes in one millisecond apart, and the sweep would announce them again.
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

describe("a stream with an endTime", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "0" } });
  const inHours = (hours: number) => new Date(local.clock.now() + hours * 3_600_000).toISOString();

  async function expectEnded(streamId: string): Promise<void> {
    const item = await local.streams.get(streamId);
    expect(item).to.include({ status: "COMPLETE" }).and.have.nested.property("teardown.status", "DONE");
    expect(item?.history.at(-1)).to.include({
      reason: "The endTime of the stream has come.",
      component: "StreamTeardown",
    });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.notifications.subjects()).to.deep.equal([]);
  }

  it("is COMPLETE then, and on-call is not told", async () => {
    await local.streams.makeReady("planned", { endTime: inHours(2) });
    await local.clock.advance({ hours: 1, minutes: 50 });
    expect(await local.streams.get("planned")).to.include({ status: "READY" });
    await local.clock.advance({ minutes: 12 });
    await expectEnded("planned");
  });

  it("is ended by the sweep where the schedule could not be made", async () => {
    const remove = local.faults.fail(noSchedule);
    await local.streams.makeReady("unscheduled", { endTime: inHours(1) });
    remove();
    await local.clock.advance({ minutes: 50 });
    expect(await local.streams.get("unscheduled")).to.include({ status: "READY" });
    await local.clock.advance({ minutes: 25 });
    await expectEnded("unscheduled");
  });

  it("is COMPLETE a minute after READY where that came after the endTime", async () => {
    await local.streams.provision("late", { endTime: inHours(0.1) });
    await local.clock.advance({ minutes: 8 });
    await local.streams.confirm("late", "READY");
    await local.clock.advance({ minutes: 3 });
    await expectEnded("late");
  });
});

describe("a stream whose endTime is after the limit", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "1" } });

  it("is ended by the limit, and on-call is told", async () => {
    const endTime = new Date(local.clock.now() + 5 * 3_600_000).toISOString();
    await local.streams.makeReady("too-long", { endTime });
    await local.clock.advance({ hours: 1, minutes: 2 });
    expect((await local.streams.get("too-long"))?.history.at(-1)?.reason).to.match(/within 1 hours/);
    expect(local.notifications.subjects()).to.have.lengthOf(1);
  });
});

describe("a stream where nothing limits its time", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "0", sweepIntervalMinutes: "60" } });

  it("is up for as long as it takes, and no schedule is asked for: ScheduleLiveLimit", async () => {
    await local.streams.makeReady("endless");
    expect(local.faults.calls().map(({ action }) => action)).to.not.include("CreateSchedule");
    await local.clock.advance({ hours: 30 });
    expect(await local.streams.get("endless")).to.include({ status: "READY" });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(local.executions.of("streams-StreamSweep").every(({ status }) => status === "SUCCEEDED")).to.equal(
      true,
    );
  });
});
