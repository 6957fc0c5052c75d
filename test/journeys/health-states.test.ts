import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { has } from "./support/has";

const health = "streams-StreamHealth";
const channelId = "1001";
const throttle = "throttle" as const;
const gone = { code: "NotFoundException", message: "Gone.", statusCode: 404 };

const invoke = (nth: number) => ({ service: "Lambda", action: "Invoke", nth }) as const;
const update = (words: string) =>
  ({ service: "DynamoDB", action: "UpdateItem", matches: has(words) }) as const;
const mediaLive = (action: "StartChannel" | "DescribeChannel", nth = 1) =>
  ({ service: "MediaLive", action, nth }) as const;

describe("a state of StreamHealth", () => {
  const local = useLocal({
    config: {
      channelIds: channelId,
      sweepIntervalMinutes: "1440",
      onChannelLost: "restart",
      alertMinutes: "5",
    },
  });
  const database = () => local.runtime.services.DynamoDB;
  const last = () => local.executions.of(health).at(-1);

  /** Whether a state of the last execution has met an error. */
  const hasFailed = (state: string) =>
    last()?.states.some(({ name, errors }) => name === state && errors.length > 0);

  async function up(streamId: string): Promise<string> {
    await local.streams.makeReady(streamId);
    await local.settled();
    return streamId;
  }
  const told = (streamId: string) =>
    local.notifications.subjects().filter((subject) => subject.startsWith(`Stream ${streamId}: `));

  afterEach(async () => {
    local.faults.clear();
    local.encoder.setDelay(channelId, 2000);
    for (const { name } of local.executions.running()) await local.executions.stop(name);
    const { tableName, leaseTableName } = local.streams.program;
    for (const { streamId } of await local.streams.all()) {
      const Key = { streamId: { S: streamId }, attempt: { N: "1" } };
      await database().call("DeleteItem", { TableName: tableName, Key });
    }
    const Key = { channelId: { S: channelId } };
    await database().call("DeleteItem", { TableName: leaseTableName, Key });
    local.playback.setConfig("E2QWRUHAPOMQZL", {});
    local.encoder.setState(channelId, "IDLE");
    await local.clock.advance({ minutes: 1 });
  });

  for (const [state, site] of [
    ["ReadDoubtfulChannel", mediaLive("DescribeChannel")],
    ["HandleLostChannel", invoke(1)],
    ["ClaimLostChannel", update("SET ownsChannel")],
    ["ConfirmLostLease", update("SET startedAt")],
    ["RestartChannel", mediaLive("StartChannel")],
    ["ReadRestartedChannel", mediaLive("DescribeChannel", 2)],
    ["RecordRestart", invoke(2)],
  ] as const) {
    it(`is tried again when its call is throttled: ${state}`, async () => {
      const streamId = await up(state.toLowerCase());
      local.faults.fail({ ...site, caller: health, error: throttle });
      local.encoder.crash(channelId);
      await local.clock.advance({ minutes: 1 });
      expect(local.encoder.get(channelId).state).to.equal("RUNNING");
      expect(await local.streams.get(streamId)).to.include({ status: "READY" });
      const { restart } = (await local.streams.latest(streamId)).health as { restart?: object };
      expect(restart).to.have.property("endedAt");
      expect(hasFailed(state)).to.equal(true);
      expect(last()).to.include({ status: "SUCCEEDED" });
    });
  }

  it("is tried again when its call is throttled: ActOnTrouble", async () => {
    const streamId = await up("lasting");
    local.encoder.loseInput(channelId);
    await local.clock.advance({ minutes: 4 });
    local.faults.fail({ ...invoke(1), caller: health, error: throttle });
    await local.clock.advance({ minutes: 2 });
    expect(told(streamId)).to.deep.equal([`Stream ${streamId}: it has no input`]);
    expect(hasFailed("ActOnTrouble")).to.equal(true);
    expect(last()).to.include({ status: "SUCCEEDED" });
  });

  it("waits with a trouble until the stream is up: DecideTrouble", async () => {
    await local.streams.provision("not-up-yet");
    local.encoder.loseInput(channelId);
    await local.clock.advance({ minutes: 7 });
    expect(told("not-up-yet")).to.deep.equal([]);
    await local.streams.confirm("not-up-yet", "READY");
    await local.clock.advance({ minutes: 1 });
    expect(told("not-up-yet")).to.deep.equal(["Stream not-up-yet: it has no input"]);
  });

  for (const [state, nth, why] of [
    ["ReadDoubtfulChannel", 1, "it is DELETED"],
    ["ReadRestartedChannel", 2, "the restart failed, DELETED"],
  ] as const) {
    it(`takes a channel that was deleted for one that is down: ${state}`, async () => {
      const streamId = await up(`${state}-deleted`.toLowerCase());
      local.faults.fail({ ...mediaLive("DescribeChannel", nth), caller: health, error: gone });
      local.encoder.crash(channelId);
      await local.clock.advance({ minutes: 1 });
      const messages = local.notifications.all().filter(({ subject }) => subject?.includes(streamId));
      expect(messages.map(({ message }) => message).at(-1)).to.include(why);
      expect(last()).to.include({ status: "SUCCEEDED" });
    });
  }

  it("waits for a restarted channel that takes its time: DecideRestart", async () => {
    const streamId = await up("slow");
    local.encoder.setDelays(channelId, { startMilliseconds: 60_000 });
    local.encoder.crash(channelId);
    await local.clock.advance({ minutes: 2 });
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
    expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    expect(last()).to.include({ status: "SUCCEEDED" });
  });

  it("waits no longer than a start may take: DecideRestart", async () => {
    const streamId = await up("endless");
    local.encoder.setDelays(channelId, { startMilliseconds: 7_200_000 });
    local.encoder.crash(channelId);
    await local.clock.advance({ minutes: 45 });
    const { status, history } = (await local.streams.get(streamId)) ?? {};
    expect(status).to.equal("FAILED");
    expect(history?.at(-1)?.reason).to.match(/the restart failed, STARTING/);
  });

  it("confirms the lease anew in an execution that was redriven: RestartChannel", async () => {
    const streamId = await up("redriven");
    const site = { ...mediaLive("StartChannel"), caller: health };
    local.faults.meanwhile(site, () => local.executions.stop(String(last()?.arn)));
    local.faults.fail(site);
    local.encoder.crash(channelId);
    await local.settled();
    expect(last()).to.include({ status: "ABORTED" });
    local.faults.clear();
    await local.executions.redrive(String(last()?.arn));
    await local.clock.advance({ minutes: 1 });
    expect(last()?.path.filter((state) => state === "ConfirmLostLease")).to.have.lengthOf(2);
    expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    expect(await local.streams.get(streamId)).to.include({ status: "READY" });
  });

  for (const [state, what, changes] of [
    ["ClaimLostChannel", "the stream has ended", { status: { S: "COMPLETE" } }],
    ["ConfirmLostLease", "its cleanup has begun", { stoppedAt: { S: "2026-01-01T00:00:00.000Z" } }],
    ["ConfirmLostLease", "another stream has the channel", { streamId: { S: "other" } }],
    ["ConfirmLostLease", "another attempt has the channel", { attempt: { N: "2" } }],
  ] as const) {
    it(`starts no channel where, in that moment, ${what}: ${state}`, async () => {
      const streamId = await up(`${state}-${Object.keys(changes).join("")}`.toLowerCase());
      const isClaim = state === "ClaimLostChannel";
      const { tableName, leaseTableName } = local.streams.program;
      const TableName = isClaim ? tableName : leaseTableName;
      const Key = isClaim
        ? { streamId: { S: streamId }, attempt: { N: "1" } }
        : { channelId: { S: channelId } };
      const read = async () => (await database().call("GetItem", { TableName, Key })).Item;
      let changed: JsonObject | undefined;
      const words = isClaim ? "SET ownsChannel" : "SET startedAt";
      local.faults.meanwhile({ ...update(words), caller: health }, async () => {
        changed = { ...((await read()) as JsonObject), ...changes };
        await database().call("PutItem", { TableName, Item: changed });
      });
      const before = local.faults.calls().length;
      local.encoder.crash(channelId);
      await local.settled();
      expect(changed, "the call was made").to.not.equal(undefined);
      const { path, status } = last() ?? {};
      expect({ status, end: path?.slice(-2) }).to.deep.equal({
        status: "SUCCEEDED",
        end: [state, "HealthChecked"],
      });
      expect(await read()).to.deep.equal(changed);
      const calls = local.faults.calls().slice(before);
      expect(calls.map(({ action }) => action)).to.not.include("StartChannel");
    });
  }
});
