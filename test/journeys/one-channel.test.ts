import { expect } from "chai";
import { useStage } from "./support/stage";

describe("the only channel of a pool", () => {
  const on = useStage({ channelIds: "4711" });
  const state = () => on.local.encoder.get("4711").state;
  const started = () => on.local.faults.calls().filter(({ action }) => action === "StartChannel").length;

  it("is refused to a second stream while the first has it, which is left alone", async () => {
    await on.stage.makeReady("first");
    await on.stage.post("second");
    const { error, states } = await on.local.executions.waitFor("second");
    expect(error).to.equal("NoChannelAvailable");
    expect(states.map(({ name }) => name)).to.deep.equal([
      "ValidateProvisionRequest",
      "HandleProvisionFailure",
      "WorkflowFailed",
    ]);
    expect(await on.stage.item("second"))
      .to.include({ status: "FAILED", attempt: 1 })
      .and.have.nested.property("failure.error", "NoChannelAvailable");
    expect(on.stage.told("second")).to.deep.equal(["FAILED by orchestrator"]);
    expect(state()).to.equal("RUNNING");
    expect(Object.keys(await on.stage.leases())).to.deep.equal(["4711"]);
  });

  it("is waited for by a stream that is requested right after the last one was over", async () => {
    await on.stage.put("first", "COMPLETE");
    expect(await on.stage.post("second")).to.equal(202);
    await on.local.clock.advance({ seconds: 30 });
    await on.local.executions.waitForState("second", "AwaitLifecycleConfirmation");
    expect(await on.stage.item("second")).to.include({ attempt: 2, channelId: "4711" });
    expect(Object.values(await on.stage.leases())[0]).to.match(/:second_2$/);
    expect(await on.stage.playback()).to.deep.equal(["/second/*"]);
    expect(state()).to.equal("RUNNING");
  });

  it("is waited for by a stream that is requested right after the last one has failed", async () => {
    await on.stage.put("second", "FAILED");
    expect(await on.stage.post("third")).to.equal(202);
    await on.local.clock.advance({ seconds: 30 });
    await on.local.executions.waitForState("third", "AwaitLifecycleConfirmation");
    expect(await on.stage.playback()).to.deep.equal(["/third/*"]);
    await on.stage.put("third", "FAILED");
    await on.local.clock.advance({ minutes: 1 });
    expect(state()).to.equal("IDLE");
  });

  it("goes to one of two streams that are requested at the same time", async () => {
    const before = started();
    await Promise.all([on.stage.post("twin-a"), on.stage.post("twin-b")]);
    await on.local.settled();
    const [a, b] = ["twin-a", "twin-b"].map((streamId) => on.local.executions.get(streamId));
    const [loser, winner] = a?.status === "FAILED" ? [a, b] : [b, a];
    expect(loser?.error).to.equal("NoChannelAvailable");
    expect(winner?.states.at(-1)?.name).to.equal("AwaitLifecycleConfirmation");
    expect(Object.values(await on.stage.leases())).to.deep.equal([winner?.arn]);
    expect(started() - before).to.equal(1);
  });
});
