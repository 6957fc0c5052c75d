import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect } from "chai";
import { isJsonObject, type JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { denied } from "./support/errors";
import { has } from "./support/has";
import { aRequest, isAttempt } from "./support/requests";

describe("the confirmation of a stream", () => {
  const local = useLocal({ config: { channelIds: manyChannels } });

  /** Holds that the resuming function has read so many events about a stream by now. */
  async function expectRead(streamId: string, count: number): Promise<void> {
    await local.settled();
    const isRead = (line: string) => line.includes("The event was read.") && line.includes(streamId);
    const lines = local.logs.all("resume-orchestration").filter(({ line }) => isRead(line));
    expect(lines).to.have.lengthOf(count);
  }

  it("is not lost when READY arrives before the workflow waits for it", async () => {
    const streamId = "early-ready";
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    expect((await local.streams.update(streamId, "READY")).status).to.equal(200);
    held.release();
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
    expect(local.executions.get(streamId)?.path.slice(-7)).to.deep.equal([
      "AwaitLifecycleConfirmation",
      "ReadLifecycleStatus",
      "DecideLifecycle",
      "PublishReadyNotification",
      "ScheduleLiveLimit",
      "RecordCompletion",
      "WorkflowSucceeded",
    ]);
    expect(await local.streams.latest(streamId))
      .to.include({ status: "READY" })
      .and.not.have.property("taskToken");
  });

  it("is not lost when FAILED arrives before the workflow waits for it: what was begun meanwhile is undone", async () => {
    const streamId = "early-failed";
    const held = local.faults.hold({ service: "CloudFront", action: "UpdateDistribution" });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    await local.clock.advance({ seconds: 2 });
    await local.streams.update(streamId, "FAILED", "The venue is closed.");
    held.release();
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    const { error, cause } = local.executions.get(streamId) ?? {};
    expect(error).to.equal("ConfirmationFailed");
    expect(cause).to.include("The venue is closed.");
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await local.streams.lease(streamId)).to.equal(undefined);
  });

  it("may come as early as READY and LIVE", async () => {
    const streamId = "early-live";
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    await local.streams.update(streamId, "READY");
    await local.streams.update(streamId, "LIVE");
    held.release();
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
    expect((await local.streams.latest(streamId)).status).to.equal("LIVE");
  });

  it("is refused with 404 for a stream that has no item yet", async () => {
    const streamId = "too-early";
    const held = local.faults.hold({ service: "DynamoDB", action: "PutItem", matches: isAttempt });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    const refused = await local.streams.update(streamId, "READY");
    expect(refused.status).to.equal(404);
    expect(refused.body).to.deep.equal({
      message: "Stream not found.",
      issues: [`No stream has the streamId "${streamId}".`],
    });
    held.release();
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
  });

  it("resumes the workflow when it comes straight on the bus, with nothing but the stream and the status", async () => {
    const streamId = "by-the-bus";
    await local.streams.provision(streamId);
    await local.streams.announce(streamId, "READY");
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
    const { status, history } = await local.streams.latest(streamId);
    expect(status).to.equal("READY");
    expect(history.at(-1)).to.include({ status: "READY", origin: "event" });
  });

  it("fails the workflow when it comes straight on the bus with a reason", async () => {
    const streamId = "by-the-bus-failed";
    await local.streams.provision(streamId);
    await local.streams.announce(streamId, "FAILED", { reason: "No signal.", origin: "encoder-watch" });
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    expect(local.executions.get(streamId)).to.include({ cause: "No signal." });
    expect((await local.streams.latest(streamId)).history[1]).to.include({
      status: "FAILED",
      origin: "encoder-watch",
    });
  });

  it("changes nothing when it comes twice, at once or late", async () => {
    const streamId = "confirmed-twice";
    await local.streams.provision(streamId);
    await Promise.all([
      local.streams.update(streamId, "READY"),
      local.streams.announce(streamId, "READY"),
      local.streams.update(streamId, "READY"),
    ]);
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
    await local.streams.announce(streamId, "READY");
    await expectRead(streamId, 4);
    const { status, history } = await local.streams.latest(streamId);
    expect(status).to.equal("READY");
    expect(history.map((entry) => entry.status)).to.deep.equal(["PROVISIONING", "READY"]);
    expect(await local.queues.take()).to.deep.equal([]);
  });

  it("changes nothing when it is late: a stream that has FAILED stays FAILED", async () => {
    const streamId = "ready-too-late";
    await local.streams.provision(streamId);
    await local.streams.update(streamId, "FAILED");
    await local.executions.waitFor(streamId);
    await local.streams.announce(streamId, "READY");
    await expectRead(streamId, 2);
    expect(await local.streams.attempts(streamId)).to.have.lengthOf(1);
    expect((await local.streams.latest(streamId)).status).to.equal("FAILED");
  });

  it("of an older attempt never touches a newer one", async () => {
    const streamId = "older-attempt";
    await local.streams.provision(streamId);
    const before = new Date(local.clock.now()).toISOString();
    await local.streams.update(streamId, "FAILED");
    await local.executions.waitFor(streamId);
    await local.clock.advance({ seconds: 5 });
    await local.streams.provision(streamId);
    await local.streams.announce(streamId, "READY", { attempt: 1 });
    await local.streams.announce(streamId, "FAILED", { occurredAt: before });
    await expectRead(streamId, 3);
    expect(await local.streams.latest(streamId)).to.include({ attempt: 2, status: "PROVISIONING" });
    expect(local.executions.get(`${streamId}_2`)?.status).to.equal("RUNNING");
    await local.streams.announce(streamId, "READY", { attempt: 2 });
    expect(await local.executions.waitFor(`${streamId}_2`)).to.have.property("status", "SUCCEEDED");
  });

  it("is none where an event is foreign, about nobody, unfinished, or of the workflow's own making", async () => {
    const streamId = "not-confirmed";
    await local.streams.provision(streamId);
    const entry = {
      EventBusName: String(local.outputs.eventBusName),
      DetailType: "StreamLifecycleProgressed",
      Detail: JSON.stringify({ streamId, status: "READY" }),
    };
    const events = new EventBridgeClient(local.aws);
    await events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Source: "com.example.other" },
          { ...entry, Source: "com.guidogerb.streams", DetailType: "StreamProvisionRequested" },
        ],
      }),
    );
    await local.streams.announce(streamId, "READY", { origin: "orchestrator" });
    await local.streams.announce(streamId, "LIVE");
    await local.streams.announce(streamId, "READY", { attempt: "two" });
    await local.streams.announce("nobody-knows-me", "READY");
    events.destroy();
    await local.settled();
    const isUnknown = (line: string) => line.includes("nobody-knows-me") && line.includes("unknown stream");
    expect(local.logs.all().filter(({ line }) => isUnknown(line))).to.have.lengthOf(1);
    expect(await local.streams.latest(streamId)).to.include({ status: "PROVISIONING" });
    expect(local.executions.get(streamId)?.status).to.equal("RUNNING");
    expect(await local.queues.take()).to.deep.equal([]);
  });

  describe("in the very moment of the timeout", () => {
    /** Matches the write that closes the wait for a stream; others may run out of time as well. */
    const closes = (streamId: string) => (input: object) => {
      const { Key, ExpressionAttributeValues: values } = input as JsonObject;
      return JSON.stringify(Key).includes(streamId) && isJsonObject(values) && ":failed" in values;
    };

    it("counts when it is written first: who was told 200 has a stream that is ready", async () => {
      const streamId = "just-in-time";
      await local.streams.provision(streamId);
      const held = local.faults.hold({
        service: "DynamoDB",
        action: "UpdateItem",
        matches: closes(streamId),
      });
      await local.clock.advance({ seconds: 898 });
      expect(held.count).to.equal(1);
      expect((await local.streams.update(streamId, "READY")).status).to.equal(200);
      held.release();
      expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
      expect(local.executions.get(streamId)?.path).to.include.members([
        "CloseConfirmation",
        "ReadLifecycleStatus",
      ]);
      expect((await local.streams.latest(streamId)).status).to.equal("READY");
    });

    it("is refused when it is written second", async () => {
      const streamId = "just-too-late";
      await local.streams.provision(streamId);
      const held = local.faults.hold({
        service: "DynamoDB",
        action: "UpdateItem",
        matches: (input) => {
          const { ExpressionAttributeValues: values } = input as JsonObject;
          return isJsonObject(values) && ":entry" in values && ":from" in values;
        },
      });
      await local.clock.advance({ seconds: 897 });
      // The function has read PROVISIONING already. No time passes for this answer but what the test lets pass.
      const answer = local.api("/streams", { method: "PUT", json: { streamId, status: "READY" } });
      await local.settled();
      expect(held.count).to.equal(1);
      await local.clock.advance({ seconds: 1 });
      await local.executions.waitForState(streamId, "HandleProvisionFailure");
      held.release();
      expect(await answer).to.have.property("status", 400);
      expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
      expect((await local.streams.latest(streamId)).status).to.equal("FAILED");
    });
  });

  it("that the resuming function cannot handle is tried three times, and then kept in the dead-letter queue", async () => {
    const streamId = "nobody-answers";
    await local.streams.provision(streamId);
    const matches = has(streamId);
    local.faults.fail({ service: "DynamoDB", action: "Query", error: denied, times: 3, matches });
    await local.streams.announce(streamId, "READY");
    await local.clock.advance({ minutes: 4 });
    const letters = await local.queues.take();
    expect(letters).to.have.lengthOf(1);
    expect(JSON.parse(letters[0]?.body ?? "")).to.deep.nested.include({
      "requestContext.condition": "RetriesExhausted",
      "requestContext.approximateInvokeCount": 3,
      "requestPayload.detail": { streamId, status: "READY" },
    });
    // The event can be sent again: nothing is lost but time.
    await local.streams.announce(streamId, "READY");
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
  });
});
