import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { type Local, startLocal } from "../../testing";
import { aRequest } from "../journeys/support/requests";
import { expectRejection } from "../local/support/expect-rejection";
import { leastArgs } from "../support/stream-orchestration";

/** As many as there are streams. */
const channels = ["1001", "1002", "1003", "1004", "1005"].map((channelId) => ({ channelId }));

/** A stack with a callback of its own, which has captured a variable and requires a module. */
function program() {
  const streams = new StreamOrchestration("streams", { ...leastArgs, encoder: { channels } });
  const greeting = "Congratulations";
  streams.onLifecycleProgressed(
    "praise",
    async ({ detail }) => {
      const { basename } = await import("node:path");
      console.log(`${greeting}, ${basename(`/streams/${detail.streamId}`)} at ${new Date().toISOString()}`);
    },
    { statuses: ["READY"] },
  );
  return {
    tableName: streams.tableName,
    project: pulumi.getProject(),
    size: new pulumi.Config().get("size") ?? "none",
  };
}

describe("a stack that runs locally", () => {
  let local: Local;
  before(async () => {
    local = await startLocal(program, { config: { size: "7" }, startAt: "2026-05-06T07:08:09Z" });
  });
  after(() => local.stop());

  it("has the outputs that its function returns, and the configuration that it was given", () => {
    expect(local.outputs).to.include({ project: "program", size: "7" });
    expect(local.outputs.tableName).to.match(/^streams-/);
  });

  it("stands still at the time it was started with", async () => {
    expect(new Date(local.clock.now()).toISOString()).to.equal("2026-05-06T07:08:09.000Z");
    const { requestedAt } = await provision(local, "at-that-time");
    expect(requestedAt).to.equal("2026-05-06T07:08:09.000Z");
  });

  it("runs the team's own callbacks, with what they captured, on its clock", async () => {
    const streamId = "to-be-praised";
    await provision(local, streamId);
    const answer = await local.api("/streams", { method: "PUT", json: { streamId, status: "READY" } });
    expect([answer.status, answer.headers.get("content-type")]).to.deep.equal([200, "application/json"]);
    const { line } = await local.logs.waitFor("Congratulations", "praise");
    expect(line).to.equal("Congratulations, to-be-praised at 2026-05-06T07:08:09.000Z");
  });

  it("shows an execution state by state, with inputs, outputs and errors", async () => {
    const own = await startLocal(program);
    own.encoder.failNext("StartChannel", { code: "TooManyRequestsException", message: "Slow down." });
    const streamId = "in-detail";
    await own.api("/streams", { json: aRequest(streamId) });
    await own.clock.advance({ minutes: 1 });
    const execution = await own.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    expect(execution).to.include({ name: "in-detail_1", status: "RUNNING" });
    const [validate] = execution.states;
    const start = execution.states.find(({ name }) => name === "ProvisionEncoderInfrastructure");
    expect(validate).to.include({ name: "ValidateProvisionRequest", type: "Task" });
    expect(validate?.input).to.have.property("streamId", streamId);
    expect(validate?.assigned).to.have.nested.property("provision.attempt", 1);
    expect(start?.errors).to.have.lengthOf(1);
    expect(start?.errors[0]).to.deep.include({ error: "MediaLive.TooManyRequestsException" });
    await own.stop();
  });

  it("is reached by any SDK client, and by fetch", async () => {
    const dynamodb = new DynamoDBClient(local.aws);
    const { Table } = await dynamodb.send(
      new DescribeTableCommand({ TableName: String(local.outputs.tableName) }),
    );
    expect(Table?.TableStatus).to.equal("ACTIVE");
    dynamodb.destroy();
    expect((await fetch(`${local.apiUrl}/health`)).status).to.equal(200);
  });

  it("shows events by what is in them", async () => {
    const streamId = "announced";
    const match = { detailType: "StreamProvisionRequested", detail: { streamId } };
    await local.api("/streams", { json: aRequest(streamId) });
    const event = await local.events.waitFor(match);
    expect(event.source).to.equal("com.guidogerb.streams");
    expect(local.events.all(match)).to.have.lengthOf(1);
    expect(local.events.all({ ...match, detail: { streamId: "another" } })).to.deep.equal([]);
  });

  it("shares nothing with another one in the same process", async () => {
    const [one, two] = await Promise.all([startLocal(program), startLocal(program)]);
    await one.api("/streams", { json: aRequest("only-here") });
    await one.streams.waitForStatus("only-here", "PROVISIONING");
    await one.clock.advance({ hours: 1 });
    expect(await two.streams.get("only-here")).to.equal(undefined);
    expect(two.executions.all()).to.deep.equal([]);
    expect(one.clock.now() - two.clock.now()).to.equal(3_600_000);
    await Promise.all([one.stop(), two.stop()]);
  });

  it("says what was waited for, what did happen and what is pending, when nothing more can happen", async () => {
    const own = await startLocal(program);
    const streamId = "waits-in-vain";
    await own.api("/streams", { json: aRequest(streamId) });
    const { message } = await expectRejection(own.streams.waitForStatus(streamId, "READY"));
    expect(message).to.include(
      "Waited for the stream 'waits-in-vain' to be READY, but nothing more can happen",
    );
    expect(message).to.include("attempt 1 became PROVISIONING at 2026-01-01T00:00:00.000Z");
    expect(message).to.match(/Pending:\n {2}- .*, until 2026-01-01T00:\d\d:\d\d/);
    expect(message).to.include("local.clock.advance(");
    await own.stop();
  });

  it("refuses a program that is not there, and a start that is no time", async () => {
    expect((await expectRejection(startLocal("nowhere.ts"))).message).to.match(/nowhere\.ts does not exist/);
    const { message } = await expectRejection(startLocal(program, { startAt: "soon" }));
    expect(message).to.include("received 'soon'");
  });

  it("refuses what it cannot run, by name", async () => {
    const { message } = await expectRejection(
      startLocal(() => void new aws.s3.Bucket("films"), { unsupported: "refuse" }),
    );
    expect(message).to.include("resource 'films' of type aws:s3/bucket:Bucket");
  });
});

async function provision(local: Local, streamId: string) {
  const answer = await local.api("/streams", { json: aRequest(streamId) });
  expect(answer.status).to.equal(202);
  await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
  return local.streams.waitForStatus(streamId, "PROVISIONING");
}
