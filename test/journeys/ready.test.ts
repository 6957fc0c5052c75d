import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { originId } from "./support/origin-id";
import { aRequest, isAttempt } from "./support/requests";

describe("a stream that becomes ready", () => {
  const local = useLocal({ config: { channelIds: manyChannels } });

  it("passes every state of the contract, and leaves a running channel, a playback entry and a record", async () => {
    const streamId = "spring-launch";
    const accepted = await local.streams.request(aRequest(streamId));
    expect(accepted.status).to.equal(202);
    expect(accepted.headers.get("content-type")).to.equal("application/json");
    const { startedAt } = local.executions.get(streamId) ?? {};
    expect(accepted.body).to.deep.equal({
      streamId,
      detailType: "StreamProvisionRequested",
      stateMachineArn: local.outputs.stateMachineArn,
      acceptedAt: startedAt?.toISOString(),
    });

    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    const waiting = await local.streams.latest(streamId);
    expect(waiting).to.include({ status: "PROVISIONING" }).and.have.property("taskToken");
    expect(local.encoder.get(waiting.channelId ?? "").state).to.equal("STARTING");
    await local.clock.advance({ seconds: 2 });
    expect(local.encoder.get(waiting.channelId ?? "").state).to.equal("RUNNING");

    const confirmed = await local.streams.update(streamId, "READY", "Picture and sound are fine.");
    expect(confirmed.status).to.equal(200);
    expect(confirmed.body).to.deep.include({
      streamId,
      status: "READY",
      detailType: "StreamLifecycleProgressed",
      reason: "Picture and sound are fine.",
    });
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");

    expect(local.executions.get(streamId)?.path).to.deep.equal([
      "ValidateProvisionRequest",
      "PersistProvisionRequest",
      "EmitProvisionRequestedEvent",
      "ReservePlaybackPlace",
      "ReadPlaybackPlaces",
      "ReadPlaybackCapacity",
      "ReadChannelState",
      "ClaimEncoderChannel",
      "ConfirmEncoderLease",
      "ProvisionEncoderInfrastructure",
      "ConfigurePlaybackEndpoints",
      "AwaitLifecycleConfirmation",
      "PublishReadyNotification",
      "ScheduleLiveLimit",
      "RecordCompletion",
      "WorkflowSucceeded",
    ]);
    const execution = local.executions.get(streamId);
    expect(execution?.status).to.equal("SUCCEEDED");
    expect(execution?.output).to.deep.equal({ streamId, attempt: 1, status: "READY" });

    const item = await local.streams.latest(streamId);
    expect(item).to.include({
      status: "READY",
      attempt: 1,
      executionArn: execution?.arn,
      // The start time came with an offset, and is kept in UTC.
      startTime: "2027-03-20T18:00:00.000Z",
    });
    expect(item).to.have.property("readyAt");
    expect(item).not.to.have.property("taskToken");
    expect(item.history.map(({ status, origin, reason }) => [status, origin, reason])).to.deep.equal([
      ["PROVISIONING", "orchestrator", undefined],
      ["READY", "api", "Picture and sound are fine."],
    ]);
    expect(await local.streams.playback(streamId)).to.deep.equal([
      {
        distributionId: "E2QWRUHAPOMQZL",
        origins: [originId(local, streamId, 1)],
        patterns: [`/${streamId}/*`],
      },
    ]);
    expect((await local.streams.lease(streamId))?.leasedBy).to.equal(execution?.arn);
    expect(local.notifications.all().filter(({ message }) => message.includes(streamId))).to.deep.equal([]);
  });

  it("is announced: requested, given its channel, confirmed by the API, and ready by the workflow", async () => {
    const streamId = "announced";
    await local.streams.makeReady(aRequest(streamId));
    const { channelId } = await local.streams.latest(streamId);
    const [requested, provisioning, confirmed, ready, ...more] = local.streams.events(streamId);
    expect(requested).to.deep.equal({
      detailType: "StreamProvisionRequested",
      ...aRequest(streamId),
      startTime: "2027-03-20T18:00:00.000Z",
      attempt: 1,
    });
    expect(provisioning).to.include({
      detailType: "StreamLifecycleProgressed",
      status: "PROVISIONING",
      origin: "orchestrator",
      attempt: 1,
      channelId,
    });
    expect(confirmed).to.include({
      detailType: "StreamLifecycleProgressed",
      status: "READY",
      origin: "api",
      attempt: 1,
    });
    expect(ready).to.include({
      detailType: "StreamLifecycleProgressed",
      status: "READY",
      origin: "orchestrator",
      attempt: 1,
    });
    expect(more).to.deep.equal([]);
  });

  it("goes LIVE and COMPLETE, and nowhere that the lifecycle forbids", async () => {
    const streamId = "goes-live";
    await local.streams.makeReady(streamId);

    const back = await local.streams.update(streamId, "PROVISIONING");
    expect(back.status).to.equal(400);
    expect(back.body).to.deep.equal({
      message: "Validation failed.",
      issues: [
        "status of a stream that is READY must be one of LIVE, COMPLETE, FAILED, received PROVISIONING.",
      ],
    });
    expect((await local.streams.update(streamId, "LIVE")).status).to.equal(200);
    expect((await local.streams.update(streamId, "READY")).status).to.equal(400);
    expect((await local.streams.update(streamId, "COMPLETE", "The show is over.")).status).to.equal(200);
    const after = await local.streams.update(streamId, "LIVE");
    expect(after.status).to.equal(400);
    expect(after.body.issues?.[0]).to.match(/COMPLETE.*LIVE/);

    const { status, history } = await local.streams.latest(streamId);
    expect(status).to.equal("COMPLETE");
    expect(history.map((entry) => entry.status)).to.deep.equal(["PROVISIONING", "READY", "LIVE", "COMPLETE"]);
  });

  it("takes the same status again without writing it twice, and announces it again", async () => {
    const streamId = "told-twice";
    await local.streams.makeReady(streamId);
    const first = await local.streams.update(streamId, "LIVE");
    const second = await local.streams.update(streamId, "LIVE");
    expect(second.status).to.equal(200);
    expect(second.body.updatedAt).to.equal(first.body.updatedAt);
    const { history } = await local.streams.latest(streamId);
    expect(history.filter(({ status }) => status === "LIVE")).to.have.lengthOf(1);
    expect(local.streams.events(streamId).filter(({ status }) => status === "LIVE")).to.have.lengthOf(2);
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
    const answers = await Promise.all(
      [request, again, request, again].map((body) => local.streams.request(body)),
    );
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    answers.push(await local.streams.request(again));
    expect(answers.map(({ status }) => status)).to.deep.equal([202, 202, 202, 202, 202]);
    // Whether it is the execution or the item that answers: the request was accepted when the workflow began.
    expect(new Set(answers.map(({ body }) => body.acceptedAt))).to.have.lengthOf(1);
    const sfn = new SFNClient(local.aws);
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: String(local.outputs.stateMachineArn) }),
    );
    expect(executions.filter(({ name = "" }) => name.startsWith(streamId))).to.have.lengthOf(1);
    sfn.destroy();
    expect(await local.streams.attempts(streamId)).to.have.lengthOf(1);
  });

  it("refuses another request for the same stream while it is active, before and after its item is there", async () => {
    const streamId = "asked-differently";
    const other = aRequest(streamId, { title: "Another launch" });
    const held = local.faults.hold({ service: "DynamoDB", action: "PutItem", matches: isAttempt });
    await local.streams.request(aRequest(streamId));
    expect(held.count).to.equal(1);
    const early = await local.streams.request(other);
    held.release();
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    const late = await local.streams.request(other);
    for (const refused of [early, late]) {
      expect(refused.status).to.equal(409);
      expect(refused.body.message).to.equal("The stream is already active.");
      expect(refused.body.issues?.[0]).to.include(`streamId "${streamId}" is PROVISIONING in attempt 1`);
    }
  });

  it("starts another attempt once it is COMPLETE, which replaces the playback entry", async () => {
    const streamId = "once-more";
    await local.streams.makeReady(streamId);
    await local.streams.update(streamId, "COMPLETE");
    await local.streams.makeReady(streamId);
    expect(
      (await local.streams.attempts(streamId)).map(({ attempt, status }) => [attempt, status]),
    ).to.deep.equal([
      [1, "COMPLETE"],
      [2, "READY"],
    ]);
    expect(await local.streams.playback(streamId)).to.deep.equal([
      {
        distributionId: "E2QWRUHAPOMQZL",
        origins: [originId(local, streamId, 2)],
        patterns: [`/${streamId}/*`],
      },
    ]);
  });

  it("is taken as it is when an operator starts it by hand, and the API joins in", async () => {
    const streamId = "by-hand";
    const sfn = new SFNClient(local.aws);
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: String(local.outputs.stateMachineArn),
        name: `${streamId}_1`,
        // As an operator would type it: not in the normal form.
        input: JSON.stringify(aRequest(streamId), null, 2),
      }),
    );
    sfn.destroy();
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    expect(await local.streams.request(aRequest(streamId))).to.have.property("status", 202);
    await local.streams.update(streamId, "READY");
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
    expect(await local.streams.latest(streamId)).to.include({ executionArn, attempt: 1, status: "READY" });
  });
});
