import { expect } from "chai";
import { useLocal } from "../support/use-local";

const teardown = "streams-StreamTeardown";

describe("the last place in a distribution", () => {
  // Nobody else has a behaviour in it.
  const local = useLocal({ config: { channelIds: "1001,1002", cacheBehaviorQuota: "1" } });

  it("is free once the entry is out, though the cleanup died right after that", async () => {
    await local.streams.makeReady("first");
    await local.streams.request("refused");
    const { error, cause } = await local.executions.advanceUntil("refused");
    expect(error).to.equal("PlaybackQuotaExceeded");
    expect(cause).to.include("has 1 behaviours of the 1 that it may have");

    const stops: Promise<unknown>[] = [];
    local.faults.meanwhile(
      { service: "CloudFront", action: "UpdateDistribution", caller: teardown, when: "after" },
      async () => {
        for (const { name } of local.executions.running()) stops.push(local.executions.stop(name));
      },
    );
    await local.streams.update("first", "COMPLETE");
    await local.settled();
    await Promise.all(stops);
    expect(stops).to.not.deep.equal([]);
    expect(await local.streams.playback("first")).to.deep.equal([]);
    expect((await local.streams.leases()).map(({ streamId }) => streamId)).to.include("first");

    await local.streams.makeReady("second");
    await local.streams.end("second");
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
  });
});
