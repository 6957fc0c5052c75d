import { ListExecutionsCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { useJourney } from "./support/journey";
import { aRequest } from "./support/requests";

describe("a stream that becomes ready", () => {
  const journey = useJourney();

  it("passes every state of the contract, and leaves a running channel, a playback entry and a record", async () => {
    const streamId = "spring-launch";
    const accepted = await journey.post(aRequest(streamId));
    expect(accepted.status).to.equal(202);
    expect(accepted.headers.get("content-type")).to.equal("application/json");
    const { startDate } = await journey.aws.execution(streamId);
    expect(accepted.body).to.deep.equal({
      streamId,
      detailType: "StreamProvisionRequested",
      stateMachineArn: journey.aws.output("stateMachineArn"),
      acceptedAt: startDate?.toISOString(),
    });

    await journey.waitForToken(streamId);
    const waiting = await journey.aws.item(streamId);
    expect(waiting).to.include({ status: "PROVISIONING" }).and.have.property("taskToken");
    expect(await journey.aws.channelState(waiting.channelId)).to.equal("STARTING");
    await journey.clock.advance({ seconds: 2 });
    expect(await journey.aws.channelState(waiting.channelId)).to.equal("RUNNING");

    const confirmed = await journey.put({ streamId, status: "READY", reason: "Picture and sound are fine." });
    expect(confirmed.status).to.equal(200);
    expect(confirmed.body).to.deep.include({
      streamId,
      status: "READY",
      detailType: "StreamLifecycleProgressed",
      reason: "Picture and sound are fine.",
    });
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");

    expect(await journey.aws.states(streamId)).to.deep.equal([
      "ValidateProvisionRequest",
      "PersistProvisionRequest",
      "EmitProvisionRequestedEvent",
      "DecideStart",
      "ReadPlaybackCapacity",
      "DecidePlaybackCapacity",
      "ReadChannelState",
      "ClaimEncoderChannel",
      "ProvisionEncoderInfrastructure",
      "AcquirePlaybackTurn",
      "ReadPlaybackConfiguration",
      "DecidePlaybackOwner",
      "ConfigurePlaybackEndpoints",
      "ReleasePlaybackTurn",
      "AwaitLifecycleConfirmation",
      "PublishReadyNotification",
      "ScheduleLiveLimit",
      "RecordCompletion",
      "WorkflowSucceeded",
    ]);
    const execution = await journey.aws.execution(streamId);
    expect(execution.status).to.equal("SUCCEEDED");
    expect(JSON.parse(execution.output ?? "")).to.deep.equal({ streamId, attempt: 1, status: "READY" });

    const item = await journey.aws.item(streamId);
    expect(item).to.include({
      status: "READY",
      attempt: 1,
      executionArn: journey.aws.executionArn(streamId),
      // The start time came with an offset, and is kept in UTC.
      startTime: "2027-03-20T18:00:00.000Z",
    });
    expect(item).to.have.property("readyAt");
    expect(item).not.to.have.property("taskToken");
    expect(item.history.map(({ status, origin, reason }) => [status, origin, reason])).to.deep.equal([
      ["PROVISIONING", "orchestrator", undefined],
      ["READY", "api", "Picture and sound are fine."],
    ]);
    expect(await journey.aws.playback(streamId)).to.deep.equal({
      origins: [`stream-orchestration_${streamId}_1`],
      patterns: [`/${streamId}/*`],
    });
    expect((await journey.aws.lease(streamId))?.leasedBy).to.equal(journey.aws.executionArn(streamId));
    expect(journey.notifications(streamId)).to.deep.equal([]);
  });

  it("is announced: requested, confirmed by the API, and ready by the workflow", async () => {
    const streamId = "announced";
    await journey.makeReady(streamId);
    const [requested, confirmed, ready, ...more] = journey.announced(streamId);
    expect(requested).to.deep.equal({
      type: "StreamProvisionRequested",
      ...aRequest(streamId),
      startTime: "2027-03-20T18:00:00.000Z",
      attempt: 1,
    });
    expect(confirmed).to.include({
      type: "StreamLifecycleProgressed",
      status: "READY",
      origin: "api",
      attempt: 1,
    });
    expect(ready).to.include({
      type: "StreamLifecycleProgressed",
      status: "READY",
      origin: "orchestrator",
      attempt: 1,
    });
    expect(more).to.deep.equal([]);
  });

  it("goes LIVE and COMPLETE, and nowhere that the lifecycle forbids", async () => {
    const streamId = "goes-live";
    await journey.makeReady(streamId);

    const back = await journey.put({ streamId, status: "PROVISIONING" });
    expect(back.status).to.equal(400);
    expect(back.body).to.deep.equal({
      message: "Validation failed.",
      issues: [
        "status of a stream that is READY must be one of LIVE, COMPLETE, FAILED, received PROVISIONING.",
      ],
    });
    expect((await journey.put({ streamId, status: "LIVE" })).status).to.equal(200);
    expect((await journey.put({ streamId, status: "READY" })).status).to.equal(400);
    expect(
      (await journey.put({ streamId, status: "COMPLETE", reason: "The show is over." })).status,
    ).to.equal(200);
    const after = await journey.put({ streamId, status: "LIVE" });
    expect(after.status).to.equal(400);
    expect(after.body.issues?.[0]).to.match(/COMPLETE.*LIVE/);

    const { status, history } = await journey.aws.item(streamId);
    expect(status).to.equal("COMPLETE");
    expect(history.map((entry) => entry.status)).to.deep.equal(["PROVISIONING", "READY", "LIVE", "COMPLETE"]);
  });

  it("takes the same status again without writing it twice, and announces it again", async () => {
    const streamId = "told-twice";
    await journey.makeReady(streamId);
    const first = await journey.put({ streamId, status: "LIVE" });
    const second = await journey.put({ streamId, status: "LIVE" });
    expect(second.status).to.equal(200);
    expect(second.body.updatedAt).to.equal(first.body.updatedAt);
    const { history } = await journey.aws.item(streamId);
    expect(history.filter(({ status }) => status === "LIVE")).to.have.lengthOf(1);
    expect(journey.announced(streamId).filter(({ status }) => status === "LIVE")).to.have.lengthOf(2);
  });

  it("is provisioned once, however often and however spelled its request comes", async () => {
    const streamId = "asked-often";
    const request = aRequest(streamId, { metadata: { region: "emea", department: "events" } });
    const { metadata: _metadata, ...rest } = request;
    const again = {
      metadata: { department: "events", region: "emea" },
      ...rest,
      startTime: "2027-03-20T18:00:00Z",
    };
    const answers = await Promise.all([request, again, request, again].map((body) => journey.post(body)));
    await journey.waitForToken(streamId);
    answers.push(await journey.post(again));
    expect(answers.map(({ status }) => status)).to.deep.equal([202, 202, 202, 202, 202]);
    // Whether it is the execution or the item that answers: the request was accepted when the workflow began.
    expect(new Set(answers.map(({ body }) => body.acceptedAt))).to.have.lengthOf(1);
    const { executions = [] } = await journey.aws.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: journey.aws.output("stateMachineArn") }),
    );
    expect(executions.filter(({ name = "" }) => name.startsWith(streamId))).to.have.lengthOf(1);
    expect(await journey.aws.attempts(streamId)).to.have.lengthOf(1);
  });

  it("refuses another request for the same stream while it is active, before and after its item is there", async () => {
    const streamId = "asked-differently";
    const other = aRequest(streamId, { title: "Another launch" });
    const held = journey.calls.hold("DynamoDB", "PutItem", ({ Item }) => "history" in Object(Item));
    await journey.post(aRequest(streamId));
    await held.reached;
    const early = await journey.post(other);
    held.release();
    await journey.waitForToken(streamId);
    const late = await journey.post(other);
    for (const refused of [early, late]) {
      expect(refused.status).to.equal(409);
      expect(refused.body.message).to.equal("The stream is already active.");
      expect(refused.body.issues?.[0]).to.include(`streamId "${streamId}" is PROVISIONING in attempt 1`);
    }
  });

  it("starts another attempt once it is COMPLETE, which replaces the playback entry", async () => {
    const streamId = "once-more";
    await journey.makeReady(streamId);
    await journey.put({ streamId, status: "COMPLETE" });
    await journey.makeReady(streamId, 2);
    expect(
      (await journey.aws.attempts(streamId)).map(({ attempt, status }) => [attempt, status]),
    ).to.deep.equal([
      [2, "READY"],
      [1, "COMPLETE"],
    ]);
    expect(await journey.aws.playback(streamId)).to.deep.equal({
      origins: [`stream-orchestration_${streamId}_2`],
      patterns: [`/${streamId}/*`],
    });
  });

  it("is taken as it is when an operator starts it by hand, and the API joins in", async () => {
    const streamId = "by-hand";
    const { executionArn } = await journey.aws.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: journey.aws.output("stateMachineArn"),
        name: `${streamId}_1`,
        // As an operator would type it: not in the normal form.
        input: JSON.stringify(aRequest(streamId), null, 2),
      }),
    );
    await journey.waitForToken(streamId);
    expect(await journey.post(aRequest(streamId))).to.have.property("status", 202);
    await journey.put({ streamId, status: "READY" });
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
    expect(await journey.aws.item(streamId)).to.include({ executionArn, attempt: 1, status: "READY" });
  });
});
