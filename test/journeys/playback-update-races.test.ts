import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";

const orchestrator = "StreamLifecycleOrchestrator";
const teardown = "StreamTeardown";
const channelIds = ["1001", "1002"];
const distributionId = "E2QWRUHAPOMQZL";
const other = { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" };
const refused = { code: "InvalidArgument", message: "It is refused.", statusCode: 400 };

// What an attempt wants of the distribution stands on its lease, where whoever has the lock reads it and writes what became of it.
describe("a write about an update of the distribution, onto a lease that another has changed in that moment", () => {
  const local = useLocal({ config: { channelIds: channelIds.join(), sweepIntervalMinutes: "1440" } });
  const database = () => local.runtime.services.DynamoDB;
  const put = (Item: JsonObject) =>
    database().call("PutItem", { TableName: local.streams.program.leaseTableName, Item });

  async function read(Key: JsonObject): Promise<JsonObject> {
    const TableName = local.streams.program.leaseTableName;
    return (await database().call("GetItem", { TableName, Key })).Item as JsonObject;
  }

  /** Another execution has the lock for some seconds, so that the streams ask others to make their updates. */
  const takeLock = () =>
    put({
      channelId: { S: `distribution/${distributionId}` },
      leasedBy: other,
      expiresAt: { N: String(Math.floor(local.clock.now() / 1000) + 20) },
    });

  let remove = () => {};
  afterEach(async () => {
    remove();
    local.faults.clear();
    for (const { name } of local.executions.running()) await local.executions.stop(name);
    const { tableName, leaseTableName } = local.streams.program;
    for (const { streamId } of await local.streams.all()) {
      const Key = { streamId: { S: streamId }, attempt: { N: "1" } };
      await database().call("DeleteItem", { TableName: tableName, Key });
    }
    for (const key of [...channelIds, `distribution/${distributionId}`]) {
      await database().call("DeleteItem", { TableName: leaseTableName, Key: { channelId: { S: key } } });
    }
    local.playback.setConfig(distributionId, {});
    for (const id of channelIds) local.encoder.setState(id, "IDLE");
    await local.clock.advance({ minutes: 1 });
  });

  for (const [state, machine, words, wish] of [
    ["RequestPlaybackEntry", orchestrator, "SET playbackUpdate = if_not_exists", null],
    ["MarkPlaybackUpdate", orchestrator, '"ADDED"', "REMOVE"],
    ["SeparatePlaybackUpdate", orchestrator, '"ADD_ALONE"', "REMOVE"],
    ["RequestPlaybackRemoval", orchestrator, "SET playbackUpdate = :remove", "REMOVED"],
    ["MarkRemovalUpdate", orchestrator, '"REMOVED"', "REMOVE_ALONE"],
    ["SeparateRemovalUpdate", orchestrator, '"REMOVE_ALONE"', "REMOVED"],
    ["RequestPlaybackRemoval", teardown, "SET playbackUpdate = :remove", "REMOVED"],
    ["MarkRemovalUpdate", teardown, '"REMOVED"', "REMOVE_ALONE"],
    ["SeparateRemovalUpdate", teardown, '"REMOVE_ALONE"', "REMOVED"],
  ] as const) {
    for (const [what, changes] of [
      ["belongs to another execution", { leasedBy: other }],
      ...(wish === null ? [] : [[`says ${wish}`, { playbackUpdate: { S: wish } }] as const]),
    ] as const) {
      it(`changes nothing where the lease ${what}: ${state} of ${machine}`, async () => {
        let changed: JsonObject | undefined;
        let after: JsonObject | undefined;
        remove = local.gate.use(async (call, proceed) => {
          const text = JSON.stringify(call.input);
          const isMeant = call.action === "UpdateItem" && call.caller.name.includes(machine);
          // A request of the last state says what values it compares with, too.
          const isOther = words.startsWith('"') && text.includes("SET playbackUpdate = :remove");
          if (changed || !isMeant || isOther || !text.includes(words)) return proceed();
          const { Key } = call.input as { Key: JsonObject };
          changed = { ...(await read(Key)), ...changes };
          await put(changed);
          try {
            return await proceed();
          } finally {
            after = await read(Key);
          }
        });

        const kind = `${state}-${machine === teardown ? "t" : "o"}-${Object.keys(changes)[0]}`.toLowerCase();
        const streamIds = [`${kind}-a`, `${kind}-b`];
        const isAddition = !state.includes("Removal");
        if (isAddition) await takeLock();
        await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
        if (!isAddition) {
          for (const streamId of streamIds) await local.streams.untilWaiting(streamId);
          if (machine === teardown) {
            for (const streamId of streamIds) await local.streams.confirm(streamId, "READY");
          }
          await takeLock();
        }
        if (state.startsWith("Separate")) {
          local.faults.fail({ service: "CloudFront", action: "UpdateDistribution", error: refused });
        }
        if (!isAddition) {
          const end = machine === teardown ? "COMPLETE" : "FAILED";
          for (const streamId of streamIds) await local.streams.update(streamId, end);
        }
        await local.clock.advanceUntil(`the call of ${state}`, () => after);
        expect(after).to.deep.equal(changed);
      });
    }
  }
});
