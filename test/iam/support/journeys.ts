import { expect } from "chai";
import { AwsError, PermanentDeliveryError } from "../../../local/services";
import type { Journey } from "../../journeys/support/journey";
import { aRequest } from "../../journeys/support/requests";

/** What a deployment is for, each told in a runtime of its own with one channel: one permission less, and one of these fails. */
export const journeys: { readonly [what: string]: (journey: Journey) => Promise<void> } = {
  "the health is ok": async (journey) => {
    const { body } = await journey.request("GET", "/health");
    expect(body.status).to.equal("ok");
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
    await journey.clock.advance(898);
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

  "no channel is free, and then one is taken over": async (journey) => {
    await journey.makeReady("first");
    await journey.post(aRequest("second"));
    expect(await journey.waitForEnd("second")).to.equal("FAILED");
    expect(await journey.aws.execution("second")).to.include({ error: "NoChannelAvailable" });
    expect(await journey.aws.item("second")).to.include({ status: "FAILED" });
    await journey.put({ streamId: "first", status: "COMPLETE" });
    await journey.makeReady("second", 2);
    expect(await journey.aws.item("second")).to.include({ status: "READY", attempt: 2 });
  },

  "a confirmation cannot be handled, and is kept": async (journey) => {
    await journey.provision("kept");
    const broken = new AwsError("InternalServerError", "Broken.", 400);
    journey.calls.fail("DynamoDB", "Query", broken, 3);
    await journey.aws.announce({ streamId: "kept", status: "READY" });
    for (const [count, minutes] of [
      [1, 1],
      [2, 2],
      [3, 0],
    ] as const) {
      await journey.observations.until(`failed invocation ${count}`, (all) => {
        const failed = all.filter((seen) => seen.kind === "log" && seen.line.includes("Invoke Error"));
        return failed[count - 1];
      });
      await journey.clock.advance(minutes * 60);
    }
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

/** A function that may not write its log says nothing, and nothing fails but whoever looks for its lines. */
async function logged(journey: Journey, name: string): Promise<void> {
  const has = () =>
    journey.observations.all.some((seen) => seen.kind === "log" && seen.functionName.includes(name)) ||
    undefined;
  expect(has(), `lines in the log of ${name}`).to.equal(true);
}
