import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { aRequest } from "./support/requests";

const channelId = "4711";
const waiting = "AwaitLifecycleConfirmation";

describe("bad luck that ends with nothing left", () => {
  const local = useLocal({ config: { channelIds: channelId } });

  async function expectNothingLeft(streamId: string): Promise<void> {
    // A lock that was taken late expires by itself.
    const leases = (await local.streams.leases()).filter(
      (lease) => !lease.channelId.startsWith("distribution/"),
    );
    expect(leases).to.deep.equal([]);
    expect(await local.streams.playback(streamId)).to.deep.equal([]);
    expect(await local.schedules.created()).to.deep.equal([]);
    expect(local.executions.running()).to.deep.equal([]);
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
  }

  /** Deletes an attempt's item, as an operator may by hand. */
  async function deleteItem(streamId: string, attempt = 1): Promise<void> {
    const Key = { streamId: { S: streamId }, attempt: { N: String(attempt) } };
    await local.runtime.services.DynamoDB.call("DeleteItem", {
      TableName: local.streams.program.tableName,
      Key,
    });
    expect(await local.streams.attempts(streamId)).to.have.length(attempt - 1);
  }

  it("an item deleted while the workflow waits for the confirmation", async () => {
    await local.streams.provision("deleted-early");
    await deleteItem("deleted-early");
    await local.clock.advance({ minutes: 31 });
    await expectNothingLeft("deleted-early");
    expect(await local.streams.latest("deleted-early")).to.include({ status: "FAILED" });
  });

  it("an item deleted of a stream that is READY", async () => {
    await local.streams.makeReady("deleted-late");
    await deleteItem("deleted-late");
    await local.clock.advance({ minutes: 21 });
    await expectNothingLeft("deleted-late");
    expect(await local.streams.latest("deleted-late")).to.include({ status: "FAILED", attempt: 1 });
  });

  it("an item deleted of a stream whose execution was stopped", async () => {
    await local.streams.provision("deleted-and-stopped");
    await deleteItem("deleted-and-stopped");
    await local.executions.stop("deleted-and-stopped");
    await local.clock.advance({ minutes: 21 });
    await expectNothingLeft("deleted-and-stopped");
  });

  it("an item deleted of a stream that is READY in its second attempt", async () => {
    const streamId = "deleted-second";
    await local.streams.provision(streamId);
    await local.streams.end(streamId, "FAILED");
    await local.streams.makeReady(streamId);
    await deleteItem(streamId, 2);
    await local.clock.advance({ minutes: 21 });
    await expectNothingLeft(streamId);
    expect(await local.streams.latest(streamId)).to.include({ status: "FAILED", attempt: 2 });
  });

  it("an item deleted after COMPLETE, before its teardown has found it", async () => {
    const streamId = "deleted-complete";
    await local.streams.makeReady(streamId);
    const query = { service: "DynamoDB", action: "Query", caller: "streams-StreamTeardown" } as const;
    local.faults.meanwhile(query, () => deleteItem(streamId));
    await local.streams.update(streamId, "COMPLETE");
    await local.clock.advance({ minutes: 21 });
    await expectNothingLeft(streamId);
  });

  it("an item deleted of a stream on a channel that others started, which keeps running", async () => {
    local.encoder.setState(channelId, "RUNNING");
    await local.streams.makeReady("deleted-foreign");
    await deleteItem("deleted-foreign");
    await local.clock.advance({ minutes: 21 });
    expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    local.encoder.setState(channelId, "IDLE");
    await expectNothingLeft("deleted-foreign");
  });

  for (const [action, caller] of [
    ["PutItem", "streams-validate-provision-request"],
    ["PutItem", "streams-StreamLifecycleOrchestrator"],
    ["UpdateItem", "streams-StreamLifecycleOrchestrator"],
  ] as const) {
    it(`a ${action} of ${caller} that takes effect after the execution was stopped`, async () => {
      const streamId = `late-${action}-${caller.slice(8, 16)}`.toLowerCase();
      const held = local.faults.hold({ service: "DynamoDB", action, caller });
      await local.streams.request(aRequest(streamId));
      expect(held.count).to.equal(1);
      await local.executions.stop(streamId);
      await local.clock.advance({ seconds: 30 });
      held.release();
      await local.clock.advance({ minutes: 21 });
      expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
      await expectNothingLeft(streamId);
      await local.streams.request(aRequest(streamId, { title: "once more" }));
      await local.executions.waitForState(streamId, waiting);
      await local.streams.end(streamId, "FAILED");
    });
  }
});
