import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { has } from "./support/has";
import { patterns } from "./support/patterns";

describe("an execution that dies", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });

  async function expectFailedAndRepeatable(streamId: string): Promise<void> {
    // The turn at the distribution of an execution that died with it ends by itself after a minute.
    await local.clock.advance({ minutes: 2 });
    const item = await local.streams.get(streamId);
    expect(item?.status).to.equal("FAILED");
    expect(item).to.not.have.any.keys("taskToken", "unpublishedSince", "heldUntil");
    expect(
      local.encoder.all().map(({ state }) => state),
      "channels",
    ).to.deep.equal(["IDLE", "IDLE"]);
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
    expect(local.streams.told(streamId).filter((line) => line.startsWith("FAILED"))).to.have.lengthOf(1);
    expect(local.notifications.subjects().filter((subject) => subject.includes(streamId))).to.have.lengthOf(
      1,
    );

    await local.streams.makeReady(streamId);
    expect(await local.streams.get(streamId)).to.include({ status: "READY", attempt: 2 });
    await local.streams.update(streamId, "COMPLETE");
    await local.clock.advance({ minutes: 1 });
  }

  it("is undone when an operator stops it while it waits for the confirmation", async () => {
    await local.streams.provision("stopped");
    await local.executions.stop("stopped");
    await local.settled();
    await expectFailedAndRepeatable("stopped");
    const [attempt] = await local.streams.attempts("stopped");
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
      local.faults.meanwhile({ service, action, when: "after", times: 1, caller }, () =>
        local.executions.stop(streamId),
      );
      await local.streams.request(streamId);
      await local.executions.waitFor(streamId);
      await expectFailedAndRepeatable(streamId);
      expect(local.streams.told(streamId)).to.include("requested");
    });
  }

  it("is found by the sweep when its own event is lost", async () => {
    await local.streams.provision("unheard");
    local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
    await local.executions.stop("unheard");
    await local.settled();
    expect((await local.streams.get("unheard"))?.status).to.equal("PROVISIONING");
    local.faults.clear();
    await local.clock.advance({ minutes: 11 });
    await expectFailedAndRepeatable("unheard");
    expect(local.notifications.subjects().join()).to.match(/ALARM: .*dead-letters/);
  });

  it("leaves a stream alone whose execution was stopped after all was recorded", async () => {
    await local.streams.provision("late-stop");
    const caller = "streams-StreamLifecycleOrchestrator";
    const matches = has("readyAt");
    const site = { service: "DynamoDB", action: "UpdateItem", caller, matches } as const;
    local.faults.meanwhile({ ...site, when: "after" }, () => local.executions.stop("late-stop"));
    await local.streams.update("late-stop", "READY");
    expect(local.executions.get("late-stop")?.status).to.equal("ABORTED");
    await local.clock.advance({ minutes: 25 });
    expect((await local.streams.get("late-stop"))?.status).to.equal("READY");
    expect(await patterns(local)).to.deep.equal(["/late-stop/*"]);
  });
});
