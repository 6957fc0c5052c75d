import assert from "node:assert/strict";
import { type Local, startLocal } from "@guidogerb/stream-orchestration/testing";

describe("our streams", () => {
  let local: Local;

  before(async () => {
    local = await startLocal("examples/stack.ts");
  });
  after(() => local.stop());

  it("are announced once they are ready, and leave nothing running in the end", async () => {
    const { channelId = "" } = await local.streams.provision("spring-launch");
    await local.streams.confirm("spring-launch", "READY");
    await local.logs.waitFor("spring-launch is READY.", "announce");
    const { teardown } = await local.streams.end("spring-launch");
    assert.equal(teardown?.status, "DONE");
    assert.equal(local.encoder.get(channelId).state, "IDLE");
  });

  it("fail after fifteen minutes without a confirmation, and leave no channel running", async () => {
    const { channelId = "" } = await local.streams.provision("never-confirmed");
    await local.clock.advance({ minutes: 16 });
    const { failure } = await local.streams.waitForStatus("never-confirmed", "FAILED");
    assert.equal(failure?.state, "AwaitLifecycleConfirmation");
    assert.equal(local.encoder.get(channelId).state, "IDLE");
    await local.notifications.waitFor("never-confirmed");
  });
});
