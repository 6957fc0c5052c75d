import { expect } from "chai";
import { isNamed } from "../../local/faults/named";
import { isAttempt } from "../../test/journeys/support/requests";
import { announce } from "../../test/support/announce";
import { guardedConfig } from "../../test/support/guarded";
import { AwsError, type Local, type PublishedMessage, readAnswer } from "../../testing";

/** What a deployment is for, by what happens. */
export interface Journeys {
  readonly [what: string]: (local: Local) => Promise<void>;
}

/** What a deployment is for, each told in a runtime of its own with one channel: one permission less, and one of these fails. */
export const journeys: Journeys = {
  "a channel stops, is restarted, and stops once more": async (local) => {
    await local.streams.makeReady("lost");
    local.encoder.crash("4711");
    await local.clock.advance({ seconds: 30 });
    expect(local.encoder.get("4711").state).to.equal("RUNNING");
    expect(await local.streams.latest("lost")).to.include({ status: "READY" });
    expect(about(local, "lost")).to.have.lengthOf(1);
    local.encoder.crash("4711");
    await local.settled();
    expect(await local.streams.latest("lost")).to.include({ status: "FAILED" });
    expect(local.streams.told("lost").slice(-4)).to.deep.equal([
      "health CHANNEL_DOWN",
      "health OK",
      "health CHANNEL_DOWN",
      "FAILED by health",
    ]);
    expect(about(local, "lost")).to.have.lengthOf(2);
    logged(local, "track-health");
    logged(local, "act-on-health");
  },

  "a channel stops, and the sweep finds it": async (local) => {
    await local.streams.makeReady("unnoticed");
    const remove = local.faults.refuse({ target: "streams-track-health", forGood: true });
    local.encoder.crash("4711");
    await local.settled();
    remove();
    await local.clock.advance({ seconds: 600 });
    await local.clock.advance({ seconds: 60 });
    expect(local.encoder.get("4711").state).to.equal("RUNNING");
  },

  "an event of MediaLive cannot be handled, and is kept": async (local) => {
    await local.streams.makeReady("kept-event");
    local.faults.fail({ service: "DynamoDB", action: "GetItem", error: broken, times: 3 });
    local.encoder.setAlert("4711", "Audio Not Detected");
    await local.clock.advance({ minutes: 4 });
    expect(await local.queues.take()).to.have.lengthOf(1);
  },

  "the health is ok": async (local) => {
    const { body } = await readAnswer(await local.api("/health"));
    expect(body.status).to.equal("ok");
  },

  "the health is not ok, and the log says why": async (local) => {
    const error = { code: "ValidationException", message: "Broken." };
    local.faults.fail({ service: "DynamoDB", action: "DescribeTable", error });
    const { status } = await local.api("/health");
    expect(status).to.equal(503);
    logged(local, "get-health-status");
  },

  "a stream becomes ready": async (local) => {
    await local.streams.makeReady("ready");
    expect(await local.executions.waitFor("ready")).to.have.property("status", "SUCCEEDED");
    expect(await local.streams.latest("ready"))
      .to.include({ status: "READY" })
      .and.have.property("readyAt");
    const told = local.streams.events("ready").map(({ detailType, origin }) => [detailType, origin]);
    expect(told).to.deep.equal([
      ["StreamProvisionRequested", undefined],
      ["StreamLifecycleProgressed", "orchestrator"],
      ["StreamLifecycleProgressed", "api"],
      ["StreamLifecycleProgressed", "orchestrator"],
    ]);
    for (const name of [
      "create-stream-workflow",
      "validate-provision-request",
      "update-stream-status",
      "resume-orchestration",
    ]) {
      logged(local, name);
    }
  },

  "streams are listed and read": async (local) => {
    await local.streams.makeReady("read");
    const { body } = await readAnswer(await local.api("/streams?status=READY"));
    expect(body.streams).to.have.lengthOf(1);
    const { body: stream } = await readAnswer(await local.api("/streams/read"));
    expect(stream).to.include({ streamId: "read", status: "READY" });
    const { body: tries } = await readAnswer(await local.api("/streams/read/attempts"));
    expect(tries.attempts).to.have.lengthOf(1);
    const { body: ingest } = await readAnswer(await local.api("/ingest/read"));
    expect(ingest.endpoints).to.have.lengthOf(1);
    logged(local, "read-streams");
  },

  "a stream is read before its workflow has stored it": async (local) => {
    const held = local.faults.hold({ service: "DynamoDB", action: "PutItem", matches: isAttempt });
    await local.streams.request("unstored-yet");
    expect(held.count).to.equal(1);
    const { body } = await readAnswer(await local.api("/streams/unstored-yet")).finally(() => held.release());
    expect(body).to.include({ status: "PROVISIONING", attempt: 1 });
  },

  "a stream is ended by DELETE": async (local) => {
    await local.streams.makeReady("deleted");
    const { body } = await readAnswer(await local.api("/streams/deleted", { method: "DELETE" }));
    expect(body).to.include({ status: "COMPLETE" });
  },

  "a stream is reported FAILED, and undone": async (local) => {
    await local.streams.provision("failed");
    await local.streams.update("failed", "FAILED");
    expect(await local.executions.waitFor("failed")).to.have.property("status", "FAILED");
    expect(local.encoder.get("4711").state).to.equal("STOPPING");
    expect(await local.streams.playback("failed")).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.latest("failed"))
      .to.include({ status: "FAILED" })
      .and.have.property("failure");
    expect(local.streams.events("failed").at(-1)).to.include({ status: "FAILED", origin: "orchestrator" });
    const { subject } = await local.notifications.waitFor("failed");
    expect(subject).not.to.include("ACTION NEEDED");
    logged(local, "handle-provision-failure");
  },

  "streams update the distribution together, when they come and when they go": async (local) => {
    const updates = () => local.faults.calls().filter(({ action }) => action === "UpdateDistribution").length;
    const ids = ["together-1", "together-2", "together-3"];
    await local.redeploy({ config: { ...guardedConfig, channelIds: "4711,4712,4713" } });
    await Promise.all(ids.map((streamId) => local.streams.request(streamId)));
    for (const streamId of ids) await local.streams.untilWaiting(streamId);
    const holders = ids.filter((id) => local.executions.get(id)?.path.includes("GatherPlaybackUpdates"));
    expect(holders, "those that had the lock").to.have.lengthOf(1);
    for (const streamId of ids) await local.streams.confirm(streamId, "READY");
    const before = updates();
    local.faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds: 1 });
    await Promise.all(ids.map((streamId) => local.streams.update(streamId, "COMPLETE")));
    await local.clock.advance({ minutes: 3 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(updates() - before, "updates").to.equal(2);
  },

  "nobody confirms a stream in time": async (local) => {
    await local.streams.provision("late");
    await local.clock.advance({ seconds: 898 });
    expect(await local.executions.waitFor("late")).to.have.property("status", "FAILED");
    expect(await local.streams.latest("late")).to.include({ status: "FAILED" });
    const { subject } = await local.notifications.waitFor("late");
    expect(subject).not.to.include("ACTION NEEDED");
  },

  "READY comes on the bus": async (local) => {
    await local.streams.provision("by-bus");
    await announce(local, { streamId: "by-bus", status: "READY" });
    expect(await local.executions.waitFor("by-bus")).to.have.property("status", "SUCCEEDED");
    expect(await local.streams.latest("by-bus")).to.include({ status: "READY" });
  },

  "FAILED comes on the bus": async (local) => {
    await local.streams.provision("failed-by-bus");
    await announce(local, { streamId: "failed-by-bus", status: "FAILED", reason: "No signal." });
    expect(await local.executions.waitFor("failed-by-bus")).to.have.property("status", "FAILED");
    expect(local.executions.get("failed-by-bus")).to.include({ cause: "No signal." });
  },

  "READY comes before the workflow waits for it": async (local) => {
    const held = local.faults.hold({ service: "CloudFront", action: "UpdateDistribution" });
    await local.streams.request("early");
    expect(held.count).to.equal(1);
    await local.streams.update("early", "READY").finally(() => held.release());
    expect(await local.executions.waitFor("early")).to.have.property("status", "SUCCEEDED");
  },

  "another request comes while the first is being started": async (local) => {
    const held = local.faults.hold({ service: "DynamoDB", action: "PutItem", matches: isAttempt });
    await local.streams.request("twice");
    expect(held.count).to.equal(1);
    const second = await local.streams.request("twice", { title: "Another" }).finally(() => held.release());
    expect(second).to.have.property("status", 409);
  },

  "no channel is free, and then one is given back": async (local) => {
    await local.streams.makeReady("first");
    await local.streams.request("second");
    expect(await local.executions.waitFor("second")).to.have.property("status", "FAILED");
    expect(local.executions.get("second")).to.include({ error: "NoChannelAvailable" });
    expect(await local.streams.latest("second")).to.include({ status: "FAILED" });
    await local.streams.update("first", "COMPLETE");
    await local.clock.advance({ seconds: 70 });
    await local.streams.makeReady("second");
    expect(await local.streams.latest("second")).to.include({ status: "READY", attempt: 2 });
  },

  "a stream is over, and torn down": async (local) => {
    await local.streams.makeReady("over");
    expect(await local.schedules.created()).to.have.lengthOf(1);
    await local.streams.update("over", "COMPLETE");
    await local.clock.advance({ seconds: 70 });
    await expectTornDown(local, "over");
  },

  "a stream is over, still watched, and requested again": async (local) => {
    await local.streams.makeReady("again");
    await local.streams.update("again", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    expect(await local.streams.playback("again")).to.have.lengthOf(1);
    const requestedAt = local.clock.now();
    await local.streams.provision("again");
    expect(await local.streams.latest("again")).to.include({ attempt: 2 });
    expect(local.clock.now() - requestedAt).to.be.below(50_000);
  },

  "a stream fails after READY, and before its channel has started": async (local) => {
    await local.streams.request("short");
    await local.executions.waitForState("short", "AwaitLifecycleConfirmation");
    await local.streams.update("short", "READY");
    await local.executions.waitFor("short");
    await local.streams.update("short", "FAILED");
    await local.clock.advance({ seconds: 60 });
    await expectTornDown(local, "short");
  },

  "nobody ends a stream, and its schedule does": async (local) => {
    await local.streams.makeReady("forgotten");
    await local.clock.advance({ seconds: 3600 });
    expect(await local.streams.latest("forgotten")).to.include({ status: "COMPLETE" });
    await local.clock.advance({ seconds: 10 });
    await expectTornDown(local, "forgotten");
    expect(local.streams.events("forgotten").at(-1)).to.include({
      status: "COMPLETE",
      origin: "orchestrator",
    });
    expect(about(local, "forgotten")).to.have.lengthOf(1);
  },

  "nobody ends a stream, and the sweep does": async (local) => {
    local.faults.fail({ service: "Scheduler", action: "CreateSchedule", error: broken });
    await local.streams.makeReady("unscheduled");
    expect(await local.schedules.created()).to.deep.equal([]);
    await local.clock.advance({ seconds: 3600 + 1200 });
    expect(await local.streams.latest("unscheduled")).to.include({ status: "COMPLETE" });
    await expectTornDown(local, "unscheduled");
    logged(local, "sweep-streams");
  },

  "an execution is stopped": async (local) => {
    await local.streams.provision("stopped");
    await local.executions.stop("stopped");
    await local.clock.advance({ seconds: 60 });
    await expectRecovered(local, "stopped");
    logged(local, "recover-execution");
  },

  "a channel starts after its stream was cleaned up, and the sweep stops it": async (local) => {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("late-start");
    await local.executions.stop("late-start");
    await local.clock.advance({ seconds: 60 });
    await expectRecovered(local, "late-start");
    held.release();
    await local.clock.advance({ seconds: 1200 });
    await expectNothingRuns(local, "late-start");
  },

  "a playback entry comes after its stream was cleaned up, and the sweep removes it": async (local) => {
    const held = local.faults.hold({ service: "CloudFront", action: "UpdateDistribution" });
    await local.streams.request("late-entry");
    await local.executions.waitForState("late-entry", "ConfigurePlaybackEndpoints");
    await local.settled();
    expect(held.count).to.equal(1);
    await local.executions.stop("late-entry");
    await local.clock.advance({ seconds: 120 });
    await expectRecovered(local, "late-entry");
    held.release();
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.playback("late-entry")).to.have.lengthOf(1);
    await local.clock.advance({ seconds: 1200 });
    await expectNothingRuns(local, "late-entry");
  },

  "an execution is stopped before its stream was stored": async (local) => {
    const remove = local.faults.fail({
      service: "DynamoDB",
      action: "PutItem",
      caller: "streams-StreamLifecycleOrchestrator",
      error: broken,
      times: Infinity,
    });
    await local.streams.request("unstored");
    expectCallFailed(local, "unstored");
    await local.executions.stop("unstored");
    remove();
    await local.clock.advance({ seconds: 1 });
    expect(await local.streams.leases()).to.deep.equal([]);
    await local.clock.advance({ seconds: 60 });
    await expectRecovered(local, "unstored");
  },

  "an execution is stopped before its stream was stored, and only the sweep finds it": async (local) => {
    const remove = local.faults.fail({
      service: "DynamoDB",
      action: "PutItem",
      caller: "streams-StreamLifecycleOrchestrator",
      error: broken,
      times: Infinity,
    });
    await local.streams.request("unseen");
    expectCallFailed(local, "unseen");
    const lose = local.faults.refuse({ forGood: true, times: Infinity });
    await local.executions.stop("unseen");
    await local.clock.advance({ seconds: 60 });
    remove();
    lose();
    await local.clock.advance({ seconds: 1200 });
    await expectRecovered(local, "unseen");
    expect(await local.streams.leases()).to.deep.equal([]);
  },

  "a stopped execution cannot be looked after, and that is kept": async (local) => {
    await local.streams.provision("unmended");
    const remove = refuse(local, "streams-recover-execution", "DynamoDB");
    await local.executions.stop("unmended");
    await local.clock.advance({ seconds: 240 });
    remove();
    expect(await local.queues.take()).to.have.lengthOf(1);
  },

  "an execution is stopped, and only the sweep finds it": async (local) => {
    await local.streams.provision("unheard");
    const remove = local.faults.refuse({ forGood: true, times: Infinity });
    await local.executions.stop("unheard");
    await local.clock.advance({ seconds: 60 });
    remove();
    expect(await local.queues.take()).to.have.lengthOf(1);
    await local.clock.advance({ seconds: 1200 });
    await expectRecovered(local, "unheard");
  },

  "a status is stored and not announced, and the sweep does it": async (local) => {
    await local.streams.provision("unsaid");
    local.faults.fail({ service: "EventBridge", action: "PutEvents", error: broken });
    await local.streams.update("unsaid", "READY");
    await local.clock.advance({ seconds: 720 });
    const announced = local.streams.events("unsaid").find(({ status }) => status === "READY");
    expect(announced).to.include({ origin: "api" });
    expect(await local.executions.waitFor("unsaid")).to.have.property("status", "SUCCEEDED");
  },

  "a channel runs for nobody, and the sweep tells": async (local) => {
    local.encoder.setState("4711", "RUNNING");
    await local.clock.advance({ seconds: 720 });
    expect(local.notifications.all()).to.not.have.lengthOf(0);
    expect(await local.streams.leases()).to.deep.equal([]);
  },

  "another program removes a playback entry, and the sweep restores it": async (local) => {
    const [distribution] = await local.playback.all();
    await local.streams.makeReady("removed");
    const entry = await local.streams.playback("removed");
    expect(entry).to.have.lengthOf(1);
    local.playback.setConfig(String(distribution?.id), { ...distribution?.config });
    expect(await local.streams.playback("removed")).to.deep.equal([]);
    await local.clock.advance({ seconds: 1200 });
    expect(await local.streams.playback("removed")).to.deep.equal(entry);
    expect(local.notifications.all()).to.not.have.lengthOf(0);
  },

  "a sweep dies, and the next removes what it had leased": async (local) => {
    local.encoder.setState("4711", "RUNNING");
    const remove = local.faults.fail({
      service: "DynamoDB",
      action: "DeleteItem",
      caller: "streams-StreamSweep",
      error: broken,
      times: Infinity,
    });
    await local.clock.advance({ seconds: 1199 });
    remove();
    expect(await local.streams.leases()).to.have.lengthOf(1);
    local.encoder.setState("4711", "IDLE");
    await local.clock.advance({ seconds: 1200 });
    expect(await local.streams.leases()).to.deep.equal([]);
  },

  "the sweep cannot be started, and that is kept": async (local) => {
    const remove = local.faults.refuse({ forGood: true, times: Infinity });
    await local.clock.advance({ seconds: 600 });
    remove();
    expect(await local.queues.take()).to.have.lengthOf(1);
  },

  "a stream's schedule cannot end it, and that is kept": async (local) => {
    await local.streams.makeReady("kept-schedule");
    await local.clock.advance({ seconds: 3540 });
    const remove = local.faults.refuse({
      forGood: true,
      times: Infinity,
      target: "streams-StreamTeardown",
    });
    await local.clock.advance({ seconds: 90 });
    remove();
    expect(await local.queues.take()).to.have.lengthOf(1);
  },

  "a confirmation cannot be handled, and is kept": async (local) => {
    await local.streams.provision("kept");
    local.faults.fail({ service: "DynamoDB", action: "Query", error: broken, times: 3 });
    await announce(local, { streamId: "kept", status: "READY" });
    await local.clock.advance({ minutes: 4 });
    expect(await local.queues.take()).to.have.lengthOf(1);
  },

  "a confirmation cannot be delivered, and is kept": async (local) => {
    await local.streams.provision("undelivered");
    local.faults.refuse({ forGood: true, times: Infinity });
    await announce(local, { streamId: "undelivered", status: "READY" });
    await local.settled();
    expect(local.events.undelivered()[0]).to.have.property("deadLetterArn");
    expect(await local.queues.take()).to.have.lengthOf(1);
  },
};

/** The configuration with which the program finds the evidence for READY itself. */
export const readinessConfig = {
  readinessMode: "automatic",
  playbackDomainName: "d111111abcdef8.cloudfront.net",
  manifests: "main=HLS:index.m3u8",
};

/** What that is for. */
export const readinessJourneys: Journeys = {
  "a stream becomes ready by evidence, as soon as there is any": async (local) => {
    local.encoder.setDelays("4711", { startMilliseconds: 20_000 });
    await local.streams.request("evident");
    await local.clock.advance({ seconds: 35 });
    expect(await local.streams.latest("evident")).to.include({ status: "READY" });
    expect(local.streams.told("evident")).to.include("READY by probe");
    logged(local, "probe-manifest");
  },
};

/** The inputs of the only channel: it fetches SRT, and others push RTMP to it. */
export const inputsConfig = { channelInputs: "SRT_CALLER:71+RTMP_PUSH:72" };

/** What that is for. */
export const inputsJourneys: Journeys = {
  "a channel fetches what the request names, and tells the addresses to push to": async (local) => {
    await local.streams.makeReady("fed", {
      ingestEndpoints: [
        { protocol: "srt", url: "srt://192.0.2.7:9000" },
        { protocol: "rtmp", url: "rtmp://ingest.example.com/live/fed" },
      ],
    });
    expect(local.encoder.input("71").srtCallerSources).to.have.nested.property(
      "[0].SrtListenerAddress",
      "192.0.2.7",
    );
    const { body } = await readAnswer(await local.api("/ingest/fed"));
    expect(body.inputs).to.have.nested.property("[1].destinations[0]");
  },
};

/** What a call answers that the function or workflow cannot mend. */
const broken = { code: "InternalServerError", message: "Broken.", statusCode: 400 };

/** Refuses the calls of a function or a state machine. @returns how to end that. */
function refuse({ gate }: Local, caller: string, service: string): () => void {
  return gate.use((call, proceed) => {
    if (call.service !== service || !isNamed(call.caller.name, caller)) return proceed();
    return Promise.reject(new AwsError(broken.code, broken.message, broken.statusCode));
  });
}

/** The messages about a stream. */
function about(local: Local, streamId: string): PublishedMessage[] {
  return local.notifications.all().filter(({ message }) => message.includes(streamId));
}

function expectCallFailed(local: Local, streamId: string): void {
  const errors = local.executions.get(streamId)?.states.flatMap((visit) => visit.errors);
  expect(errors, "failed calls").to.not.have.lengthOf(0);
}

async function expectNothingRuns(local: Local, streamId: string): Promise<void> {
  expect(local.encoder.get("4711").state).to.be.oneOf(["STOPPING", "IDLE"]);
  expect(await local.streams.playback(streamId)).to.deep.equal([]);
  expect(await local.streams.leases()).to.deep.equal([]);
}

async function expectTornDown(local: Local, streamId: string): Promise<void> {
  expect(await local.streams.latest(streamId)).to.have.nested.property("teardown.status", "DONE");
  expect(await local.schedules.created()).to.deep.equal([]);
  await expectNothingRuns(local, streamId);
}

async function expectRecovered(local: Local, streamId: string): Promise<void> {
  expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
  expect(local.streams.events(streamId).at(-1)).to.include({ status: "FAILED" });
  expect(about(local, streamId)).to.have.lengthOf(1);
  await expectNothingRuns(local, streamId);
}

/** A function that may not write its log says nothing, and nothing fails but whoever looks for its lines. */
function logged(local: Local, name: string): void {
  const lines = local.logs.all(name);
  expect(lines.length, `lines in the log of ${name}`).to.be.above(0);
}
