import { GetDistributionConfigCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { isJsonObject } from "../../local/json";
import { AwsError } from "../../local/services";
import { useJourney } from "./support/journey";
import { aRequest } from "./support/requests";

describe("a stream on a bad day of AWS", () => {
  const journey = useJourney();
  const throttled = new AwsError("TooManyRequestsException", "Too many requests.", 429);
  const stale = new AwsError("PreconditionFailed", "Stale.", 412);

  it("starts its channel on another try where MediaLive is throttled", async () => {
    const streamId = "throttled";
    journey.calls.fail("MediaLive", "StartChannel", throttled, 2);
    await journey.post(aRequest(streamId));
    for (const count of [1, 2]) {
      const { taskFailedEventDetails: details } = await journey.waitForFailedCall(streamId, count);
      expect(details).to.have.property("error", "MediaLive.TooManyRequestsException");
      await journey.clock.advance({ seconds: 20 });
    }
    await journey.waitForToken(streamId);
    const starts = (await journey.aws.states(streamId)).filter(
      (name) => name === "ProvisionEncoderInfrastructure",
    );
    expect(starts).to.have.lengthOf(1);
  });

  it("gives up where MediaLive stays throttled, and leaves nothing behind", async () => {
    const streamId = "throttled-for-good";
    journey.calls.fail("MediaLive", "StartChannel", throttled, 7);
    await journey.post(aRequest(streamId));
    for (let count = 1; count <= 6; count += 1) {
      await journey.waitForFailedCall(streamId, count);
      await journey.clock.advance({ seconds: 20 });
    }
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    expect(await journey.aws.execution(streamId)).to.include({ error: "MediaLive.TooManyRequestsException" });
    expect(await journey.aws.item(streamId))
      .to.include({ status: "FAILED" })
      .and.have.nested.property("failure.state", "ProvisionEncoderInfrastructure");
    expect(await journey.aws.lease(streamId)).to.equal(undefined);
  });

  it("waits for a channel that is stopping, and starts it when it is idle", async () => {
    const streamId = "still-stopping";
    const { MediaLive } = journey.services;
    const ids = MediaLive.channels().flatMap(({ id, state }) => (state === "IDLE" ? [id] : []));
    for (const id of ids) MediaLive.setState(id, "STOPPING");
    await journey.post(aRequest(streamId));
    await journey.waitForState(streamId, "WaitForChannel");
    await journey.clock.advance({ seconds: 10 });
    await journey.waitForState(streamId, "WaitForChannel", { visit: 2 });
    for (const id of ids) MediaLive.setState(id, "IDLE");
    await journey.clock.advance({ seconds: 10 });
    await journey.waitForToken(streamId);
    const { channelId } = await journey.aws.item(streamId);
    expect(await journey.aws.channelState(channelId)).to.equal("STARTING");
  });

  it("reads the distribution again where others change it meanwhile, and keeps what they did", async () => {
    const streamId = "contention";
    let rivals = 0;
    journey.calls.around("CloudFront", async (action, input, call) => {
      if (action === "UpdateDistribution" && rivals < 2 && JSON.stringify(input).includes(streamId)) {
        rivals += 1;
        // Somebody else's change gets in between the read and the update.
        const Id = journey.aws.distributionId;
        const read = await journey.aws.cloudfront.send(new GetDistributionConfigCommand({ Id }));
        const DistributionConfig = read.DistributionConfig && {
          ...read.DistributionConfig,
          Comment: `rival ${rivals}`,
        };
        await journey.aws.cloudfront.send(
          new UpdateDistributionCommand({ Id, IfMatch: read.ETag, DistributionConfig }),
        );
      }
      return call();
    });
    await journey.post(aRequest(streamId));
    for (const visit of [1, 2]) {
      await journey.waitForState(streamId, "WaitForPlaybackTurn", { visit });
      await journey.clock.advance({ seconds: 10 });
    }
    await journey.waitForToken(streamId);
    expect((await journey.aws.distribution()).config.Comment).to.equal("rival 2");
    expect((await journey.aws.playback(streamId)).patterns).to.deep.equal([`/${streamId}/*`]);
  });

  it("gives up on the distribution after thirty tries, and stops the channel that it started", async () => {
    const streamId = "contention-for-good";
    journey.calls.around("CloudFront", (action, _input, call) =>
      action === "UpdateDistribution" ? Promise.reject(stale) : call(),
    );
    await journey.post(aRequest(streamId));
    for (let visit = 1; visit < 30; visit += 1) {
      await journey.waitForState(streamId, "WaitForPlaybackTurn", { visit });
      await journey.clock.advance({ seconds: 10 });
    }
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    expect(await journey.aws.execution(streamId)).to.include({
      error: "CloudFront.PreconditionFailedException",
    });
    const { channelId } = await journey.aws.item(streamId);
    expect(await journey.aws.channelState(channelId)).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await journey.aws.lease(streamId)).to.equal(undefined);
  });

  it("takes its playback entry out on another try where others change the distribution meanwhile", async () => {
    const streamId = "contended-undoing";
    await journey.provision(streamId);
    journey.calls.fail("CloudFront", "UpdateDistribution", stale, 2);
    await journey.put({ streamId, status: "FAILED" });
    for (const visit of [1, 2]) {
      await journey.waitForState(streamId, "WaitForRemovalTurn", { visit });
      await journey.clock.advance({ seconds: 10 });
    }
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    expect(await journey.aws.playback(streamId)).to.deep.equal({ origins: [], patterns: [] });
    expect(await journey.aws.lease(streamId)).to.equal(undefined);
  });

  it("tells on-call what it could not undo, undoes the rest, and keeps the lease on a channel that may be up", async () => {
    const streamId = "cannot-stop";
    await journey.provision(streamId);
    const { channelId = "" } = await journey.aws.item(streamId);
    const forbidden = new AwsError("ForbiddenException", "Not yours to stop.", 403);
    journey.calls.fail("MediaLive", "StopChannel", forbidden);
    await journey.put({ streamId, status: "FAILED" });
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    const { subject, message } = await journey.waitForNotification(streamId);
    expect(subject).to.include("ACTION NEEDED");
    expect(message).to.include(channelId).and.include("Not yours to stop.");
    expect(await journey.aws.playback(streamId)).to.deep.equal({ origins: [], patterns: [] });
    expect(await journey.aws.channelState(channelId)).to.equal("RUNNING");
    expect(await journey.aws.lease(streamId)).to.have.property("channelId", channelId);
  });

  it("announces itself on another try where the bus took the call and lost the event", async () => {
    const streamId = "lost-event";
    let lost = 0;
    journey.calls.around("EventBridge", async (action, input, call) => {
      if (action !== "PutEvents" || !JSON.stringify(input).includes(streamId) || lost > 0) return call();
      lost += 1;
      return { FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure", ErrorMessage: "Lost." }] };
    });
    await journey.post(aRequest(streamId));
    const { taskFailedEventDetails: details } = await journey.waitForFailedCall(streamId);
    expect(details).to.have.property("error", "EventBridge.FailedEntry");
    await journey.clock.advance({ seconds: 20 });
    await journey.waitForToken(streamId);
    expect(journey.announced(streamId).map(({ type }) => type)).to.deep.equal(["StreamProvisionRequested"]);
  });

  it("has its status persisted where the bus takes no announcement, and sending it again mends that", async () => {
    const streamId = "lost-announcement";
    await journey.provision(streamId);
    const broken = new AwsError("AccessDeniedException", "Not your bus.", 400);
    journey.calls.fail("EventBridge", "PutEvents", broken);
    const failed = await journey.put({ streamId, status: "READY" });
    expect([failed.status, failed.body]).to.deep.equal([500, { message: "Internal Server Error" }]);
    expect((await journey.aws.item(streamId)).status).to.equal("READY");
    expect((await journey.aws.execution(streamId)).status).to.equal("RUNNING");
    expect((await journey.put({ streamId, status: "READY" })).status).to.equal(200);
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
  });

  it("is in nobody's way once an operator has stopped its execution and reported it FAILED", async () => {
    const streamId = "stopped-by-hand";
    await journey.provision(streamId);
    await journey.aws.sfn.send(
      new StopExecutionCommand({ executionArn: journey.aws.executionArn(streamId) }),
    );
    expect((await journey.aws.execution(streamId)).status).to.equal("ABORTED");
    const late = await journey.put({ streamId, status: "FAILED", reason: "Stopped by hand." });
    expect(late.status).to.equal(200);
    await journey.readEvents(streamId, 1);
    expect(await journey.aws.deadLetters()).to.deep.equal([]);
    await journey.makeReady(streamId, 2);
    expect(await journey.aws.item(streamId)).to.include({ status: "READY", attempt: 2 });
  });

  it("never shows its token in a log, nor the URLs of its ingest", async () => {
    const streamId = "discreet";
    let token = "";
    journey.calls.around("DynamoDB", (_action, input, call) => {
      const { ExpressionAttributeValues: values } = input;
      const given = isJsonObject(values) ? values[":token"] : undefined;
      if (isJsonObject(given)) token = String(given.S);
      return call();
    });
    const secret = "rtmps://ingest.example.com/live/a-stream-key";
    await journey.post(aRequest(streamId, { ingestEndpoints: [{ protocol: "rtmps", url: secret }] }));
    await journey.waitForToken(streamId);
    await journey.put({ streamId, status: "READY" });
    await journey.waitForEnd(streamId);
    const lines = journey.observations.all.flatMap((seen) => (seen.kind === "log" ? [seen.line] : []));
    expect(lines.filter((line) => line.includes(streamId))).not.to.have.lengthOf(0);
    expect(token).not.to.equal("");
    expect(lines.filter((line) => line.includes(token) || line.includes("a-stream-key"))).to.deep.equal([]);
  });
});
