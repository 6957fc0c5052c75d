import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { aRequest } from "./support/requests";

const channelId = "4711";
const nineMinutes = { startMilliseconds: 540_000, stopMilliseconds: 240_000 };

describe("a channel that takes nine minutes to start and four to stop", () => {
  const local = useLocal({ config: { channelIds: channelId } });
  const state = () => local.encoder.get(channelId).state;

  before(() => local.encoder.setDelays(channelId, nineMinutes));

  /** Requests a stream, up to where it waits for its confirmation: its channel is starting. */
  async function request(streamId: string): Promise<void> {
    expect(await local.streams.request(aRequest(streamId))).to.have.property("status", 202);
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    expect(state()).to.equal("STARTING");
  }

  /** Nothing is left, nothing is to do, and the channel is idle again four minutes later. */
  async function expectCleanedUp(streamId: string): Promise<void> {
    expect(state()).to.equal("STOPPING");
    await local.clock.advance({ minutes: 4 });
    expect(state()).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(
      local.notifications.subjects().filter((subject) => subject.includes("ACTION NEEDED")),
    ).to.deep.equal([]);
    expect(local.notifications.subjects().filter((subject) => subject.includes("ALARM"))).to.deep.equal([]);
  }

  it("is READY before it runs, and LIVE and COMPLETE as any other", async () => {
    await request("ready-early");
    await local.streams.update("ready-early", "READY");
    expect(await local.executions.waitFor("ready-early")).to.have.property("status", "SUCCEEDED");
    await local.clock.advance({ minutes: 9 });
    expect(state()).to.equal("RUNNING");
    await local.streams.update("ready-early", "LIVE");
    await local.streams.update("ready-early", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    await expectCleanedUp("ready-early");
    expect(local.notifications.subjects()).to.deep.equal([]);
  });

  it("is stopped once it runs, where the stream is COMPLETE right after READY", async () => {
    await request("over-at-once");
    await local.streams.update("over-at-once", "READY");
    await local.executions.waitFor("over-at-once");
    await local.streams.update("over-at-once", "COMPLETE");
    await local.clock.advance({ minutes: 8 });
    expect(state()).to.equal("STARTING");
    expect(await local.streams.lease("over-at-once")).not.to.equal(undefined);
    await local.clock.advance({ minutes: 2 });
    await expectCleanedUp("over-at-once");
    expect(await local.streams.get("over-at-once")).to.have.nested.property("teardown.status", "DONE");
    expect(local.notifications.subjects()).to.deep.equal([]);
  });

  it("is stopped once it runs, where the stream FAILED while it was starting", async () => {
    await request("failed-early");
    await local.streams.update("failed-early", "FAILED", "The picture is black.");
    await local.clock.advance({ minutes: 8 });
    expect(local.executions.get("failed-early")?.status).to.equal("RUNNING");
    await local.clock.advance({ minutes: 2 });
    expect(local.executions.get("failed-early")?.status).to.equal("FAILED");
    await expectCleanedUp("failed-early");
    expect(local.notifications.subjects()).to.deep.equal([
      "Stream failed-early: failed in AwaitLifecycleConfirmation",
    ]);
  });

  it("keeps a request waiting that comes while it starts for a stream that is over, and then starts for that", async () => {
    await request("before");
    await local.streams.update("before", "FAILED");
    await local.streams.request(aRequest("after"));
    // Nine minutes until it runs and can be stopped, and four until it is idle.
    await local.clock.advance({ minutes: 14 });
    await local.executions.waitForState("after", "AwaitLifecycleConfirmation");
    expect(state()).to.equal("STARTING");
    await local.streams.update("after", "READY");
    await local.clock.advance({ minutes: 10 });
    await local.streams.update("after", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    await expectCleanedUp("after");
  });

  it("is waited for while it is created", async () => {
    local.encoder.setState(channelId, "CREATING");
    await local.streams.request(aRequest("on-a-new-channel"));
    await local.executions.waitForState("on-a-new-channel", "WaitForChannel");
    local.encoder.setState(channelId, "IDLE");
    await local.clock.advance({ seconds: 10 });
    await local.executions.waitForState("on-a-new-channel", "AwaitLifecycleConfirmation");
    await local.streams.update("on-a-new-channel", "FAILED");
    await local.clock.advance({ minutes: 10 });
    await expectCleanedUp("on-a-new-channel");
  });
});

describe("a channel that takes ten minutes to start, and a stream that is confirmed by nobody within a minute", () => {
  const local = useLocal({ config: { channelIds: channelId, confirmationTimeoutSeconds: "60" } });

  it("is stopped once it runs", async () => {
    local.encoder.setDelays(channelId, { startMilliseconds: 600_000, stopMilliseconds: 300_000 });
    await local.streams.request(aRequest("unconfirmed"));
    await local.clock.advance({ minutes: 9 });
    expect(await local.streams.get("unconfirmed")).to.include({ status: "FAILED" });
    expect(local.encoder.get(channelId).state).to.equal("STARTING");
    await local.clock.advance({ seconds: 80 });
    expect(local.encoder.get(channelId).state).to.equal("STOPPING");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.notifications.subjects()).to.deep.equal([
      "Stream unconfirmed: failed in AwaitLifecycleConfirmation",
    ]);
  });

  it("holds up the next stream only until it is idle", async () => {
    await local.streams.request(aRequest("next"));
    await local.executions.waitForState("next", "WaitForChannel");
    await local.clock.advance({ minutes: 5 });
    expect(local.encoder.get(channelId).state).to.equal("STARTING");
  });
});
