import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { aRequest } from "./support/requests";

describe("a stream that fails", () => {
  const local = useLocal({ config: { channelIds: manyChannels } });

  let client: SFNClient | undefined;
  const sfn = () => {
    client ??= new SFNClient(local.aws);
    return client;
  };
  after(() => client?.destroy());

  /** Nothing of an attempt is left behind. */
  async function expectUndone(streamId: string): Promise<void> {
    const { channelId } = await local.streams.latest(streamId);
    expect(local.encoder.get(channelId ?? "").state, "channel").to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.playback(streamId), "playback").to.deep.equal([]);
    expect(await local.streams.lease(streamId), "lease").to.equal(undefined);
    expect(await local.queues.take(), "dead letters").to.deep.equal([]);
  }

  it("is undone when it is reported FAILED: channel, playback entry and lease are gone, and on-call knows", async () => {
    const streamId = "black-picture";
    await local.streams.provision(streamId);
    const { channelId } = await local.streams.latest(streamId);
    await local.streams.update(streamId, "FAILED", "The picture is black.");
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");

    expect(local.executions.get(streamId)?.path.slice(-10)).to.deep.equal([
      "AwaitLifecycleConfirmation",
      "AcquireRemovalTurn",
      "ReadPlaybackEntry",
      "RemovePlaybackEntry",
      "ReleaseRemovalTurn",
      "ConfirmLease",
      "StopEncoderChannel",
      "ForgetEncoderStart",
      "HandleProvisionFailure",
      "WorkflowFailed",
    ]);
    expect(local.executions.get(streamId)).to.deep.include({
      status: "FAILED",
      error: "ConfirmationFailed",
      cause: "The picture is black.",
    });
    await expectUndone(streamId);
    await local.clock.advance({ seconds: 2 });
    expect(local.encoder.get(channelId ?? "").state).to.equal("IDLE");

    const item = await local.streams.latest(streamId);
    expect(item.status).to.equal("FAILED");
    expect(item).not.to.have.any.keys("taskToken", "readyAt");
    expect(item.failure).to.deep.equal({
      state: "AwaitLifecycleConfirmation",
      error: "ConfirmationFailed",
      cause: "The picture is black.",
    });
    const { subject, message } = await local.notifications.waitFor(streamId);
    expect(subject).to.equal(`Stream ${streamId}: failed in AwaitLifecycleConfirmation`);
    expect(message).to.include("The picture is black.");
    const told = local.streams.events(streamId).filter(({ status }) => status === "FAILED");
    expect(told.map(({ origin }) => origin)).to.deep.equal(["api", "orchestrator"]);
  });

  it("fails when nobody confirms it within the 900 seconds", async () => {
    const streamId = "forgotten";
    await local.streams.provision(streamId);
    await local.clock.advance({ seconds: 897 });
    expect(local.executions.get(streamId)?.status).to.equal("RUNNING");
    await local.clock.advance({ seconds: 1 });
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");

    const reason = "Neither READY nor FAILED arrived within 900 seconds.";
    expect(local.executions.get(streamId)?.path).to.include.members([
      "CloseConfirmation",
      "HandleProvisionFailure",
    ]);
    expect(local.executions.get(streamId)).to.deep.include({ error: "States.Timeout", cause: reason });
    const item = await local.streams.latest(streamId);
    expect(item.status).to.equal("FAILED");
    expect(item.history.at(-1)).to.include({ status: "FAILED", reason, origin: "orchestrator" });
    await expectUndone(streamId);
    expect(local.streams.events(streamId).at(-1)).to.include({ status: "FAILED", origin: "orchestrator" });
    expect((await local.notifications.waitFor(streamId)).message).to.include(reason);
    const late = await local.streams.update(streamId, "READY");
    expect(late.status).to.equal(400);
    expect(late.body.issues?.[0]).to.match(/FAILED.*READY/);
  });

  it("waits for a channel that is still starting before it stops it", async () => {
    const streamId = "too-early-to-stop";
    await local.streams.request(aRequest(streamId));
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    await local.streams.update(streamId, "FAILED");
    await local.executions.waitForState(streamId, "WaitForChannelStop");
    // Nobody may lease a channel that is still up.
    expect(await local.streams.lease(streamId)).not.to.equal(undefined);
    await local.clock.advance({ seconds: 2 });
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    await expectUndone(streamId);
  });

  it("leaves a channel running that ran before, and says so", async () => {
    const streamId = "shared-channel";
    for (const { id } of local.encoder.all()) {
      if (local.encoder.get(id).state === "IDLE") local.encoder.setState(id, "RUNNING");
    }
    try {
      await local.streams.request(aRequest(streamId));
      await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
      const { channelId } = await local.streams.latest(streamId);
      await local.streams.update(streamId, "FAILED");
      await local.executions.waitFor(streamId);
      expect(local.encoder.get(channelId ?? "").state).to.equal("RUNNING");
      expect(await local.streams.playback(streamId)).to.deep.equal([]);
      expect(await local.streams.lease(streamId)).to.equal(undefined);
    } finally {
      for (const { id } of local.encoder.all()) local.encoder.setState(id, "IDLE");
    }
  });

  it("can be requested again, as another attempt, while other streams go on", async () => {
    const streamId = "second-chance";
    const neighbour = "neighbour";
    await local.streams.provision(neighbour);
    await local.streams.provision(streamId);
    await local.streams.update(streamId, "FAILED");
    await local.executions.waitFor(streamId);

    await local.streams.makeReady(streamId);
    expect(
      (await local.streams.attempts(streamId)).map(({ attempt, status }) => [attempt, status]),
    ).to.deep.equal([
      [1, "FAILED"],
      [2, "READY"],
    ]);
    expect(local.streams.events(streamId).at(-1)).to.include({ status: "READY", attempt: 2 });
    expect(await local.streams.latest(neighbour)).to.include({ status: "PROVISIONING" });
    expect((await local.streams.playback(neighbour))[0]?.origins).to.have.lengthOf(1);
    await local.streams.update(neighbour, "READY");
    expect(await local.executions.waitFor(neighbour)).to.have.property("status", "SUCCEEDED");
  });

  for (const [what, input] of [
    ["no object", "[]"],
    ["null", "null"],
    ["text", '"spring-launch"'],
    ["an empty object", "{}"],
  ] as const) {
    it(`fails with every issue, and tells on-call, when started by hand with ${what}`, async () => {
      const name = `by-hand-with-${what.replaceAll(" ", "-")}`;
      const { executionArn = "" } = await sfn().send(
        new StartExecutionCommand({
          stateMachineArn: String(local.outputs.stateMachineArn),
          name: `${name}_1`,
          input,
        }),
      );
      expect(await local.executions.waitFor(name)).to.have.property("status", "FAILED");
      expect(local.executions.get(name)?.path).to.deep.equal([
        "ValidateProvisionRequest",
        "HandleProvisionFailure",
        "WorkflowFailed",
      ]);
      expect(local.executions.get(name)).to.include({ error: "ProvisionRequestInvalid" });
      const { message } = await local.notifications.waitFor(executionArn);
      expect(message).to.include("Error:     ProvisionRequestInvalid");
      // A stream that nobody can name has no item and no event.
      expect(await local.streams.attempts(name)).to.deep.equal([]);
      expect(local.streams.events(name)).to.deep.equal([]);
    });
  }

  it("fails without a lease, and as an attempt of its own, when started by hand for a stream but without the rest", async () => {
    const streamId = "half-a-request";
    await sfn().send(
      new StartExecutionCommand({
        stateMachineArn: String(local.outputs.stateMachineArn),
        name: `${streamId}_1`,
        input: JSON.stringify({ streamId, ingestEndpoints: [{ protocol: "ftp", url: "nowhere" }] }),
      }),
    );
    expect(await local.executions.waitFor(streamId)).to.have.property("status", "FAILED");
    const { cause = "" } = local.executions.get(streamId) ?? {};
    for (const issue of [
      "title is required.",
      "startTime is required.",
      "ingestEndpoints[0].protocol must be one of",
    ]) {
      expect(cause).to.include(issue);
    }
    expect(await local.streams.latest(streamId)).to.include({ status: "FAILED", attempt: 1 });
    expect(await local.streams.lease(streamId)).to.equal(undefined);
    expect(local.streams.events(streamId).map(({ status }) => status)).to.deep.equal(["FAILED"]);
    await local.streams.makeReady(streamId);
    expect(await local.streams.latest(streamId)).to.include({ status: "READY", attempt: 2 });
  });

  it("leaves an active attempt alone when somebody starts another execution for the stream by hand", async () => {
    const streamId = "intruder";
    await local.streams.provision(streamId);
    await sfn().send(
      new StartExecutionCommand({
        stateMachineArn: String(local.outputs.stateMachineArn),
        name: `${streamId}_2`,
        input: JSON.stringify(aRequest(streamId)),
      }),
    );
    expect(await local.executions.waitFor(`${streamId}_2`)).to.have.property("status", "FAILED");
    expect(local.executions.get(`${streamId}_2`)).to.include({ error: "StreamAlreadyActive" });
    expect(await local.streams.attempts(streamId)).to.have.lengthOf(1);
    expect(local.streams.events(streamId).filter(({ status }) => status === "FAILED")).to.deep.equal([]);
    await local.streams.update(streamId, "READY");
    expect(await local.executions.waitFor(`${streamId}_1`)).to.have.property("status", "SUCCEEDED");
  });
});
