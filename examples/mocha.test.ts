import assert from "node:assert/strict";
import { type Local, startLocal } from "@guidogerb/stream-orchestration/testing";

describe("our streams", () => {
  let local: Local;

  before(async () => {
    local = await startLocal("examples/stack.ts");
  });
  after(() => local.stop());

  it("are announced once they are ready", async () => {
    const streamId = "spring-launch";
    await local.api("/streams", { json: request(streamId) });
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    await local.api("/streams", { method: "PUT", json: { streamId, status: "READY" } });
    await local.streams.waitForStatus(streamId, "READY");
    await local.logs.waitFor("spring-launch is READY.", "announce");
  });

  it("fail after fifteen minutes without a confirmation, and leave no channel running", async () => {
    const streamId = "never-confirmed";
    await local.api("/streams", { json: request(streamId) });
    await local.clock.advance({ minutes: 16 });
    const { channelId = "", failure } = await local.streams.waitForStatus(streamId, "FAILED");
    assert.equal(failure?.state, "AwaitLifecycleConfirmation");
    assert.equal(local.encoder.get(channelId).state, "IDLE");
    await local.notifications.waitFor(streamId);
  });
});

function request(streamId: string) {
  return {
    streamId,
    title: "Spring launch",
    startTime: "2027-03-20T18:00:00Z",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/spring-launch" }],
  };
}
