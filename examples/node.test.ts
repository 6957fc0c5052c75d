import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { StreamOrchestration } from "@guidogerb/stream-orchestration";
import { type Local, startLocal } from "@guidogerb/stream-orchestration/testing";

/** The stack under test, as a function: what it returns are the stack outputs. */
function program() {
  const streams = new StreamOrchestration("streams", {
    encoder: { channels: [{ channelId: "1234567" }] },
    playback: { distributionId: "E2QWRUHAPOMQZL" },
  });
  return { tableName: streams.tableName };
}

describe("a stream whose channel is throttled", () => {
  let local: Local;

  before(async () => {
    local = await startLocal(program);
  });
  after(() => local.stop());

  it("starts it on another try", async () => {
    local.encoder.failNext("StartChannel", { code: "TooManyRequestsException", statusCode: 429 });
    const streamId = "throttled-once";
    // The workflow waits before it tries again: time stands still in between, and passes as far as it takes.
    await local.streams.provision(streamId, {
      ingestEndpoints: [{ protocol: "srt", url: "srt://ingest.example.com:9000" }],
    });
    const execution = local.executions.get(streamId);
    const start = execution?.states.find(({ name }) => name === "ProvisionEncoderInfrastructure");
    assert.equal(start?.errors[0]?.error, "MediaLive.TooManyRequestsException");

    // Any SDK client works against it.
    const dynamodb = new DynamoDBClient(local.aws);
    const { Item } = await dynamodb.send(
      new GetItemCommand({
        TableName: String(local.outputs.tableName),
        Key: { streamId: { S: streamId }, attempt: { N: "1" } },
      }),
    );
    assert.equal(Item?.status?.S, "PROVISIONING");
    dynamodb.destroy();
  });
});
