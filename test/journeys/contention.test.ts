import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useStage } from "./support/stage";

const many = 50;
const channelIds = Array.from({ length: many }, (_, index) => String(1001 + index));

describe("fifty streams at once on one distribution", () => {
  const on = useStage({ channelIds: channelIds.join(), confirmationTimeoutSeconds: "3600" });

  it("all get in, with one read for the capacity, one for the update, and one update each", async () => {
    const streamIds = channelIds.map((id) => `crowd-${id}`);
    on.stage.slowDown("CloudFront", "UpdateDistribution");
    await Promise.all(streamIds.map((streamId) => on.stage.post(streamId)));
    for (let minutes = 0; (await on.stage.playback()).length < many && minutes < 20; minutes += 1) {
      await on.local.clock.advance({ minutes: 1 });
    }
    expect(await on.stage.playback()).to.have.lengthOf(many);
    const calls = (action: string) =>
      on.local.faults.calls().filter((call) => call.service === "CloudFront" && call.action === action);
    expect(calls("UpdateDistribution").length, "updates").to.be.at.most(many + 2);
    expect(calls("GetDistributionConfig").length, "reads").to.be.at.most(2 * many + 2);
    for (const streamId of streamIds) {
      expect(on.local.executions.get(streamId)?.states.at(-1)?.name).to.equal("AwaitLifecycleConfirmation");
    }
  });
});

describe("a distribution that is full", () => {
  const on = useStage({ channelIds: "1001", cacheBehaviorQuota: "2" });

  it("refuses a stream before its channel starts, and says what to do", async () => {
    const { config } = await on.local.playback.get("E2QWRUHAPOMQZL");
    const behavior = { ...(config.DefaultCacheBehavior as JsonObject) };
    const Items = ["/vod/*", "/images/*"].map((PathPattern) => ({ ...behavior, PathPattern }));
    on.local.playback.setConfig("E2QWRUHAPOMQZL", { ...config, CacheBehaviors: { Quantity: 2, Items } });
    await on.stage.post("no-place");
    const { error, cause } = await on.local.executions.waitFor("no-place");
    expect(error).to.equal("PlaybackQuotaExceeded");
    expect(cause).to.match(/E2QWRUHAPOMQZL has 2 behaviours of the 2 that it may have\. End a stream/);
    const started = on.local.faults.calls().filter(({ action }) => action === "StartChannel");
    expect(started).to.deep.equal([]);
    expect(await on.stage.leases()).to.deep.equal({});

    on.local.playback.setConfig("E2QWRUHAPOMQZL", {
      ...config,
      CacheBehaviors: { Quantity: 1, Items: [Items[0] ?? {}] },
    });
    await on.stage.provision("no-place");
    expect(await on.stage.item("no-place")).to.include({ status: "PROVISIONING", attempt: 2 });
  });
});
