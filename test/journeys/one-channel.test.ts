import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { patterns } from "./support/patterns";

describe("the only channel of a pool", () => {
  const local = useLocal({ config: { channelIds: "4711" } });
  const state = () => local.encoder.get("4711").state;
  const started = () => local.faults.calls().filter(({ action }) => action === "StartChannel").length;

  it("is refused to a second stream while the first has it, which is left alone", async () => {
    await local.streams.makeReady("first");
    await local.streams.request("second");
    const { error, states } = await local.executions.waitFor("second");
    expect(error).to.equal("NoChannelAvailable");
    expect(states.map(({ name }) => name)).to.deep.equal([
      "ValidateProvisionRequest",
      "HandleProvisionFailure",
      "WorkflowFailed",
    ]);
    expect(await local.streams.get("second"))
      .to.include({ status: "FAILED", attempt: 1 })
      .and.have.nested.property("failure.error", "NoChannelAvailable");
    expect(local.streams.told("second")).to.deep.equal(["FAILED by orchestrator"]);
    expect(state()).to.equal("RUNNING");
    expect((await local.streams.leases()).map(({ channelId }) => channelId)).to.deep.equal(["4711"]);
  });

  it("is waited for by a stream that is requested right after the last one was over", async () => {
    await local.streams.update("first", "COMPLETE");
    expect(await local.streams.request("second")).to.have.property("status", 202);
    await local.clock.advance({ seconds: 30 });
    await local.executions.waitForState("second", "AwaitLifecycleConfirmation");
    expect(await local.streams.get("second")).to.include({ attempt: 2, channelId: "4711" });
    expect((await local.streams.leases()).map(({ leasedBy }) => leasedBy)[0]).to.match(/:second_2$/);
    expect(await patterns(local)).to.deep.equal(["/second/*"]);
    expect(state()).to.equal("RUNNING");
  });

  it("is waited for by a stream that is requested right after the last one has failed", async () => {
    await local.streams.update("second", "FAILED");
    expect(await local.streams.request("third")).to.have.property("status", 202);
    await local.clock.advance({ seconds: 30 });
    await local.executions.waitForState("third", "AwaitLifecycleConfirmation");
    expect(await patterns(local)).to.deep.equal(["/third/*"]);
    await local.streams.update("third", "FAILED");
    await local.clock.advance({ minutes: 1 });
    expect(state()).to.equal("IDLE");
  });

  it("goes to one of two streams that are requested at the same time", async () => {
    const before = started();
    await Promise.all([local.streams.request("twin-a"), local.streams.request("twin-b")]);
    await local.settled();
    const [a, b] = ["twin-a", "twin-b"].map((streamId) => local.executions.get(streamId));
    const [loser, winner] = a?.status === "FAILED" ? [a, b] : [b, a];
    expect(loser?.error).to.equal("NoChannelAvailable");
    expect(winner?.states.at(-1)?.name).to.equal("AwaitLifecycleConfirmation");
    expect((await local.streams.leases()).map(({ leasedBy }) => leasedBy)).to.deep.equal([winner?.arn]);
    expect(started() - before).to.equal(1);
  });
});
