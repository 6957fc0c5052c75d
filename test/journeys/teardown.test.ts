import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";
import { patterns } from "./support/patterns";

describe("a stream that is over", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003" } });

  async function expectNothingLeft(streamId: string, channelId: string): Promise<void> {
    expect(local.encoder.get(channelId).state, "channel").to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await patterns(local), "playback").to.not.include(`/${streamId}/*`);
    expect(
      (await local.streams.leases()).map(({ channelId }) => channelId),
      "leases",
    ).to.not.include(channelId);
    expect(await local.schedules.created(), "schedules").to.deep.equal([]);
    expect(local.notifications.subjects(), "messages").to.deep.equal([]);
  }

  for (const [streamId, statuses] of Object.entries({
    finished: ["COMPLETE"],
    aired: ["LIVE", "COMPLETE"],
    broken: ["FAILED"],
    "broken-live": ["LIVE", "FAILED"],
  } as const)) {
    it(`leaves nothing running after READY and ${statuses.join(" and ")}`, async () => {
      const { channelId } = await local.streams.makeReady(streamId);
      expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
      expect(await local.schedules.created()).to.have.lengthOf(1);
      for (const status of statuses)
        expect(await local.streams.update(streamId, status)).to.have.property("status", 200);

      await local.clock.advance({ seconds: 10 });
      await expectNothingLeft(streamId, String(channelId));
      const item = await local.streams.get(streamId);
      expect(item).to.have.nested.property("teardown.status", "DONE");
      expect(item?.status).to.equal(statuses.at(-1));
    });
  }

  it("does not stop a channel that was running before", async () => {
    for (const { id } of local.encoder.all()) local.encoder.setState(id, "RUNNING");
    const { channelId } = await local.streams.makeReady("guest");
    await local.streams.update("guest", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
    for (const { id } of local.encoder.all()) local.encoder.setState(id, "IDLE");
  });

  it("is torn down once, however often its end is told", async () => {
    local.faults.duplicate({ copies: 3, times: Number.POSITIVE_INFINITY });
    await local.streams.makeReady("echo");
    await local.streams.update("echo", "COMPLETE");
    await local.streams.update("echo", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    const outputs = local.executions
      .of("streams-StreamTeardown")
      .filter(({ input }) => JSON.stringify(input).includes('"echo"'))
      .map(({ output }) => (output as { teardown: string }).teardown);
    expect(outputs.filter((teardown) => teardown === "DONE")).to.have.lengthOf(1);
    expect(outputs.filter((teardown) => teardown === "NONE")).to.have.length.above(2);
  });

  it("waits for nothing where there is no such stream", async () => {
    const arn = await local.executions.start("streams-StreamTeardown", { streamId: "nobody" });
    expect(await local.executions.waitFor(arn)).to.deep.include({ output: { teardown: "NONE" } });
  });

  it("is torn down by the sweep when it could not be at first, and raises an alarm meanwhile", async () => {
    const { channelId } = await local.streams.makeReady("stuck");
    const mend = local.faults.fail({
      service: "MediaLive",
      action: "StopChannel",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await local.streams.update("stuck", "COMPLETE");
    await local.clock.advance({ minutes: 2 });
    expect(await local.streams.get("stuck")).to.have.nested.property("teardown.status", "INCOMPLETE");
    expect(
      (await local.streams.leases()).map(({ channelId }) => channelId),
      "nobody else gets the channel",
    ).to.include(channelId);
    expect(await patterns(local)).to.not.include("/stuck/*");
    expect(local.notifications.subjects().join()).to.match(/ALARM: .*StreamTeardown/);

    mend();
    await local.clock.advance({ minutes: 25 });
    expect(await local.streams.get("stuck")).to.have.nested.property("teardown.status", "DONE");
    expect(local.encoder.get(String(channelId)).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("is torn down by its own workflow alone where that has failed: BeginTeardown", async () => {
    await local.streams.provision("undone");
    await local.streams.end("undone", "FAILED");
    await local.clock.advance({ seconds: 30 });
    const { path, output } = local.executions.of("streams-StreamTeardown").at(-1) ?? {};
    expect(path).to.include("BeginTeardown").and.not.include("AcquireRemovalTurn");
    expect(output).to.deep.equal({ teardown: "NONE" });
    expect(await local.streams.get("undone")).to.not.have.property("teardown");
  });
});
