import { expect } from "chai";
import { useStage } from "./support/stage";

describe("an execution that dies", () => {
  const on = useStage({ channelIds: "1001,1002" });

  async function expectFailedAndRepeatable(streamId: string): Promise<void> {
    // The turn at the distribution of an execution that died with it ends by itself after a minute.
    await on.local.clock.advance({ minutes: 2 });
    const item = await on.stage.item(streamId);
    expect(item.status).to.equal("FAILED");
    expect(item).to.not.have.any.keys("taskToken", "unpublishedSince", "heldUntil");
    expect(
      on.local.encoder.all().map(({ state }) => state),
      "channels",
    ).to.deep.equal(["IDLE", "IDLE"]);
    expect(await on.stage.leases()).to.deep.equal({});
    expect(await on.stage.playback()).to.deep.equal([]);
    expect(on.stage.told(streamId).filter((line) => line.startsWith("FAILED"))).to.have.lengthOf(1);
    expect(on.stage.messages().filter((subject) => subject.includes(streamId))).to.have.lengthOf(1);

    await on.stage.makeReady(streamId);
    expect(await on.stage.item(streamId)).to.include({ status: "READY", attempt: 2 });
    await on.stage.put(streamId, "COMPLETE");
    await on.local.clock.advance({ minutes: 1 });
  }

  it("is undone when an operator stops it while it waits for the confirmation", async () => {
    await on.stage.provision("stopped");
    await on.stage.stop("stopped");
    await expectFailedAndRepeatable("stopped");
    const [attempt] = await on.local.streams.attempts("stopped");
    expect(attempt?.failure).to.deep.include({ error: "ExecutionAborted" });
  });

  for (const [moment, service, action] of [
    ["before the stream is stored", "DynamoDB", "PutItem"],
    ["before the request is announced", "EventBridge", "PutEvents"],
    ["before the channel is claimed", "MediaLive", "DescribeChannel"],
    ["as the channel is started", "MediaLive", "StartChannel"],
    ["as the distribution is updated", "CloudFront", "UpdateDistribution"],
  ] as const) {
    it(`is undone when it is stopped ${moment}`, async () => {
      const streamId = `stopped-${action.toLowerCase()}`;
      const caller = "streams-StreamLifecycleOrchestrator";
      on.local.faults.meanwhile({ service, action, when: "after", times: 1, caller }, () =>
        on.stage.stop(streamId, { settles: false }),
      );
      await on.stage.post(streamId);
      await on.local.executions.waitFor(streamId);
      await expectFailedAndRepeatable(streamId);
      expect(on.stage.told(streamId)).to.include("requested");
    });
  }

  it("is found by the sweep when its own event is lost", async () => {
    await on.stage.provision("unheard");
    on.local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
    await on.stage.stop("unheard");
    expect((await on.stage.item("unheard")).status).to.equal("PROVISIONING");
    on.local.faults.clear();
    await on.local.clock.advance({ minutes: 11 });
    await expectFailedAndRepeatable("unheard");
    expect(on.stage.messages().join()).to.match(/ALARM: .*dead-letters/);
  });

  it("leaves a stream alone whose execution was stopped after all was recorded", async () => {
    await on.stage.provision("late-stop");
    const caller = "streams-StreamLifecycleOrchestrator";
    const matches = (input: object) => JSON.stringify(input).includes("readyAt");
    const site = { service: "DynamoDB", action: "UpdateItem", caller, matches } as const;
    on.local.faults.meanwhile({ ...site, when: "after" }, () =>
      on.stage.stop("late-stop", { settles: false }),
    );
    await on.stage.put("late-stop", "READY");
    expect(on.local.executions.get("late-stop")?.status).to.equal("ABORTED");
    await on.local.clock.advance({ minutes: 25 });
    expect((await on.stage.item("late-stop")).status).to.equal("READY");
    expect(await on.stage.playback()).to.deep.equal(["/late-stop/*"]);
  });
});
