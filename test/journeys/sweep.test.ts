import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";

describe("the sweep", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });

  it("announces a status that was stored and not announced", async () => {
    await local.streams.provision("unsaid");
    local.faults.kill({
      function: "streams-update-stream-status",
      at: { service: "EventBridge", action: "PutEvents" },
    });
    expect(await local.streams.update("unsaid", "READY")).to.have.property("status", 500);
    expect(await local.streams.get("unsaid"))
      .to.include({ status: "READY" })
      .and.have.property("unpublishedSince");
    expect(local.streams.told("unsaid")).to.deep.equal(["requested", "PROVISIONING by orchestrator"]);

    await local.clock.advance({ minutes: 12 });
    expect(local.streams.told("unsaid")).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "READY by api",
      "READY by orchestrator",
    ]);
    expect(await local.streams.get("unsaid")).to.not.have.property("unpublishedSince");
    expect(local.executions.get("unsaid")?.status).to.equal("SUCCEEDED");
    await local.streams.update("unsaid", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
  });

  it("announces no status twice that came in the millisecond of another", async () => {
    const streamId = "still";
    await local.streams.request(streamId);
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    await local.streams.update(streamId, "READY");
    await local.clock.advance({ seconds: 5 });
    await local.streams.update(streamId, "LIVE");
    await local.streams.update(streamId, "COMPLETE");
    const { history } = await local.streams.latest(streamId);
    const times = history.map(({ at }) => at);
    expect(new Set(times).size, times.join()).to.equal(2);
    await local.clock.advance({ minutes: 31 });
    expect(local.streams.told(streamId)).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "READY by api",
      "READY by orchestrator",
      "LIVE by api",
      "COMPLETE by api",
    ]);
  });

  it("reports a channel that runs for nobody, and leaves it running", async () => {
    local.encoder.setState("1002", "RUNNING");
    await local.clock.advance({ minutes: 11 });
    const { status, error, cause } = local.executions.of("streams-StreamSweep").at(-1) ?? {};
    expect({ status, error }).to.deep.equal({ status: "FAILED", error: "UnownedChannelFound" });
    expect(cause).to.equal(
      "Channel 1002 is RUNNING and no stream has it: stop it, or set encoder.stopUnowned.",
    );
    expect(local.encoder.get("1002").state).to.equal("RUNNING");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.notifications.subjects().join()).to.match(/ALARM: .*StreamSweep/);
    local.encoder.setState("1002", "IDLE");
    await local.clock.advance({ minutes: 11 });
    expect(local.executions.of("streams-StreamSweep").at(-1)).to.include({ status: "SUCCEEDED" });
    await local.clock.advance({ minutes: 20 });
  });

  it("pages once however often it fails in a row, and again where it fails later", async () => {
    const pages = () =>
      local.notifications.subjects().filter((subject) => /ALARM: .*StreamSweep/.test(subject)).length;
    const before = pages();
    const failures = () =>
      local.executions.of("streams-StreamSweep").filter(({ status }) => status === "FAILED").length;
    const failed = failures();
    local.encoder.setState("1002", "RUNNING");
    await local.clock.advance({ hours: 2 });
    expect(failures() - failed).to.equal(12);
    expect(pages() - before).to.equal(1);
    local.encoder.setState("1002", "IDLE");
    await local.clock.advance({ minutes: 31 });
    local.encoder.setState("1002", "RUNNING");
    await local.clock.advance({ minutes: 11 });
    expect(pages() - before).to.equal(2);
    local.encoder.setState("1002", "IDLE");
    await local.clock.advance({ minutes: 31 });
  });

  it("removes what a sweep leased that died", async () => {
    for (const id of ["1001", "1002"]) local.encoder.setState(id, "RUNNING");
    const mend = local.faults.fail({
      service: "DynamoDB",
      action: "DeleteItem",
      caller: "streams-StreamSweep",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    await local.clock.advance({ minutes: 10 });
    mend();
    expect((await local.streams.leases()).map(({ channelId }) => channelId)).to.have.members([
      "1001",
      "1002",
    ]);
    for (const id of ["1001", "1002"]) local.encoder.setState(id, "IDLE");
    await local.clock.advance({ minutes: 10 });
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("keeps no stream from a channel while it looks at it", async () => {
    const site = { service: "MediaLive", action: "DescribeChannel", caller: "streams-StreamSweep" } as const;
    local.faults.meanwhile(site, () => local.streams.request("meanwhile"));
    await local.clock.advance({ minutes: 10 });
    await local.clock.advance({ seconds: 10 });
    await local.executions.waitForState("meanwhile", "AwaitLifecycleConfirmation");
    await local.streams.update("meanwhile", "FAILED");
    await local.clock.advance({ minutes: 1 });
  });

  it("does nothing where nothing is to be done", async () => {
    await local.streams.makeReady("healthy");
    const before = local.streams.told("healthy");
    await local.clock.advance({ hours: 2 });
    expect(local.streams.told("healthy")).to.deep.equal(before);
    expect(await local.streams.get("healthy")).to.include({ status: "READY" });
    expect(
      local.executions
        .of("streams-StreamSweep")
        .slice(-6)
        .map(({ status }) => status),
    ).to.deep.equal(Array(6).fill("SUCCEEDED"));
  });
});

describe("the sweep of a pool that nobody else uses", () => {
  const local = useLocal({ config: { channelIds: "1001,1002", stopUnowned: "true" } });

  it("stops a channel that runs for nobody, and says so", async () => {
    const { channelId } = await local.streams.makeReady("owner");
    const other = channelId === "1001" ? "1002" : "1001";
    local.encoder.setState(other, "RUNNING");
    await local.clock.advance({ minutes: 11 });
    expect(local.encoder.get(other).state).to.equal("IDLE");
    expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
    expect(local.executions.of("streams-StreamSweep").at(-1)?.cause).to.equal(
      `Channel ${other} was RUNNING and no stream has it; it is being stopped.`,
    );
    expect(local.notifications.subjects().join()).to.match(/ALARM: .*StreamSweep/);
  });
});
