import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { staleETag } from "./support/errors";
import { has } from "./support/has";

const orchestrator = "StreamLifecycleOrchestrator";
const teardown = "StreamTeardown";
const channelIds = ["1001", "1002"];
const distributionId = "E2QWRUHAPOMQZL";
const other = { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" };
const refused = { code: "InvalidArgument", message: "It is refused.", statusCode: 400 };

// What an attempt wants of the distribution stands on its lease, where whoever has the lock reads it and writes what became of it.
describe("an update of the distribution, while others make theirs", () => {
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
      it(`is not noted where the lease, in that moment, ${what}: ${state} of ${machine}`, async () => {
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

  const update = { service: "CloudFront", action: "UpdateDistribution" } as const;
  const updates = () => local.faults.calls().filter(({ action }) => action === "UpdateDistribution").length;
  const last = (machine: string) => local.executions.of(`streams-${machine}`).at(-1);

  for (const machine of [orchestrator, teardown]) {
    it(`is made anew for all by a redriven execution: DecidePlaybackEntry of ${machine}`, async () => {
      const isTeardown = machine === teardown;
      const streamIds = ["a", "b"].map((name) => `redriven-${isTeardown ? "t" : "o"}-${name}`);
      for (const streamId of streamIds) {
        await (isTeardown ? local.streams.makeReady(streamId) : local.streams.provision(streamId));
      }
      await takeLock();
      const site = { ...update, caller: `streams-${machine}` };
      let stopped = "";
      local.faults.meanwhile(site, async () => {
        const runs = local.executions.of(`streams-${machine}`);
        stopped = runs.find(({ path }) => path.at(-1) === "RemovePlaybackEntry")?.arn ?? "";
        await local.executions.stop(stopped);
      });
      local.faults.fail(site);
      local.faults.refuse({ target: "streams-recover-execution", forGood: true });
      for (const streamId of streamIds) {
        await local.streams.update(streamId, isTeardown ? "COMPLETE" : "FAILED");
      }
      await local.clock.advanceUntil("the execution to be stopped", () => stopped || undefined);
      local.faults.clear();
      await local.executions.redrive(stopped);
      await local.clock.advance({ minutes: 2 });
      expect(
        local.executions.get(stopped)?.path.filter((state) => state === "ReadRemovalUpdates"),
      ).to.have.lengthOf(2);
      expect(await local.streams.played()).to.deep.equal([]);
      if (isTeardown) {
        for (const streamId of streamIds) {
          expect((await local.streams.latest(streamId)).teardown).to.include({ status: "DONE" });
        }
      } else {
        const messages = local.notifications.all().filter(({ subject }) => subject?.includes("redriven-o"));
        expect(messages.map(({ message }) => message).join()).to.not.include("is still in the distribution");
      }
    });
  }

  it("is made once, though its answer was lost: DecidePlaybackOwner", async () => {
    const before = updates();
    local.faults.fail({ ...update, error: staleETag });
    local.faults.fail({ ...update, when: "after" });
    await local.streams.request("answer-lost");
    await local.streams.untilWaiting("answer-lost");
    expect(local.executions.get("answer-lost")?.path).to.include("DecidePlaybackRetry");
    // One that is stale, one whose answer is lost, and that one again.
    expect(updates() - before).to.equal(3);
    expect(await local.streams.played()).to.deep.equal(["answer-lost"]);
  });

  const request = {
    service: "DynamoDB",
    action: "UpdateItem",
    matches: has("SET playbackUpdate = :remove"),
  } as const;
  const mayBeAdded = "may still be added to the distribution";

  for (const [state, what] of [
    ["DecidePlaybackRemoval", "which others may make"],
    ["RequestPlaybackRemoval", "unless that is refused"],
    ["RequestPlaybackRemoval", "unless another has the lease"],
  ] as const) {
    it(`is withdrawn before the channel is stopped, ${what}: ${state} of ${orchestrator}`, async () => {
      const streamId = `withdrawn-${what.split(" ")[0]}-${what.length}`;
      const Key = await askOthers(streamId);
      const wish = async () => (await read(Key)).playbackUpdate;
      let atStop: unknown;
      local.faults.meanwhile({ service: "MediaLive", action: "StopChannel" }, async () => {
        atStop = await wish();
      });
      if (what === "unless that is refused")
        local.faults.fail({ ...request, error: refused, times: Infinity });
      if (what === "unless another has the lease") {
        local.faults.meanwhile(request, async () => put({ ...(await read(Key)), leasedBy: other }));
      }
      const site = { service: "DynamoDB", action: "UpdateItem", matches: has("distribution/") } as const;
      local.faults.fail({ ...site, error: refused, times: Infinity });
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include.members(["RequestPlaybackRemoval", "HandleProvisionFailure"]);
      const { message } = await local.notifications.waitFor(streamId);
      if (what === "unless that is refused") expect(message).to.include(mayBeAdded);
      else expect(message).to.not.include(mayBeAdded);
      if (what === "which others may make") expect(atStop).to.deep.equal({ S: "REMOVE" });
    });
  }

  it("is not missed where another has the lease: RequestPlaybackRemoval of StreamTeardown", async () => {
    const { channelId = "" } = await local.streams.makeReady("not-missed");
    const Key = { channelId: { S: channelId } };
    // Who made it could not say so.
    await put({ ...(await read(Key)), playbackUpdate: { S: "ADD" } });
    local.faults.meanwhile(request, async () => put({ ...(await read(Key)), leasedBy: other }));
    await local.streams.update("not-missed", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    expect(last(teardown)?.path).to.include("RequestPlaybackRemoval");
    expect((await local.streams.latest("not-missed")).teardown).to.include({ status: "DONE" });
  });

  /** A stream that asks others to add its entry. @returns the key of its lease. */
  async function askOthers(streamId: string): Promise<{ channelId: { S: string } }> {
    await takeLock();
    local.faults.fail({ ...update, error: staleETag });
    await local.streams.request(streamId);
    await local.clock.advance({ seconds: 2 });
    const { channelId = "" } = await local.streams.latest(streamId);
    const Key = { channelId: { S: channelId } };
    expect((await read(Key)).playbackUpdate).to.deep.equal({ S: "ADD" });
    return Key;
  }

  /** A stream that asks others to add its entry, whose workflow dies unnoticed. @returns the key of its lease, now of another distribution. */
  async function wishElsewhere(streamId: string): Promise<JsonObject> {
    const Key = await askOthers(streamId);
    const lease = await read(Key);
    local.faults.refuse({ target: "streams-recover-execution", forGood: true });
    await local.executions.stop(streamId);
    await put({ ...lease, distributionId: { S: "EOTHER" } });
    return Key;
  }

  for (const machine of [orchestrator, teardown]) {
    it(`is made for no other distribution: ReadRemovalUpdates of ${machine}`, async () => {
      const isTeardown = machine === teardown;
      const kind = isTeardown ? "t" : "o";
      const ends = `ends-${kind}`;
      await (isTeardown ? local.streams.makeReady(ends) : local.streams.provision(ends));
      const Key = await wishElsewhere(`elsewhere-${kind}`);
      await local.streams.update(ends, isTeardown ? "COMPLETE" : "FAILED");
      await local.clock.advance({ minutes: 1 });
      expect((await read(Key)).playbackUpdate).to.deep.equal({ S: "ADD" });
      expect(await local.streams.played()).to.deep.equal([]);
    });
  }

  it("is made for no other distribution: ReadPlaybackUpdates", async () => {
    const Key = await wishElsewhere("elsewhere");
    local.faults.fail({ ...update, error: staleETag });
    await local.streams.request("here");
    await local.streams.untilWaiting("here");
    expect(local.executions.get("here")?.path).to.include("ConfigurePlaybackBatch");
    expect((await read(Key)).playbackUpdate).to.deep.equal({ S: "ADD" });
    expect(await local.streams.played()).to.deep.equal(["here"]);
  });

  it("is made by an execution that is redriven before anybody has noticed: ConfigurePlaybackBatch", async () => {
    local.faults.refuse({ target: "streams-recover-execution", forGood: true });
    local.faults.fail({ ...update, error: staleETag });
    await local.streams.request("unnoticed");
    await local.executions.advanceUntil("unnoticed", ({ path }) => path.includes("AcquirePlaybackTurn"));
    local.faults.meanwhile(update, async () => {
      await local.executions.stop("unnoticed");
      throw new Error("The call is not made.");
    });
    await local.clock.advance({ seconds: 2 });
    expect(local.executions.get("unnoticed")).to.include({ status: "ABORTED" });
    await local.executions.redrive("unnoticed");
    await local.streams.untilWaiting("unnoticed");
    expect(local.executions.get("unnoticed")?.path).to.include("DecidePlaybackRetry");
    expect(await local.streams.played()).to.deep.equal(["unnoticed"]);
  });

  it("is made without those of others where these cannot be read: ReadRemovalUpdates of the orchestrator", async () => {
    await local.streams.provision("unread");
    await takeLock();
    const site = { service: "DynamoDB", action: "Scan", caller: `streams-${orchestrator}` } as const;
    local.faults.fail({ ...site, error: refused, times: Infinity });
    await local.streams.update("unread", "FAILED");
    const { path } = await local.executions.advanceUntil("unread");
    expect(path).to.include.members(["ReadRemovalUpdates", "HandleProvisionFailure"]);
    expect(await local.streams.played()).to.deep.equal([]);
  });

  const undone = ["DecidePlaybackEntry", "ReturnLease"].join(" and ");
  it(`is left undone where too many others make theirs: ${undone} of StreamTeardown`, async () => {
    await local.streams.makeReady("beaten");
    local.faults.fail({ ...update, error: staleETag, times: Infinity });
    await local.streams.update("beaten", "COMPLETE");
    await local.clock.advance({ minutes: 8 });
    const { status, leftovers } = (await local.streams.latest("beaten")).teardown ?? {};
    expect(status).to.equal("INCOMPLETE");
    expect(leftovers).to.have.lengthOf(1);
    expect(leftovers?.join()).to.include("too many others changed it");
    expect(last(teardown)).to.include({ status: "FAILED" });
  });
});
