import { expect } from "chai";
import { isJsonObject, type JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { staleETag } from "./support/errors";
import { has } from "./support/has";
import { aRequest } from "./support/requests";

describe("a stream on a bad day of AWS", () => {
  const local = useLocal({ config: { channelIds: manyChannels } });
  const throttled = { code: "TooManyRequestsException", message: "Too many requests.", statusCode: 429 };
  const failedCalls = (streamId: string) =>
    local.executions.get(streamId)?.states.flatMap(({ errors }) => errors) ?? [];

  it("starts its channel on another try where MediaLive is throttled", async () => {
    const streamId = "throttled";
    local.faults.fail({ service: "MediaLive", action: "StartChannel", error: throttled, times: 2 });
    await local.streams.request(aRequest(streamId));
    for (const count of [1, 2]) {
      expect(failedCalls(streamId)[count - 1]).to.have.property(
        "error",
        "MediaLive.TooManyRequestsException",
      );
      await local.clock.advance({ seconds: 20 });
    }
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    const starts = local.executions
      .get(streamId)
      ?.path.filter((name) => name === "ProvisionEncoderInfrastructure");
    expect(starts).to.have.lengthOf(1);
  });

  it("gives up where MediaLive stays throttled, and leaves nothing behind", async () => {
    const streamId = "throttled-for-good";
    local.faults.fail({ service: "MediaLive", action: "StartChannel", error: throttled, times: 7 });
    await local.streams.request(aRequest(streamId));
    for (let count = 1; count <= 6; count += 1) {
      expect(failedCalls(streamId)).to.have.lengthOf.at.least(count);
      await local.clock.advance({ seconds: 20 });
    }
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    expect(local.executions.get(streamId)).to.include({ error: "MediaLive.TooManyRequestsException" });
    expect(await local.streams.latest(streamId))
      .to.include({ status: "FAILED" })
      .and.have.nested.property("failure.state", "ProvisionEncoderInfrastructure");
    expect(await local.streams.lease(streamId)).to.equal(undefined);
  });

  it("waits for a channel that is stopping, and starts it when it is idle", async () => {
    const streamId = "still-stopping";
    const ids = local.encoder.all().flatMap(({ id, state }) => (state === "IDLE" ? [id] : []));
    for (const id of ids) local.encoder.setState(id, "STOPPING");
    await local.streams.request(aRequest(streamId));
    await local.executions.waitForState(streamId, "WaitForChannel");
    await local.clock.advance({ seconds: 10 });
    await local.executions.waitForState(streamId, "WaitForChannel", 2);
    for (const id of ids) local.encoder.setState(id, "IDLE");
    await local.clock.advance({ seconds: 10 });
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    const { channelId } = await local.streams.latest(streamId);
    expect(local.encoder.get(channelId ?? "").state).to.equal("STARTING");
  });

  it("reads the distribution again where others change it meanwhile, and keeps what they did", async () => {
    const streamId = "contention";
    let rivals = 0;
    const matches = has(streamId);
    const update = { service: "CloudFront", action: "UpdateDistribution", times: 2, matches } as const;
    // Somebody else's change gets in between the read and the update.
    local.faults.meanwhile(update, async () => {
      rivals += 1;
      const { id, config } = await local.playback.get("E2QWRUHAPOMQZL");
      local.playback.setConfig(id, { ...config, Comment: `rival ${rivals}` });
    });
    await local.streams.request(aRequest(streamId));
    await local.streams.untilWaiting(streamId);
    expect((await local.playback.get("E2QWRUHAPOMQZL")).config.Comment).to.equal("rival 2");
    expect((await local.streams.playback(streamId))[0]?.patterns).to.deep.equal([`/${streamId}/*`]);
  });

  it("gives up on the distribution after thirty tries, and stops the channel that it started", async () => {
    const streamId = "contention-for-good";
    local.faults.fail({
      service: "CloudFront",
      action: "UpdateDistribution",
      error: staleETag,
      times: Infinity,
    });
    await local.streams.request(aRequest(streamId));
    expect(await local.executions.advanceUntil(streamId)).to.have.property("status", "FAILED");
    expect(local.executions.get(streamId)).to.include({
      error: "CloudFront.PreconditionFailedException",
    });
    const updates = local.executions
      .get(streamId)
      ?.path.filter((name) => name.startsWith("ConfigurePlayback"));
    expect(updates).to.have.lengthOf(30);
    const { channelId } = await local.streams.latest(streamId);
    expect(local.encoder.get(channelId ?? "").state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.lease(streamId)).to.equal(undefined);
  });

  it("takes its playback entry out on another try where others change the distribution meanwhile", async () => {
    const streamId = "contended-undoing";
    await local.streams.provision(streamId);
    local.faults.fail({ service: "CloudFront", action: "UpdateDistribution", error: staleETag, times: 2 });
    await local.streams.update(streamId, "FAILED");
    for (const visit of [1, 2]) {
      await local.executions.waitForState(streamId, "WaitForRemovalTurn", visit);
      await local.clock.advance({ seconds: 10 });
    }
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await local.streams.lease(streamId)).to.equal(undefined);
  });

  it("tells on-call what it could not undo, undoes the rest, and keeps the lease on a channel that may be up", async () => {
    const streamId = "cannot-stop";
    await local.streams.provision(streamId);
    const { channelId = "" } = await local.streams.latest(streamId);
    const forbidden = { code: "ForbiddenException", message: "Not yours to stop.", statusCode: 403 };
    local.faults.fail({ service: "MediaLive", action: "StopChannel", error: forbidden, times: Infinity });
    await local.streams.update(streamId, "FAILED");
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    const { subject, message } = await local.notifications.waitFor(streamId);
    expect(subject).to.include("ACTION NEEDED");
    expect(message).to.include(channelId).and.include("Not yours to stop.");
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(local.encoder.get(channelId ?? "").state).to.equal("RUNNING");
    expect(await local.streams.lease(streamId)).to.have.property("channelId", channelId);
  });

  it("announces itself on another try where the bus took the call and lost the event", async () => {
    const streamId = "lost-event";
    local.faults.loseEntries({ matches: has(streamId) });
    await local.streams.request(aRequest(streamId));
    expect(failedCalls(streamId)[0]).to.have.property("error", "EventBridge.FailedEntry");
    await local.clock.advance({ seconds: 20 });
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    expect(local.streams.events(streamId).map(({ detailType }) => detailType)).to.deep.equal([
      "StreamProvisionRequested",
      "StreamLifecycleProgressed",
    ]);
  });

  it("has its status persisted where the bus takes no announcement, and sending it again mends that", async () => {
    const streamId = "lost-announcement";
    await local.streams.provision(streamId);
    const broken = { code: "AccessDeniedException", message: "Not your bus.", statusCode: 400 };
    local.faults.fail({ service: "EventBridge", action: "PutEvents", error: broken });
    const failed = await local.streams.update(streamId, "READY");
    expect([failed.status, failed.body]).to.deep.equal([500, { message: "Internal Server Error" }]);
    expect((await local.streams.latest(streamId)).status).to.equal("READY");
    expect(local.executions.get(streamId)?.status).to.equal("RUNNING");
    expect((await local.streams.update(streamId, "READY")).status).to.equal(200);
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "SUCCEEDED");
  });

  it("is in nobody's way once an operator has stopped its execution and reported it FAILED", async () => {
    const streamId = "stopped-by-hand";
    await local.streams.provision(streamId);
    await local.executions.stop(streamId);
    expect(local.executions.get(streamId)?.status).to.equal("ABORTED");
    const late = await local.streams.update(streamId, "FAILED", "Stopped by hand.");
    expect(late.status).to.equal(200);
    await local.settled();
    const isRead = (line: string) => line.includes("The event was read.") && line.includes(streamId);
    expect(local.logs.all("resume-orchestration").filter(({ line }) => isRead(line))).to.have.lengthOf(1);
    expect(await local.queues.take()).to.deep.equal([]);
    await local.streams.makeReady(streamId);
    expect(await local.streams.latest(streamId)).to.include({ status: "READY", attempt: 2 });
  });

  it("never shows its token in a log, nor the URLs of its ingest", async () => {
    const streamId = "discreet";
    let token = "";
    const remove = local.gate.use((call, proceed) => {
      const { ExpressionAttributeValues: values } = call.input as JsonObject;
      const given = isJsonObject(values) ? values[":token"] : undefined;
      if (isJsonObject(given)) token = String(given.S);
      return proceed();
    });
    const secret = "rtmps://ingest.example.com/live/a-stream-key";
    await local.streams.request(
      aRequest(streamId, { ingestEndpoints: [{ protocol: "rtmps", url: secret }] }),
    );
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    await local.streams.update(streamId, "READY");
    await local.executions.waitFor(streamId);
    remove();
    const lines = local.logs.all().map(({ line }) => line);
    expect(lines.filter((line) => line.includes(streamId))).not.to.have.lengthOf(0);
    expect(token).not.to.equal("");
    expect(lines.filter((line) => line.includes(token) || line.includes("a-stream-key"))).to.deep.equal([]);
  });
});
