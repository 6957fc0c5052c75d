import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { isJsonObject, type JsonObject } from "../../local/json";
import { AwsError } from "../../local/services";
import { useJourney } from "./support/journey";
import { aRequest } from "./support/requests";

describe("the confirmation of a stream", () => {
  const journey = useJourney();

  it("is not lost when READY arrives before the workflow waits for it", async () => {
    const streamId = "early-ready";
    const held = journey.calls.hold("MediaLive", "StartChannel");
    await journey.post(aRequest(streamId));
    await held.reached;
    expect((await journey.put({ streamId, status: "READY" })).status).to.equal(200);
    held.release();
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
    expect((await journey.aws.states(streamId)).slice(-7)).to.deep.equal([
      "AwaitLifecycleConfirmation",
      "ReadLifecycleStatus",
      "DecideLifecycle",
      "PublishReadyNotification",
      "ScheduleLiveLimit",
      "RecordCompletion",
      "WorkflowSucceeded",
    ]);
    expect(await journey.aws.item(streamId))
      .to.include({ status: "READY" })
      .and.not.have.property("taskToken");
  });

  it("is not lost when FAILED arrives before the workflow waits for it: what was begun meanwhile is undone", async () => {
    const streamId = "early-failed";
    const held = journey.calls.hold("CloudFront", "UpdateDistribution");
    await journey.post(aRequest(streamId));
    await held.reached;
    await journey.clock.advance({ seconds: 2 });
    await journey.put({ streamId, status: "FAILED", reason: "The venue is closed." });
    held.release();
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    const { error, cause } = await journey.aws.execution(streamId);
    expect(error).to.equal("ConfirmationFailed");
    expect(cause).to.include("The venue is closed.");
    expect(await journey.aws.playback(streamId)).to.deep.equal({ origins: [], patterns: [] });
    expect(await journey.aws.lease(streamId)).to.equal(undefined);
  });

  it("may come as early as READY and LIVE", async () => {
    const streamId = "early-live";
    const held = journey.calls.hold("MediaLive", "StartChannel");
    await journey.post(aRequest(streamId));
    await held.reached;
    await journey.put({ streamId, status: "READY" });
    await journey.put({ streamId, status: "LIVE" });
    held.release();
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
    expect((await journey.aws.item(streamId)).status).to.equal("LIVE");
  });

  it("is refused with 404 for a stream that has no item yet", async () => {
    const streamId = "too-early";
    const held = journey.calls.hold("DynamoDB", "PutItem", ({ Item }) => "history" in Object(Item));
    await journey.post(aRequest(streamId));
    await held.reached;
    const refused = await journey.put({ streamId, status: "READY" });
    expect(refused.status).to.equal(404);
    expect(refused.body).to.deep.equal({
      message: "Stream not found.",
      issues: [`No stream has the streamId "${streamId}".`],
    });
    held.release();
    await journey.waitForToken(streamId);
  });

  it("resumes the workflow when it comes straight on the bus, with nothing but the stream and the status", async () => {
    const streamId = "by-the-bus";
    await journey.provision(streamId);
    const { FailedEntryCount } = await journey.aws.announce({ streamId, status: "READY" });
    expect(FailedEntryCount).to.equal(0);
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
    const { status, history } = await journey.aws.item(streamId);
    expect(status).to.equal("READY");
    expect(history.at(-1)).to.include({ status: "READY", origin: "event" });
  });

  it("fails the workflow when it comes straight on the bus with a reason", async () => {
    const streamId = "by-the-bus-failed";
    await journey.provision(streamId);
    await journey.aws.announce({ streamId, status: "FAILED", reason: "No signal.", origin: "encoder-watch" });
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    expect(await journey.aws.execution(streamId)).to.include({ cause: "No signal." });
    expect((await journey.aws.item(streamId)).history[1]).to.include({
      status: "FAILED",
      origin: "encoder-watch",
    });
  });

  it("changes nothing when it comes twice, at once or late", async () => {
    const streamId = "confirmed-twice";
    await journey.provision(streamId);
    await Promise.all([
      journey.put({ streamId, status: "READY" }),
      journey.aws.announce({ streamId, status: "READY" }),
      journey.put({ streamId, status: "READY" }),
    ]);
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
    await journey.aws.announce({ streamId, status: "READY" });
    await journey.readEvents(streamId, 4);
    const { status, history } = await journey.aws.item(streamId);
    expect(status).to.equal("READY");
    expect(history.map((entry) => entry.status)).to.deep.equal(["PROVISIONING", "READY"]);
    expect(await journey.aws.deadLetters()).to.deep.equal([]);
  });

  it("changes nothing when it is late: a stream that has FAILED stays FAILED", async () => {
    const streamId = "ready-too-late";
    await journey.provision(streamId);
    await journey.put({ streamId, status: "FAILED" });
    await journey.waitForEnd(streamId);
    await journey.aws.announce({ streamId, status: "READY" });
    await journey.readEvents(streamId, 2);
    expect(await journey.aws.attempts(streamId)).to.have.lengthOf(1);
    expect((await journey.aws.item(streamId)).status).to.equal("FAILED");
  });

  it("of an older attempt never touches a newer one", async () => {
    const streamId = "older-attempt";
    await journey.provision(streamId);
    const before = new Date(journey.clock.now()).toISOString();
    await journey.put({ streamId, status: "FAILED" });
    await journey.waitForEnd(streamId);
    await journey.clock.advance({ seconds: 5 });
    await journey.provision(streamId, 2);
    await journey.aws.announce({ streamId, status: "READY", attempt: 1 });
    await journey.aws.announce({ streamId, status: "FAILED", occurredAt: before });
    await journey.readEvents(streamId, 3);
    expect(await journey.aws.item(streamId)).to.include({ attempt: 2, status: "PROVISIONING" });
    expect((await journey.aws.execution(streamId, 2)).status).to.equal("RUNNING");
    await journey.aws.announce({ streamId, status: "READY", attempt: 2 });
    expect(await journey.waitForEnd(streamId, 2)).to.equal("SUCCEEDED");
  });

  it("is none where an event is foreign, about nobody, unfinished, or of the workflow's own making", async () => {
    const streamId = "not-confirmed";
    await journey.provision(streamId);
    const entry = {
      EventBusName: journey.aws.output("eventBusName"),
      DetailType: "StreamLifecycleProgressed",
      Detail: JSON.stringify({ streamId, status: "READY" }),
    };
    await journey.aws.events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Source: "com.example.other" },
          { ...entry, Source: "com.guidogerb.streams", DetailType: "StreamProvisionRequested" },
        ],
      }),
    );
    await journey.aws.announce({ streamId, status: "READY", origin: "orchestrator" });
    await journey.aws.announce({ streamId, status: "LIVE" });
    await journey.aws.announce({ streamId, status: "READY", attempt: "two" });
    await journey.aws.announce({ streamId: "nobody-knows-me", status: "READY" });
    // The last one that any rule lets through is handled after all the others were turned away.
    await journey.waitForLog("nobody-knows-me", "unknown stream");
    expect(await journey.aws.item(streamId)).to.include({ status: "PROVISIONING" });
    expect((await journey.aws.execution(streamId)).status).to.equal("RUNNING");
    expect(await journey.aws.deadLetters()).to.deep.equal([]);
  });

  describe("in the very moment of the timeout", () => {
    /** Matches the write that closes the wait for a stream; others may run out of time as well. */
    const closes =
      (streamId: string) =>
      ({ Key, ExpressionAttributeValues: values }: JsonObject) =>
        JSON.stringify(Key).includes(streamId) && isJsonObject(values) && ":failed" in values;

    it("counts when it is written first: who was told 200 has a stream that is ready", async () => {
      const streamId = "just-in-time";
      await journey.provision(streamId);
      const held = journey.calls.hold("DynamoDB", "UpdateItem", closes(streamId));
      await journey.clock.advance({ seconds: 898 });
      await held.reached;
      expect((await journey.put({ streamId, status: "READY" })).status).to.equal(200);
      held.release();
      expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
      expect(await journey.aws.states(streamId)).to.include.members([
        "CloseConfirmation",
        "ReadLifecycleStatus",
      ]);
      expect((await journey.aws.item(streamId)).status).to.equal("READY");
    });

    it("is refused when it is written second", async () => {
      const streamId = "just-too-late";
      await journey.provision(streamId);
      const held = journey.calls.hold(
        "DynamoDB",
        "UpdateItem",
        ({ ExpressionAttributeValues: values }) =>
          isJsonObject(values) && ":entry" in values && ":from" in values,
      );
      await journey.clock.advance({ seconds: 897 });
      // The function has read PROVISIONING already.
      const answer = journey.put({ streamId, status: "READY" });
      await held.reached;
      await journey.clock.advance({ seconds: 1 });
      await journey.waitForState(streamId, "HandleProvisionFailure");
      held.release();
      expect(await answer).to.have.property("status", 400);
      expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
      expect((await journey.aws.item(streamId)).status).to.equal("FAILED");
    });
  });

  it("that the resuming function cannot handle is tried three times, and then kept in the dead-letter queue", async () => {
    const streamId = "nobody-answers";
    await journey.provision(streamId);
    const denied = new AwsError("AccessDeniedException", "Not yours to read.", 400);
    const isAbout = (input: JsonObject) => JSON.stringify(input).includes(streamId);
    journey.calls.fail("DynamoDB", "Query", denied, 3, isAbout);
    await journey.aws.announce({ streamId, status: "READY" });
    await journey.waitForLastInvocation();
    const { Messages = [] } = await journey.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: journey.aws.deadLettersUrl, WaitTimeSeconds: 20 }),
    );
    expect(Messages).to.have.lengthOf(1);
    expect(JSON.parse(Messages[0]?.Body ?? "")).to.deep.nested.include({
      "requestContext.condition": "RetriesExhausted",
      "requestContext.approximateInvokeCount": 3,
      "requestPayload.detail": { streamId, status: "READY" },
    });
    // The event can be sent again: nothing is lost but time.
    await journey.aws.announce({ streamId, status: "READY" });
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
  });
});
