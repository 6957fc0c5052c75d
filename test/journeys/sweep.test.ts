import { expect } from "chai";
import { denied, useStage } from "./support/stage";

describe("the sweep", () => {
  const on = useStage({ channelIds: "1001,1002" });

  it("announces a status that was stored and not announced", async () => {
    await on.stage.provision("unsaid");
    on.local.faults.kill({
      function: "streams-update-stream-status",
      at: { service: "EventBridge", action: "PutEvents" },
    });
    expect(await on.stage.put("unsaid", "READY")).to.equal(500);
    expect(await on.stage.item("unsaid"))
      .to.include({ status: "READY" })
      .and.have.property("unpublishedSince");
    expect(on.stage.told("unsaid")).to.deep.equal(["requested"]);

    await on.local.clock.advance({ minutes: 12 });
    expect(on.stage.told("unsaid")).to.deep.equal(["requested", "READY by api", "READY by orchestrator"]);
    expect(await on.stage.item("unsaid")).to.not.have.property("unpublishedSince");
    expect(on.local.executions.get("unsaid")?.status).to.equal("SUCCEEDED");
    await on.stage.put("unsaid", "COMPLETE");
    await on.local.clock.advance({ minutes: 1 });
  });

  it("reports a channel that runs for nobody, and leaves it running", async () => {
    on.local.encoder.setState("1002", "RUNNING");
    await on.local.clock.advance({ minutes: 11 });
    const { status, error, cause } = on.stage.executions("StreamSweep").at(-1) ?? {};
    expect({ status, error }).to.deep.equal({ status: "FAILED", error: "UnownedChannelFound" });
    expect(cause).to.equal(
      "Channel 1002 is RUNNING and no stream has it: stop it, or set encoder.stopUnowned.",
    );
    expect(on.local.encoder.get("1002").state).to.equal("RUNNING");
    expect(await on.stage.leases()).to.deep.equal({});
    expect(on.stage.messages().join()).to.match(/ALARM: .*StreamSweep/);
    on.local.encoder.setState("1002", "IDLE");
    await on.local.clock.advance({ minutes: 11 });
    expect(on.stage.executions("StreamSweep").at(-1)).to.include({ status: "SUCCEEDED" });
  });

  it("gives back what a sweep leased that died", async () => {
    const mend = on.local.faults.fail({
      service: "DynamoDB",
      action: "DeleteItem",
      caller: "streams-StreamSweep",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await on.local.clock.advance({ minutes: 10 });
    mend();
    expect(Object.keys(await on.stage.leases())).to.have.members(["1001", "1002"]);
    await on.local.clock.advance({ minutes: 10 });
    expect(await on.stage.leases()).to.deep.equal({});
  });

  it("keeps no stream from a channel while it looks at it", async () => {
    const site = { service: "MediaLive", action: "DescribeChannel", caller: "streams-StreamSweep" } as const;
    on.local.faults.meanwhile(site, () => on.local.api("/streams", { json: on.stage.request("meanwhile") }));
    await on.local.clock.advance({ minutes: 10 });
    await on.local.clock.advance({ seconds: 10 });
    await on.local.executions.waitForState("meanwhile", "AwaitLifecycleConfirmation");
    await on.stage.put("meanwhile", "FAILED");
    await on.local.clock.advance({ minutes: 1 });
  });

  it("does nothing where nothing is to be done", async () => {
    await on.stage.makeReady("healthy");
    const before = on.stage.told("healthy");
    await on.local.clock.advance({ hours: 2 });
    expect(on.stage.told("healthy")).to.deep.equal(before);
    expect(await on.stage.item("healthy")).to.include({ status: "READY" });
    expect(
      on.stage
        .executions("StreamSweep")
        .slice(-6)
        .map(({ status }) => status),
    ).to.deep.equal(Array(6).fill("SUCCEEDED"));
  });
});

describe("the sweep of a pool that nobody else uses", () => {
  const on = useStage({ channelIds: "1001,1002", stopUnowned: "true" });

  it("stops a channel that runs for nobody, and says so", async () => {
    await on.stage.makeReady("owner");
    const { channelId } = await on.stage.item("owner");
    const other = channelId === "1001" ? "1002" : "1001";
    on.local.encoder.setState(other, "RUNNING");
    await on.local.clock.advance({ minutes: 11 });
    expect(on.local.encoder.get(other).state).to.equal("IDLE");
    expect(on.local.encoder.get(String(channelId)).state).to.equal("RUNNING");
    expect(on.stage.executions("StreamSweep").at(-1)?.cause).to.equal(
      `Channel ${other} was RUNNING and no stream has it; it is being stopped.`,
    );
    expect(on.stage.messages().join()).to.match(/ALARM: .*StreamSweep/);
  });
});
