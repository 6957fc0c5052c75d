import { expect } from "chai";
import { AwsError, PermanentDeliveryError } from "../../../local/services";
import type { Journey } from "../../../test/journeys/support/journey";
import { aRequest } from "../../../test/journeys/support/requests";

/** What a deployment is for, each told in a runtime of its own with one channel: one permission less, and one of these fails. */
export const journeys: { readonly [what: string]: (journey: Journey) => Promise<void> } = {
  "the health is ok": async (journey) => {
    const { body } = await journey.request("GET", "/health");
    expect(body.status).to.equal("ok");
  },

  "the health is not ok, and the log says why": async (journey) => {
    journey.calls.fail("DynamoDB", "DescribeTable", new AwsError("ValidationException", "Broken.", 400));
    const { status } = await journey.request("GET", "/health");
    expect(status).to.equal(503);
    await logged(journey, "get-health-status");
  },

  "a stream becomes ready": async (journey) => {
    await journey.makeReady("ready");
    expect(await journey.waitForEnd("ready")).to.equal("SUCCEEDED");
    expect(await journey.aws.item("ready"))
      .to.include({ status: "READY" })
      .and.have.property("readyAt");
    const told = journey.announced("ready").map(({ type, origin }) => [type, origin]);
    expect(told).to.deep.equal([
      ["StreamProvisionRequested", undefined],
      ["StreamLifecycleProgressed", "api"],
      ["StreamLifecycleProgressed", "orchestrator"],
    ]);
    for (const name of [
      "create-stream-workflow",
      "validate-provision-request",
      "update-stream-status",
      "resume-orchestration",
    ]) {
      await logged(journey, name);
    }
  },

  "a stream is reported FAILED, and undone": async (journey) => {
    await journey.provision("failed");
    await journey.put({ streamId: "failed", status: "FAILED" });
    expect(await journey.waitForEnd("failed")).to.equal("FAILED");
    expect(await journey.aws.channelState("4711")).to.equal("STOPPING");
    expect(await journey.aws.playback("failed")).to.deep.equal({ origins: [], patterns: [] });
    expect(await journey.aws.leases()).to.deep.equal([]);
    expect(await journey.aws.item("failed"))
      .to.include({ status: "FAILED" })
      .and.have.property("failure");
    expect(journey.announced("failed").at(-1)).to.include({ status: "FAILED", origin: "orchestrator" });
    const { subject } = await journey.waitForNotification("failed");
    expect(subject).not.to.include("ACTION NEEDED");
    await logged(journey, "handle-provision-failure");
  },

  "nobody confirms a stream in time": async (journey) => {
    await journey.provision("late");
    await journey.clock.advance({ seconds: 898 });
    expect(await journey.waitForEnd("late")).to.equal("FAILED");
    expect(await journey.aws.item("late")).to.include({ status: "FAILED" });
    const { subject } = await journey.waitForNotification("late");
    expect(subject).not.to.include("ACTION NEEDED");
  },

  "READY comes on the bus": async (journey) => {
    await journey.provision("by-bus");
    await journey.aws.announce({ streamId: "by-bus", status: "READY" });
    expect(await journey.waitForEnd("by-bus")).to.equal("SUCCEEDED");
    expect(await journey.aws.item("by-bus")).to.include({ status: "READY" });
  },

  "FAILED comes on the bus": async (journey) => {
    await journey.provision("failed-by-bus");
    await journey.aws.announce({ streamId: "failed-by-bus", status: "FAILED", reason: "No signal." });
    expect(await journey.waitForEnd("failed-by-bus")).to.equal("FAILED");
    expect(await journey.aws.execution("failed-by-bus")).to.include({ cause: "No signal." });
  },

  "READY comes before the workflow waits for it": async (journey) => {
    const held = journey.calls.hold("CloudFront", "UpdateDistribution");
    await journey.post(aRequest("early"));
    await held.reached;
    await journey.put({ streamId: "early", status: "READY" }).finally(held.release);
    expect(await journey.waitForEnd("early")).to.equal("SUCCEEDED");
  },

  "another request comes while the first is being started": async (journey) => {
    const held = journey.calls.hold("DynamoDB", "PutItem", ({ Item }) => "history" in Object(Item));
    await journey.post(aRequest("twice"));
    await held.reached;
    const second = await journey.post(aRequest("twice", { title: "Another" })).finally(held.release);
    expect(second).to.have.property("status", 409);
  },

  "no channel is free, and then one is given back": async (journey) => {
    await journey.makeReady("first");
    await journey.post(aRequest("second"));
    expect(await journey.waitForEnd("second")).to.equal("FAILED");
    expect(await journey.aws.execution("second")).to.include({ error: "NoChannelAvailable" });
    expect(await journey.aws.item("second")).to.include({ status: "FAILED" });
    await journey.put({ streamId: "first", status: "COMPLETE" });
    await journey.clock.advance({ seconds: 10 });
    await journey.makeReady("second", 2);
    expect(await journey.aws.item("second")).to.include({ status: "READY", attempt: 2 });
  },

  "a stream is over, and torn down": async (journey) => {
    await journey.makeReady("over");
    expect(await schedules(journey)).to.have.lengthOf(1);
    await journey.put({ streamId: "over", status: "COMPLETE" });
    await journey.clock.advance({ seconds: 10 });
    await expectTornDown(journey, "over");
  },

  "a stream is over before its channel has started": async (journey) => {
    await journey.post(aRequest("short"));
    await journey.waitForToken("short");
    await journey.put({ streamId: "short", status: "READY" });
    await journey.waitForEnd("short");
    await journey.put({ streamId: "short", status: "COMPLETE" });
    await journey.clock.advance({ seconds: 60 });
    await expectTornDown(journey, "short");
  },

  "nobody ends a stream, and its schedule does": async (journey) => {
    await journey.makeReady("forgotten");
    await journey.clock.advance({ seconds: 3600 });
    expect(await journey.aws.item("forgotten")).to.include({ status: "COMPLETE" });
    await journey.clock.advance({ seconds: 10 });
    await expectTornDown(journey, "forgotten");
    expect(journey.announced("forgotten").at(-1)).to.include({ status: "COMPLETE", origin: "orchestrator" });
    expect(journey.notifications("forgotten")).to.have.lengthOf(1);
  },

  "nobody ends a stream, and the sweep does": async (journey) => {
    journey.calls.fail("Scheduler", "CreateSchedule", new AwsError("ValidationException", "Broken."), 1);
    await journey.makeReady("unscheduled");
    expect(await schedules(journey)).to.deep.equal([]);
    await journey.clock.advance({ seconds: 3600 + 1200 });
    expect(await journey.aws.item("unscheduled")).to.include({ status: "COMPLETE" });
    await expectTornDown(journey, "unscheduled");
    await logged(journey, "sweep-streams");
  },

  "an execution is stopped": async (journey) => {
    await journey.provision("stopped");
    await stop(journey, "stopped");
    await journey.clock.advance({ seconds: 60 });
    await expectRecovered(journey, "stopped");
    await logged(journey, "recover-execution");
  },

  "an execution is stopped before its stream was stored": async (journey) => {
    const remove = refuse(journey, "StreamLifecycleOrchestrator", "DynamoDB", "PutItem");
    await journey.post(aRequest("unstored"));
    await journey.waitForFailedCall("unstored");
    await stop(journey, "unstored");
    remove();
    await journey.clock.advance({ seconds: 1 });
    expect(await journey.aws.leases()).to.deep.equal([]);
    await journey.clock.advance({ seconds: 60 });
    await expectRecovered(journey, "unstored");
  },

  "an execution is stopped before its stream was stored, and only the sweep finds it": async (journey) => {
    const remove = refuse(journey, "StreamLifecycleOrchestrator", "DynamoDB", "PutItem");
    await journey.post(aRequest("unseen"));
    await journey.waitForFailedCall("unseen");
    const lose = journey.runtime.deliveries.use(() =>
      Promise.reject(new PermanentDeliveryError("NO_RESOURCE", "The function is gone.")),
    );
    await stop(journey, "unseen");
    await journey.clock.advance({ seconds: 60 });
    remove();
    lose();
    await journey.clock.advance({ seconds: 1200 });
    await expectRecovered(journey, "unseen");
    expect(await journey.aws.leases()).to.deep.equal([]);
  },

  "a stopped execution cannot be looked after, and that is kept": async (journey) => {
    await journey.provision("unmended");
    const remove = refuse(journey, "recover-execution", "DynamoDB");
    await stop(journey, "unmended");
    await journey.clock.advance({ seconds: 240 });
    remove();
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
  },

  "an execution is stopped, and only the sweep finds it": async (journey) => {
    await journey.provision("unheard");
    const remove = journey.runtime.deliveries.use(() =>
      Promise.reject(new PermanentDeliveryError("NO_RESOURCE", "The function is gone.")),
    );
    await stop(journey, "unheard");
    await journey.clock.advance({ seconds: 60 });
    remove();
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
    await journey.clock.advance({ seconds: 1200 });
    await expectRecovered(journey, "unheard");
  },

  "a status is stored and not announced, and the sweep does it": async (journey) => {
    await journey.provision("unsaid");
    journey.calls.fail("EventBridge", "PutEvents", new AwsError("InternalException", "Broken.", 400), 1);
    await journey.put({ streamId: "unsaid", status: "READY" });
    await journey.clock.advance({ seconds: 720 });
    expect(journey.announced("unsaid")[1]).to.include({ status: "READY", origin: "api" });
    expect(await journey.waitForEnd("unsaid")).to.equal("SUCCEEDED");
  },

  "a channel runs for nobody, and the sweep tells": async (journey) => {
    journey.services.MediaLive.setState("4711", "RUNNING");
    await journey.clock.advance({ seconds: 720 });
    expect(journey.observations.all.some((seen) => seen.kind === "notification")).to.equal(true);
    expect(await journey.aws.leases()).to.deep.equal([]);
  },

  "a sweep dies, and the next gives back what it had leased": async (journey) => {
    const remove = refuse(journey, "StreamSweep", "DynamoDB", "DeleteItem");
    await journey.clock.advance({ seconds: 1199 });
    remove();
    expect(await journey.aws.leases()).to.have.lengthOf(1);
    await journey.clock.advance({ seconds: 1200 });
    expect(await journey.aws.leases()).to.deep.equal([]);
  },

  "the sweep cannot be started, and that is kept": async (journey) => {
    const remove = journey.runtime.deliveries.use(() =>
      Promise.reject(new PermanentDeliveryError("NO_RESOURCE", "The state machine is gone.")),
    );
    await journey.clock.advance({ seconds: 600 });
    remove();
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
  },

  "a stream's schedule cannot end it, and that is kept": async (journey) => {
    await journey.makeReady("kept-schedule");
    await journey.clock.advance({ seconds: 3540 });
    const remove = journey.runtime.deliveries.use(({ event }, proceed) =>
      JSON.stringify(event).includes("kept-schedule")
        ? Promise.reject(new PermanentDeliveryError("NO_RESOURCE", "The state machine is gone."))
        : proceed(),
    );
    await journey.clock.advance({ seconds: 90 });
    remove();
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
  },

  "a confirmation cannot be handled, and is kept": async (journey) => {
    await journey.provision("kept");
    const broken = new AwsError("InternalServerError", "Broken.", 400);
    journey.calls.fail("DynamoDB", "Query", broken, 3);
    await journey.aws.announce({ streamId: "kept", status: "READY" });
    await journey.waitForLastInvocation();
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
  },

  "a confirmation cannot be delivered, and is kept": async (journey) => {
    await journey.provision("undelivered");
    journey.runtime.deliveries.use(() =>
      Promise.reject(new PermanentDeliveryError("NO_RESOURCE", "The function is gone.")),
    );
    await journey.aws.announce({ streamId: "undelivered", status: "READY" });
    const { undelivered } = await journey.observations.until("the event that was given up", (all) =>
      all.find((seen) => seen.kind === "undelivered"),
    );
    expect(undelivered).to.have.property("deadLetterArn");
    expect(await journey.aws.deadLetters()).to.have.lengthOf(1);
  },
};

/** The one-time schedules that are there. */
async function schedules({ services }: Journey): Promise<string[]> {
  const { Schedules } = await services.Scheduler.call("ListSchedules", {});
  return (Schedules as { Name: string; Target: { Arn: string } }[])
    .filter(({ Target }) => Target.Arn.includes("StreamTeardown"))
    .map(({ Name }) => Name);
}

/** Refuses the calls of a function or a state machine, by a part of its name. @returns how to end that. */
function refuse({ runtime }: Journey, caller: string, service: string, action?: string): () => void {
  return runtime.gate.use((call, proceed) => {
    const isMeant = call.service === service && (action ?? call.action) === call.action;
    if (!isMeant || !call.caller.name.includes(caller)) return proceed();
    return Promise.reject(new AwsError("InternalServerError", "Broken.", 400));
  });
}

/** Stops the execution of a stream, as an operator does. */
async function stop({ aws, services }: Journey, streamId: string): Promise<void> {
  await services.StepFunctions.call("StopExecution", { executionArn: aws.executionArn(streamId) });
}

async function expectNothingRuns({ aws }: Journey, streamId: string): Promise<void> {
  expect(await aws.channelState("4711")).to.be.oneOf(["STOPPING", "IDLE"]);
  expect(await aws.playback(streamId)).to.deep.equal({ origins: [], patterns: [] });
  expect(await aws.leases()).to.deep.equal([]);
}

async function expectTornDown(journey: Journey, streamId: string): Promise<void> {
  expect(await journey.aws.item(streamId)).to.have.nested.property("teardown.status", "DONE");
  expect(await schedules(journey)).to.deep.equal([]);
  await expectNothingRuns(journey, streamId);
}

async function expectRecovered(journey: Journey, streamId: string): Promise<void> {
  expect(await journey.aws.item(streamId)).to.include({ status: "FAILED" });
  expect(journey.announced(streamId).at(-1)).to.include({ status: "FAILED" });
  expect(journey.notifications(streamId)).to.have.lengthOf(1);
  await expectNothingRuns(journey, streamId);
}

/** A function that may not write its log says nothing, and nothing fails but whoever looks for its lines. */
async function logged(journey: Journey, name: string): Promise<void> {
  const has = () =>
    journey.observations.all.some((seen) => seen.kind === "log" && seen.functionName.includes(name)) ||
    undefined;
  expect(has(), `lines in the log of ${name}`).to.equal(true);
}
