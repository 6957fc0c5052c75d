import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { useJourney } from "./support/journey";
import { aRequest } from "./support/requests";

describe("a stream that fails", () => {
  const journey = useJourney();

  /** Nothing of an attempt is left behind. */
  async function expectUndone(streamId: string): Promise<void> {
    const { channelId } = await journey.aws.item(streamId);
    expect(await journey.aws.channelState(channelId), "channel").to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await journey.aws.playback(streamId), "playback").to.deep.equal({ origins: [], patterns: [] });
    expect(await journey.aws.lease(streamId), "lease").to.equal(undefined);
    expect(await journey.aws.deadLetters(), "dead letters").to.deep.equal([]);
  }

  it("is undone when it is reported FAILED: channel, playback entry and lease are gone, and on-call knows", async () => {
    const streamId = "black-picture";
    await journey.provision(streamId);
    const { channelId } = await journey.aws.item(streamId);
    await journey.put({ streamId, status: "FAILED", reason: "The picture is black." });
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");

    expect((await journey.aws.states(streamId)).slice(-11)).to.deep.equal([
      "AwaitLifecycleConfirmation",
      "AcquireRemovalTurn",
      "ReadPlaybackEntry",
      "DecidePlaybackEntry",
      "RemovePlaybackEntry",
      "ReleaseRemovalTurn",
      "DecideChannelStop",
      "ConfirmLease",
      "StopEncoderChannel",
      "HandleProvisionFailure",
      "WorkflowFailed",
    ]);
    expect(await journey.aws.execution(streamId)).to.deep.include({
      status: "FAILED",
      error: "ConfirmationFailed",
      cause: "The picture is black.",
    });
    await expectUndone(streamId);
    await journey.clock.advance({ seconds: 2 });
    expect(await journey.aws.channelState(channelId)).to.equal("IDLE");

    const item = await journey.aws.item(streamId);
    expect(item.status).to.equal("FAILED");
    expect(item).not.to.have.any.keys("taskToken", "readyAt");
    expect(item.failure).to.deep.equal({
      state: "AwaitLifecycleConfirmation",
      error: "ConfirmationFailed",
      cause: "The picture is black.",
    });
    const { subject, message } = await journey.waitForNotification(streamId);
    expect(subject).to.equal(`Stream ${streamId}: failed in AwaitLifecycleConfirmation`);
    expect(message).to.include("The picture is black.");
    const told = journey.announced(streamId).filter(({ status }) => status === "FAILED");
    expect(told.map(({ origin }) => origin)).to.deep.equal(["api", "orchestrator"]);
  });

  it("fails when nobody confirms it within the 900 seconds", async () => {
    const streamId = "forgotten";
    await journey.provision(streamId);
    await journey.clock.advance({ seconds: 897 });
    expect((await journey.aws.execution(streamId)).status).to.equal("RUNNING");
    await journey.clock.advance({ seconds: 1 });
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");

    const reason = "Neither READY nor FAILED arrived within 900 seconds.";
    expect(await journey.aws.states(streamId)).to.include.members([
      "CloseConfirmation",
      "HandleProvisionFailure",
    ]);
    expect(await journey.aws.execution(streamId)).to.deep.include({ error: "States.Timeout", cause: reason });
    const item = await journey.aws.item(streamId);
    expect(item.status).to.equal("FAILED");
    expect(item.history.at(-1)).to.include({ status: "FAILED", reason, origin: "orchestrator" });
    await expectUndone(streamId);
    expect(journey.announced(streamId).at(-1)).to.include({ status: "FAILED", origin: "orchestrator" });
    expect((await journey.waitForNotification(streamId)).message).to.include(reason);
    const late = await journey.put({ streamId, status: "READY" });
    expect(late.status).to.equal(400);
    expect(late.body.issues?.[0]).to.match(/FAILED.*READY/);
  });

  it("waits for a channel that is still starting before it stops it", async () => {
    const streamId = "too-early-to-stop";
    await journey.post(aRequest(streamId));
    await journey.waitForToken(streamId);
    await journey.put({ streamId, status: "FAILED" });
    await journey.waitForState(streamId, "WaitForChannelStop");
    // Nobody may lease a channel that is still up.
    expect(await journey.aws.lease(streamId)).not.to.equal(undefined);
    await journey.clock.advance({ seconds: 2 });
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    await expectUndone(streamId);
  });

  it("leaves a channel running that ran before, and says so", async () => {
    const streamId = "shared-channel";
    for (const { id } of journey.services.MediaLive.channels()) {
      if (journey.services.MediaLive.channel(id).state === "IDLE")
        journey.services.MediaLive.setState(id, "RUNNING");
    }
    try {
      await journey.post(aRequest(streamId));
      await journey.waitForToken(streamId);
      const { channelId } = await journey.aws.item(streamId);
      await journey.put({ streamId, status: "FAILED" });
      await journey.waitForEnd(streamId);
      expect(await journey.aws.channelState(channelId)).to.equal("RUNNING");
      expect(await journey.aws.playback(streamId)).to.deep.equal({ origins: [], patterns: [] });
      expect(await journey.aws.lease(streamId)).to.equal(undefined);
    } finally {
      for (const { id } of journey.services.MediaLive.channels())
        journey.services.MediaLive.setState(id, "IDLE");
    }
  });

  it("can be requested again, as another attempt, while other streams go on", async () => {
    const streamId = "second-chance";
    const neighbour = "neighbour";
    await journey.provision(neighbour);
    await journey.provision(streamId);
    await journey.put({ streamId, status: "FAILED" });
    await journey.waitForEnd(streamId);

    await journey.makeReady(streamId, 2);
    expect(
      (await journey.aws.attempts(streamId)).map(({ attempt, status }) => [attempt, status]),
    ).to.deep.equal([
      [2, "READY"],
      [1, "FAILED"],
    ]);
    expect(journey.announced(streamId).at(-1)).to.include({ status: "READY", attempt: 2 });
    expect(await journey.aws.item(neighbour)).to.include({ status: "PROVISIONING" });
    expect((await journey.aws.playback(neighbour)).origins).to.have.lengthOf(1);
    await journey.put({ streamId: neighbour, status: "READY" });
    expect(await journey.waitForEnd(neighbour)).to.equal("SUCCEEDED");
  });

  for (const [what, input] of [
    ["no object", "[]"],
    ["null", "null"],
    ["text", '"spring-launch"'],
    ["an empty object", "{}"],
  ] as const) {
    it(`fails with every issue, and tells on-call, when started by hand with ${what}`, async () => {
      const name = `by-hand-with-${what.replaceAll(" ", "-")}`;
      const { executionArn = "" } = await journey.aws.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: journey.aws.output("stateMachineArn"),
          name: `${name}_1`,
          input,
        }),
      );
      expect(await journey.waitForEnd(name)).to.equal("FAILED");
      expect(await journey.aws.states(name)).to.deep.equal([
        "ValidateProvisionRequest",
        "HandleProvisionFailure",
        "WorkflowFailed",
      ]);
      expect(await journey.aws.execution(name)).to.include({ error: "ProvisionRequestInvalid" });
      const { message } = await journey.waitForNotification(executionArn);
      expect(message).to.include("Error:     ProvisionRequestInvalid");
      // A stream that nobody can name has no item and no event.
      expect(await journey.aws.attempts(name)).to.deep.equal([]);
      expect(journey.announced(name)).to.deep.equal([]);
    });
  }

  it("fails without a lease, and as an attempt of its own, when started by hand for a stream but without the rest", async () => {
    const streamId = "half-a-request";
    await journey.aws.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: journey.aws.output("stateMachineArn"),
        name: `${streamId}_1`,
        input: JSON.stringify({ streamId, ingestEndpoints: [{ protocol: "ftp", url: "nowhere" }] }),
      }),
    );
    expect(await journey.waitForEnd(streamId)).to.equal("FAILED");
    const { cause = "" } = await journey.aws.execution(streamId);
    for (const issue of [
      "title is required.",
      "startTime is required.",
      "ingestEndpoints[0].protocol must be one of",
    ]) {
      expect(cause).to.include(issue);
    }
    expect(await journey.aws.item(streamId)).to.include({ status: "FAILED", attempt: 1 });
    expect(await journey.aws.lease(streamId)).to.equal(undefined);
    expect(journey.announced(streamId).map(({ status }) => status)).to.deep.equal(["FAILED"]);
    await journey.makeReady(streamId, 2);
    expect(await journey.aws.item(streamId)).to.include({ status: "READY", attempt: 2 });
  });

  it("leaves an active attempt alone when somebody starts another execution for the stream by hand", async () => {
    const streamId = "intruder";
    await journey.provision(streamId);
    await journey.aws.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: journey.aws.output("stateMachineArn"),
        name: `${streamId}_2`,
        input: JSON.stringify(aRequest(streamId)),
      }),
    );
    expect(await journey.waitForEnd(streamId, 2)).to.equal("FAILED");
    expect(await journey.aws.execution(streamId, 2)).to.include({ error: "StreamAlreadyActive" });
    expect(await journey.aws.attempts(streamId)).to.have.lengthOf(1);
    expect(journey.announced(streamId).filter(({ status }) => status === "FAILED")).to.deep.equal([]);
    await journey.put({ streamId, status: "READY" });
    expect(await journey.waitForEnd(streamId)).to.equal("SUCCEEDED");
  });
});
