import { expect } from "chai";
import { useJourney } from "./support/journey";
import { aRequest } from "./support/requests";

describe("the only channel of a pool", () => {
  const journey = useJourney({ config: { channelIds: "4711" } });

  it("serves one stream after the other, and never two at once", async () => {
    await journey.makeReady("first");
    expect(await journey.aws.lease("first")).to.include({ channelId: "4711", attempt: 1 });

    // The second comes too soon, and leaves the first alone.
    await journey.post(aRequest("second"));
    expect(await journey.waitForEnd("second")).to.equal("FAILED");
    expect(await journey.aws.execution("second")).to.include({ error: "NoChannelAvailable" });
    expect(await journey.aws.states("second")).to.deep.equal([
      "ValidateProvisionRequest",
      "HandleProvisionFailure",
      "WorkflowFailed",
    ]);
    expect(await journey.aws.item("second"))
      .to.include({ status: "FAILED", attempt: 1 })
      .and.have.nested.property("failure.error", "NoChannelAvailable");
    expect(journey.announced("second").map(({ type, status }) => [type, status])).to.deep.equal([
      ["StreamLifecycleProgressed", "FAILED"],
    ]);
    expect(await journey.aws.channelState("4711")).to.equal("RUNNING");
    expect(await journey.aws.lease("first")).to.include({ channelId: "4711" });

    // Once the first is over, the second takes its channel over as it runs.
    await journey.put({ streamId: "first", status: "COMPLETE" });
    await journey.provision("second", 2);
    expect(await journey.aws.lease("first")).to.equal(undefined);
    expect(await journey.aws.lease("second")).to.include({ channelId: "4711", attempt: 2 });

    // Nobody else would stop a channel that was taken over.
    await journey.put({ streamId: "second", status: "FAILED" });
    expect(await journey.waitForEnd("second", 2)).to.equal("FAILED");
    expect(await journey.aws.channelState("4711")).to.equal("STOPPING");
    expect(await journey.aws.leases()).to.deep.equal([]);
    // What the first left in the distribution is not the second's to take out.
    expect((await journey.aws.playback("second")).origins).to.deep.equal([]);
  });

  it("is waited for by the next stream while it stops after the last one", async () => {
    await journey.post(aRequest("third"));
    await journey.waitForState("third", "WaitForChannel");
    await journey.clock.advance(10);
    await journey.waitForToken("third");
    await journey.clock.advance(2);
    expect(await journey.aws.channelState("4711")).to.equal("RUNNING");
  });

  it("goes to one of two streams that are requested at the same time", async () => {
    await journey.put({ streamId: "third", status: "FAILED" });
    await journey.waitForEnd("third");
    await journey.clock.advance(2);
    await Promise.all([journey.post(aRequest("twin-a")), journey.post(aRequest("twin-b"))]);
    const loser = await Promise.race(
      ["twin-a", "twin-b"].map(async (streamId) => {
        await journey.waitForEnd(streamId);
        return streamId;
      }),
    );
    const winner = loser === "twin-a" ? "twin-b" : "twin-a";
    await journey.waitForToken(winner);
    expect(await journey.aws.execution(loser)).to.include({ error: "NoChannelAvailable" });
    expect(await journey.aws.leases()).to.have.lengthOf(1);
    expect(await journey.aws.lease(winner)).to.include({ channelId: "4711" });
  });
});
