import { expect } from "chai";
import { denied, useStage } from "./support/stage";

describe("a stream that is over", () => {
  const on = useStage({ channelIds: "1001,1002,1003" });

  async function expectNothingLeft(streamId: string, channelId: string): Promise<void> {
    expect(on.local.encoder.get(channelId).state, "channel").to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await on.stage.playback(), "playback").to.not.include(`/${streamId}/*`);
    expect(Object.keys(await on.stage.leases()), "leases").to.not.include(channelId);
    expect(await on.stage.schedules(), "schedules").to.deep.equal([]);
    expect(on.stage.messages(), "messages").to.deep.equal([]);
  }

  for (const [streamId, statuses] of Object.entries({
    finished: ["COMPLETE"],
    aired: ["LIVE", "COMPLETE"],
    broken: ["FAILED"],
    "broken-live": ["LIVE", "FAILED"],
  } as const)) {
    it(`leaves nothing running after READY and ${statuses.join(" and ")}`, async () => {
      await on.stage.makeReady(streamId);
      const { channelId } = await on.stage.item(streamId);
      expect(on.local.encoder.get(String(channelId)).state).to.equal("RUNNING");
      expect(await on.stage.schedules()).to.have.lengthOf(1);
      for (const status of statuses) expect(await on.stage.put(streamId, status)).to.equal(200);

      await on.local.clock.advance({ seconds: 10 });
      await expectNothingLeft(streamId, String(channelId));
      const item = await on.stage.item(streamId);
      expect(item).to.have.nested.property("teardown.status", "DONE");
      expect(item.status).to.equal(statuses.at(-1));
    });
  }

  it("does not stop a channel that was running before", async () => {
    for (const { id } of on.local.encoder.all()) on.local.encoder.setState(id, "RUNNING");
    await on.stage.makeReady("guest");
    const { channelId } = await on.stage.item("guest");
    await on.stage.put("guest", "COMPLETE");
    await on.local.clock.advance({ seconds: 10 });
    expect(on.local.encoder.get(String(channelId)).state).to.equal("RUNNING");
    expect(await on.stage.leases()).to.deep.equal({});
    expect(await on.stage.playback()).to.deep.equal([]);
    for (const { id } of on.local.encoder.all()) on.local.encoder.setState(id, "IDLE");
  });

  it("is torn down once, however often its end is told", async () => {
    on.local.faults.duplicate({ copies: 3, times: Number.POSITIVE_INFINITY });
    await on.stage.makeReady("echo");
    await on.stage.put("echo", "COMPLETE");
    await on.stage.put("echo", "COMPLETE");
    await on.local.clock.advance({ minutes: 1 });
    const outputs = on.stage
      .executions("StreamTeardown")
      .filter(({ input }) => (input as { streamId: string }).streamId === "echo")
      .map(({ output }) => (output as { teardown: string }).teardown);
    expect(outputs.filter((teardown) => teardown === "DONE")).to.have.lengthOf(1);
    expect(outputs.filter((teardown) => teardown === "NONE")).to.have.length.above(2);
  });

  it("is torn down by the sweep when it could not be at first, and raises an alarm meanwhile", async () => {
    await on.stage.makeReady("stuck");
    const { channelId } = await on.stage.item("stuck");
    const mend = on.local.faults.fail({
      service: "MediaLive",
      action: "StopChannel",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await on.stage.put("stuck", "COMPLETE");
    await on.local.clock.advance({ minutes: 2 });
    expect(await on.stage.item("stuck")).to.have.nested.property("teardown.status", "INCOMPLETE");
    expect(Object.keys(await on.stage.leases()), "nobody else gets the channel").to.include(channelId);
    expect(await on.stage.playback()).to.not.include("/stuck/*");
    expect(on.stage.messages().join()).to.match(/ALARM: .*StreamTeardown/);

    mend();
    await on.local.clock.advance({ minutes: 25 });
    expect(await on.stage.item("stuck")).to.have.nested.property("teardown.status", "DONE");
    expect(on.local.encoder.get(String(channelId)).state).to.equal("IDLE");
    expect(await on.stage.leases()).to.deep.equal({});
  });
});
