import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { describeLeftAttempts } from "../../cli/left-attempts";
import { resourcesOfType } from "../../local/record/graph";
import { type Local, startLocal } from "../../testing";
import { program, root } from "../support/root";
import { aRequest } from "./support/requests";

describe("a runtime that is started again with the tables of a previous run", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "restart-"));
  const config = { channelIds: "1001,1002,1003,1004", leadTimeMinutes: "30", graceMinutes: "15" };
  let local: Local;

  before(async () => {
    const previous = await startLocal(program, { config, dataFolder });
    const { streams, clock } = previous;
    const soon = { startTime: "2026-01-01T00:00:00Z" };
    await streams.makeReady(aRequest("stopping", soon));
    await streams.update("stopping", "COMPLETE");
    previous.faults.slow({ service: "MediaLive", action: "StopChannel", seconds: 3600 });
    await clock.advanceUntil("the teardown of the stream to begin", async () =>
      (await streams.latest("stopping")).teardown?.status === "RUNNING" ? true : undefined,
    );
    await streams.provision(aRequest("waiting", soon));
    await streams.makeReady(aRequest("live", soon));
    await streams.update("live", "LIVE");
    await streams.makeReady(aRequest("ended", soon));
    await streams.update("ended", "COMPLETE");
    await streams.request(aRequest("scheduled", { startTime: "2026-06-01T00:00:00Z" }));
    await previous.executions.waitForState("scheduled", "HoldUntilLeadTime");
    const startAt = new Date(clock.now() + 60_000);
    await previous.stop();
    local = await startLocal(program, { config, dataFolder, startAt });
  });
  after(async () => {
    await local?.stop();
    rmSync(dataFolder, { recursive: true });
  });

  it("says what was left, and what becomes of it; and so it comes", async () => {
    const started = local.clock.now();
    const at = (minutes: number) => new Date(started + minutes * 60_000).toISOString().slice(11, 19);
    const complete = "COMPLETE: its cleanup is not done. The sweep at";
    const channels = Object.fromEntries(
      (await local.streams.leases()).map(({ streamId, channelId }) => [streamId, channelId]),
    );
    const lines = await describeLeftAttempts(local.runtime, started);
    expect(lines).to.have.members([
      `waiting, attempt 1, PROVISIONING: it waited for its confirmation, which comes too late now: the execution is gone. The sweep at ${at(10)} marks it FAILED, has its playback entry removed and channel ${channels.waiting} given back.`,
      `live, attempt 1, LIVE: channel ${channels.live} does not run any more, and its playback entry is gone. The sweep at ${at(10)} has it marked FAILED and the channel given back. Request it again if it is still needed.`,
      `ended, attempt 1, ${complete} ${at(20)} starts it again, and channel ${channels.ended} is given back.`,
      `stopping, attempt 1, ${complete} ${at(60)} starts it again, and channel ${channels.stopping} is given back.`,
      "scheduled, attempt 1, PROVISIONING: its start was scheduled for 2026-05-31T23:30:00.000Z: the execution is gone. " +
        `The sweep at ${at(10)} marks it FAILED.`,
    ]);

    const leased = async () => {
      await local.clock.advance({ minutes: 2 });
      return (await local.streams.leases()).map(({ streamId }) => streamId).sort();
    };
    await local.clock.advance({ minutes: 10 });
    expect(await leased()).to.deep.equal(["ended", "stopping"]);
    for (const streamId of ["waiting", "scheduled", "live"]) {
      expect((await local.streams.latest(streamId)).status, streamId).to.equal("FAILED");
    }
    expect(local.notifications.subjects()).to.include("Stream live: its channel is down, and it has FAILED");
    await local.clock.advance({ minutes: 8 });
    expect(await leased()).to.deep.equal(["stopping"]);
    await local.clock.advance({ minutes: 35 });
    expect(await leased()).to.deep.equal(["stopping"]);
    await local.clock.advance({ minutes: 1 });
    expect(await leased()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await describeLeftAttempts(local.runtime, started)).to.deep.equal([]);
  });

  it("says so of an item that no handler wrote", async () => {
    const { graph, services } = local.runtime;
    const [table] = resourcesOfType(graph, "aws:dynamodb/table:Table").filter(({ name }) =>
      name.endsWith("-attempts"),
    );
    const Key = { streamId: { S: "by-hand" }, attempt: { N: "1" } };
    const TableName = String(table?.outputs.name);
    await services.DynamoDB.call("PutItem", { TableName, Item: Key });
    expect(await describeLeftAttempts(local.runtime, local.clock.now())).to.deep.equal([
      "by-hand, attempt 1, undefined: this is no status of a stream, and nothing acts on it.",
    ]);
    await services.DynamoDB.call("DeleteItem", { TableName, Key });
  });

  it("says so where the channel of a stream that was up is started again: health.onChannelLost", async () => {
    await local.streams.makeReady("again");
    await local.streams.update("again", "LIVE");
    const startAt = new Date(local.clock.now() + 60_000);
    await local.stop();
    local = await startLocal(program, {
      config: { ...config, onChannelLost: "restart" },
      ...{ dataFolder, startAt },
    });
    const [lease] = await local.streams.leases();
    const time = new Date(startAt.getTime() + 600_000).toISOString().slice(11, 19);
    expect(await describeLeftAttempts(local.runtime, local.clock.now())).to.deep.equal([
      `again, attempt 1, LIVE: channel ${lease?.channelId} does not run any more, and its playback entry is gone. The sweep at ${time} has the channel started again, and puts the entry back, which raises the alarm. PUT /streams with COMPLETE ends it.`,
    ]);
    await local.clock.advance({ minutes: 12 });
    expect(await local.streams.latest("again")).to.include({ status: "LIVE" });
    expect(local.encoder.get(lease?.channelId ?? "").state).to.equal("RUNNING");
    expect(await local.streams.playback("again")).to.have.lengthOf(1);
    expect(local.alarms.raised()).to.have.lengthOf(1);
    await local.streams.update("again", "COMPLETE");
    await local.clock.advance({ minutes: 20 });
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("says so where the endTime of a stream has passed meanwhile, or its channel has left the pool", async () => {
    const endTime = new Date(local.clock.now() + 2 * 3_600_000).toISOString();
    const { channelId: over } = await local.streams.makeReady(
      aRequest("over", { startTime: "2026-01-01T00:00:00Z", endTime }),
    );
    const { channelId: outside } = await local.streams.makeReady("outside");
    const startAt = new Date(Date.parse(endTime) - 8 * 60_000);
    await local.stop();
    const channelIds = config.channelIds.split(",").filter((id) => id !== outside);
    local = await startLocal(program, {
      config: { ...config, channelIds: channelIds.join(",") },
      ...{ dataFolder, startAt },
    });
    const time = new Date(startAt.getTime() + 600_000).toISOString().slice(11, 19);
    expect(await describeLeftAttempts(local.runtime, local.clock.now())).to.deep.equal([
      `over, attempt 1, READY: its endTime is ${endTime}. The sweep at ${time} has it marked COMPLETE and channel ${over} given back.`,
      `outside, attempt 1, READY: channel ${outside}, which it has, is not in encoder.channels any more, and so cannot be given back. Add it there with draining: true (drainingChannelIds), and start again.`,
    ]);
    await local.clock.advance({ minutes: 12 });
    expect(await local.streams.latest("over")).to.include({ status: "COMPLETE" });
    expect(await local.streams.latest("outside")).to.include({ status: "READY" });
    expect((await local.streams.leases()).map(({ streamId }) => streamId)).to.deep.equal(["outside"]);
    await local.redeploy({ config: { ...config, drainingChannelIds: String(outside) } });
    await local.streams.update("outside", "COMPLETE");
    await local.clock.advance({ minutes: 20 });
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("speaks of no playback entry where nothing updates the distribution: playback.update", async () => {
    const ownDistribution = join(root, "examples", "own-distribution.ts");
    await local.stop();
    local = await startLocal(ownDistribution, { dataFolder });
    const { channelId: waiting } = await local.streams.provision("own-waiting");
    const { channelId: live } = await local.streams.makeReady("own-live");
    const startAt = new Date(local.clock.now() + 60_000);
    await local.stop();
    local = await startLocal(ownDistribution, { dataFolder, startAt });
    const time = new Date(startAt.getTime() + 600_000).toISOString().slice(11, 19);
    expect(await describeLeftAttempts(local.runtime, local.clock.now())).to.deep.equal([
      `own-waiting, attempt 1, PROVISIONING: it waited for its confirmation, which comes too late now: the execution is gone. The sweep at ${time} marks it FAILED and has channel ${waiting} given back.`,
      `own-live, attempt 1, READY: channel ${live} does not run any more. The sweep at ${time} has it marked FAILED and the channel given back. Request it again if it is still needed.`,
    ]);
  });
});
