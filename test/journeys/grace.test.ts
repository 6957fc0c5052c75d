import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { denied } from "./support/errors";
import { has } from "./support/has";

describe("a stream that is COMPLETE, and still watched for half an hour", () => {
  const local = useLocal({ config: { channelIds: manyChannels, graceMinutes: "30", maxLiveHours: "3" } });

  async function expectKept(streamId: string): Promise<void> {
    const { channelId, status, ...attempt } = await local.streams.latest(streamId);
    expect(status).to.equal("COMPLETE");
    expect(attempt).to.not.have.property("teardown");
    expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
    expect(await local.streams.playback(streamId)).to.have.lengthOf(1);
    expect(await local.streams.lease(streamId)).to.include({ channelId });
  }

  async function expectTornDown(streamId: string, attempt = 1): Promise<void> {
    const item = (await local.streams.attempts(streamId)).find((one) => one.attempt === attempt);
    expect(item).to.have.nested.property("teardown.status", "DONE");
    expect(local.encoder.get(String(item?.channelId)).state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await local.streams.lease(streamId)).to.equal(undefined);
    expect(
      teardowns(streamId).filter(({ output }) => String(JSON.stringify(output)).includes("DONE")),
    ).to.have.lengthOf(1);
  }

  /** The executions that were started for a stream. */
  const teardowns = (streamId: string) =>
    local.executions
      .of("streams-StreamTeardown")
      .filter(({ input }) => JSON.stringify(input).includes(`"${streamId}"`));

  const runs = (streamId: string) => teardowns(streamId).filter(({ status }) => status === "RUNNING").length;

  it("keeps its entry and its channel until then, and loses both once", async () => {
    await local.streams.makeReady("watched");
    await local.streams.update("watched", "LIVE");
    await local.streams.update("watched", "COMPLETE");
    await local.streams.update("watched", "COMPLETE");
    await local.clock.advance({ minutes: 29 });
    await expectKept("watched");
    expect(await local.schedules.created()).to.have.lengthOf(1);
    await local.clock.advance({ minutes: 2 });
    await expectTornDown("watched");
    expect(await local.schedules.created()).to.deep.equal([]);
  });

  it("is not looked after by the sweep meanwhile", async () => {
    await local.streams.makeReady("unswept");
    await local.clock.advance({ seconds: 1 });
    await local.streams.update("unswept", "COMPLETE");
    await local.clock.advance({ minutes: 25 });
    expect(teardowns("unswept")).to.have.lengthOf(1);
    await local.clock.advance({ minutes: 6 });
    await expectTornDown("unswept");
  });

  it("is cleaned up at once when it is FAILED", async () => {
    await local.streams.makeReady("broken");
    await local.streams.update("broken", "FAILED");
    await local.clock.advance({ seconds: 10 });
    await expectTornDown("broken");
  });

  it("is cleaned up at once when its confirmation says FAILED", async () => {
    await local.streams.provision("unconfirmed");
    await local.streams.confirm("unconfirmed", "FAILED");
    expect(await local.streams.playback("unconfirmed")).to.deep.equal([]);
    expect(await local.streams.lease("unconfirmed")).to.equal(undefined);
  });

  it("is not watched longer than a stream may be up", async () => {
    await local.streams.makeReady("long");
    await local.clock.advance({ hours: 2, minutes: 50 });
    await local.streams.update("long", "COMPLETE");
    await local.clock.advance({ minutes: 5 });
    await expectKept("long");
    await local.clock.advance({ minutes: 6 });
    await expectTornDown("long");
  });

  it("is not watched at all when nobody ended it", async () => {
    await local.streams.makeReady("forgotten");
    await local.clock.advance({ hours: 3, minutes: 1 });
    await expectTornDown("forgotten");
  });

  it("gives way to a new request for the same stream at once", async () => {
    const first = await local.streams.makeReady("again");
    await local.streams.update("again", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    await expectKept("again");
    const second = await local.streams.provision("again");
    expect(second).to.include({ attempt: 2 });
    const [before] = await local.streams.attempts("again");
    expect(before).to.have.nested.property("teardown.status", "DONE");
    expect(local.encoder.get(String(first.channelId)).state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.playback("again")).to.have.lengthOf(1);
    // The execution that waited wakes up, and leaves the new attempt alone.
    await local.streams.confirm("again", "READY");
    await local.clock.advance({ minutes: 31 });
    expect(runs("again")).to.equal(0);
    expect(await local.streams.latest("again")).to.include({ status: "READY" });
    expect(await local.streams.playback("again")).to.have.lengthOf(1);
    await local.streams.update("again", "COMPLETE");
    await local.clock.advance({ minutes: 31 });
    expect(await local.streams.latest("again")).to.have.nested.property("teardown.status", "DONE");
  });

  it("is cleaned up by the sweep alone, where no event of its end arrives", async () => {
    await local.streams.makeReady("unheard");
    const hear = local.faults.refuse({
      forGood: true,
      times: Number.POSITIVE_INFINITY,
      target: "streams-StreamTeardown",
    });
    await local.streams.update("unheard", "COMPLETE");
    await local.clock.advance({ seconds: 1 });
    hear();
    await local.clock.advance({ minutes: 15 });
    expect(teardowns("unheard")).to.have.lengthOf(1);
    await expectKept("unheard");
    await local.clock.advance({ minutes: 16 });
    await expectTornDown("unheard");
    await local.queues.take();
  });

  it("is cleaned up by the sweep, where the execution dies that waits", async () => {
    await local.streams.makeReady("orphan");
    await local.clock.advance({ seconds: 1 });
    await local.streams.update("orphan", "COMPLETE");
    await local.clock.advance({ minutes: 5 });
    await local.executions.stop(String(teardowns("orphan")[0]?.arn));
    await local.clock.advance({ minutes: 20 });
    expect(runs("orphan")).to.equal(0);
    await expectKept("orphan");
    await local.clock.advance({ minutes: 20 });
    await expectTornDown("orphan");
  });

  it("is cleaned up at once, where the end of the time cannot be recorded", async () => {
    await local.streams.makeReady("unrecorded");
    local.faults.fail({
      service: "DynamoDB",
      action: "UpdateItem",
      caller: "streams-StreamTeardown",
      matches: has("graceUntil"),
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await local.streams.update("unrecorded", "COMPLETE");
    await local.clock.advance({ minutes: 3 });
    await expectTornDown("unrecorded");
  });
});

describe("the only channel, whose stream is COMPLETE and still watched", () => {
  const local = useLocal({ config: { channelIds: "1001", graceMinutes: "30" } });

  it("is refused to another stream at once, until the time is nearly over", async () => {
    await local.streams.makeReady("first");
    await local.streams.update("first", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    await local.streams.request("second");
    await local.clock.advance({ seconds: 1 });
    expect(local.executions.get("second")).to.include({ status: "FAILED", error: "NoChannelAvailable" });
    await local.clock.advance({ minutes: 26 });
    await local.streams.provision("second");
    expect(await local.streams.latest("second")).to.include({ attempt: 2, channelId: "1001" });
    await local.streams.end("second", "FAILED");
  });

  it("is given to a new request for the same stream, as after a release", async () => {
    await local.streams.makeReady("again");
    await local.streams.update("again", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    const requestedAt = local.clock.now();
    await local.streams.makeReady("again");
    expect(local.clock.now() - requestedAt).to.be.below(120_000);
    expect(await local.streams.latest("again")).to.include({
      status: "READY",
      attempt: 2,
      channelId: "1001",
    });
    await local.streams.end("again", "FAILED");
  });

  it("is given to a new request, though a start of its teardown fails", async () => {
    await local.streams.makeReady("retried");
    await local.streams.update("retried", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    local.faults.kill({
      function: "streams-validate-provision-request",
      at: { service: "StepFunctions", action: "StartExecution" },
      when: "before",
    });
    await local.streams.makeReady("retried");
    expect(await local.streams.latest("retried")).to.include({ status: "READY", attempt: 2 });
    await local.streams.end("retried", "FAILED");
  });
});

describe("a scheduled request for a stream that is COMPLETE and still watched", () => {
  const local = useLocal({ config: { channelIds: "1001", graceMinutes: "60", leadTimeMinutes: "10" } });

  it("leaves the channel to the viewers until it needs the channel itself", async () => {
    await local.streams.makeReady("daily");
    await local.streams.update("daily", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    const startTime = new Date(local.clock.now() + 30 * 60_000).toISOString();
    await local.streams.request("daily", { startTime });
    await local.clock.advance({ minutes: 15 });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(await local.streams.playback("daily")).to.have.lengthOf(1);
    await local.clock.advance({ minutes: 10 });
    expect(await local.streams.latest("daily")).to.include({ attempt: 2, channelId: "1001" });
    await local.streams.untilWaiting("daily");
    await local.streams.end("daily", "FAILED");
  });
});
