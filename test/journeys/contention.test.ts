import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { patterns } from "./support/patterns";

const many = 50;
const channelIds = Array.from({ length: many }, (_, index) => String(1001 + index));

describe("fifty streams at once on one distribution", () => {
  const local = useLocal({ config: { channelIds: channelIds.join(), confirmationTimeoutSeconds: "3600" } });

  it("all get in, with one read for the capacity, one for the update, and one update each", async () => {
    const streamIds = channelIds.map((id) => `crowd-${id}`);
    local.faults.slow({ service: "CloudFront", action: "UpdateDistribution" });
    await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
    for (let minutes = 0; (await patterns(local)).length < many && minutes < 20; minutes += 1) {
      await local.clock.advance({ minutes: 1 });
    }
    expect(await patterns(local)).to.have.lengthOf(many);
    const calls = (action: string) =>
      local.faults.calls().filter((call) => call.service === "CloudFront" && call.action === action);
    expect(calls("UpdateDistribution").length, "updates").to.be.at.most(many + 2);
    expect(calls("GetDistributionConfig").length, "reads").to.be.at.most(2 * many + 2);
    for (const streamId of streamIds) {
      expect(local.executions.get(streamId)?.states.at(-1)?.name).to.equal("AwaitLifecycleConfirmation");
    }
  });
});

describe("a distribution that is full", () => {
  const local = useLocal({ config: { channelIds: "1001", cacheBehaviorQuota: "2" } });

  it("refuses a stream before its channel starts, and says what to do", async () => {
    const { config } = await local.playback.get("E2QWRUHAPOMQZL");
    const behavior = { ...(config.DefaultCacheBehavior as JsonObject) };
    const Items = ["/vod/*", "/images/*"].map((PathPattern) => ({ ...behavior, PathPattern }));
    local.playback.setConfig("E2QWRUHAPOMQZL", { ...config, CacheBehaviors: { Quantity: 2, Items } });
    await local.streams.request("no-place");
    const { error, cause } = await local.executions.waitFor("no-place");
    expect(error).to.equal("PlaybackQuotaExceeded");
    expect(cause).to.match(/E2QWRUHAPOMQZL has 2 behaviours of the 2 that it may have\. End a stream/);
    const started = local.faults.calls().filter(({ action }) => action === "StartChannel");
    expect(started).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);

    local.playback.setConfig("E2QWRUHAPOMQZL", {
      ...config,
      CacheBehaviors: { Quantity: 1, Items: [Items[0] ?? {}] },
    });
    await local.streams.provision("no-place");
    expect(await local.streams.get("no-place")).to.include({ status: "PROVISIONING", attempt: 2 });
  });
});
