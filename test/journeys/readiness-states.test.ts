import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";
import { has } from "./support/has";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const readiness = "streams-StreamReadiness";
const channelId = "1001";
const always = Number.POSITIVE_INFINITY;

const update = (words: string) =>
  ({ service: "DynamoDB", action: "UpdateItem", matches: has(words), caller: readiness }) as const;
const read = { service: "DynamoDB", action: "GetItem", caller: readiness } as const;
const describeChannel = { service: "MediaLive", action: "DescribeChannel", caller: readiness } as const;
const putEvents = { service: "EventBridge", action: "PutEvents", caller: readiness } as const;
const start = { service: "StepFunctions", action: "StartExecution", caller: orchestrator } as const;
const stateChanges = { detailType: "MediaLive Channel State Change", forGood: true, times: always } as const;

function useReadiness(config: { readonly [key: string]: string }) {
  const local = useLocal({ config: { channelIds: channelId, sweepIntervalMinutes: "1440", ...config } });
  const database = () => local.runtime.services.DynamoDB;
  const keyOf = (streamId: string) => ({ streamId: { S: streamId }, attempt: { N: "1" } });

  afterEach(async () => {
    local.faults.clear();
    local.encoder.setDelay(channelId, 2000);
    for (const { name } of local.executions.running()) await local.executions.stop(name);
    const { tableName, leaseTableName } = local.streams.program;
    for (const { streamId } of await local.streams.all()) {
      await database().call("DeleteItem", { TableName: tableName, Key: keyOf(streamId) });
    }
    const Key = { channelId: { S: channelId } };
    await database().call("DeleteItem", { TableName: leaseTableName, Key });
    local.playback.setConfig("E2QWRUHAPOMQZL", {});
    local.encoder.setState(channelId, "IDLE");
    await local.clock.advance({ minutes: 1 });
  });

  return {
    local,
    last: () => local.executions.of(readiness).at(-1),
    /** How often a state of the last execution has met an error. */
    failures: (state: string) =>
      (local.executions.of(readiness).at(-1)?.states ?? [])
        .filter(({ name }) => name === state)
        .flatMap(({ errors }) => errors).length,
    statusOf: async (streamId: string) => (await local.streams.get(streamId))?.status,
    /** Changes an attempt's item as another would. @returns it as it is then. */
    change: async (streamId: string, changes: JsonObject): Promise<JsonObject> => {
      const TableName = local.streams.program.tableName;
      const { Item } = await database().call("GetItem", { TableName, Key: keyOf(streamId) });
      const changed = { ...(Item as JsonObject), ...changes };
      await database().call("PutItem", { TableName, Item: changed });
      return changed;
    },
  };
}

describe("a state of StreamReadiness that finds the evidence", () => {
  const { local, last, failures, statusOf, change } = useReadiness({
    playbackDomainName: "d111111abcdef8.cloudfront.net",
    manifests: "main=HLS:index.m3u8",
    readinessMode: "automatic",
    readinessTimeoutSeconds: "300",
  });

  it("ends at once without an attempt: CheckReadinessInput", async () => {
    await local.executions.start(readiness, {});
    await local.settled();
    expect(last()).to.include({ status: "SUCCEEDED" });
  });

  // Nothing tells of the channel, which is seen when it is looked at again, after a minute.
  for (const [state, site] of [
    ["ReadAttempt", read],
    ["ReadStartedChannel", { ...describeChannel, nth: 2 }],
    ["RecordRunning", update("SET runningAt")],
  ] as const) {
    it(`is tried again when its call is throttled: ${state}`, async () => {
      const streamId = state.toLowerCase();
      local.faults.refuse(stateChanges);
      local.faults.fail({ ...site, error: "throttle" });
      await local.streams.request(streamId);
      await local.clock.advance({ seconds: 100 });
      expect(failures(state)).to.equal(1);
      expect(await statusOf(streamId)).to.equal("READY");
      await local.clock.advance({ seconds: 20 });
      expect(last()).to.include({ status: "SUCCEEDED" });
    });
  }

  for (const [state, site, end] of [
    ["ProbeManifest", { service: "Lambda", action: "Invoke", caller: readiness }, "READY"],
    ["ConfirmReady", putEvents, "READY"],
    ["ReportNotReady", putEvents, "FAILED"],
  ] as const) {
    it(`goes on until its call is answered: ${state}`, async () => {
      const streamId = `${state}-denied`.toLowerCase();
      if (end === "FAILED") local.encoder.setDelays(channelId, { startMilliseconds: 900_000 });
      const taken = local.faults.fail({ ...site, error: denied, times: always });
      await local.streams.request(streamId);
      await local.clock.advance(end === "FAILED" ? { minutes: 6 } : { minutes: 1 });
      expect(failures(state)).to.be.above(0);
      expect(await statusOf(streamId)).to.equal("PROVISIONING");
      taken();
      await local.clock.advance({ minutes: 2 });
      expect(await statusOf(streamId)).to.equal(end);
    });
  }

  it("waits to be told of a channel that cannot be read: ReadStartedChannel", async () => {
    local.encoder.setDelays(channelId, { startMilliseconds: 30_000 });
    local.faults.fail({ ...describeChannel, error: denied, times: always });
    await local.streams.request("unread");
    await local.clock.advance({ minutes: 2 });
    expect(failures("ReadStartedChannel")).to.be.above(0);
    expect(await statusOf("unread")).to.equal("READY");
  });

  it("does not wait for an event that has come: AwaitChannelRunning", async () => {
    let isRunning = false;
    local.faults.meanwhile(update("readinessToken = :token"), async () => {
      isRunning = true;
      await change("came-before", { runningAt: { S: new Date(local.clock.now()).toISOString() } });
    });
    local.faults.refuse(stateChanges);
    await local.streams.request("came-before");
    await local.clock.advance({ seconds: 40 });
    expect(isRunning).to.equal(true);
    expect(await statusOf("came-before")).to.equal("READY");
  });

  for (const [state, words] of [
    ["AwaitChannelRunning", "readinessToken = :token"],
    ["RecordRunning", "SET runningAt"],
  ] as const) {
    for (const [what, changes] of [
      ["another execution has", { executionArn: { S: "arn:other" } }],
      ["is READY", { status: { S: "READY" } }],
    ] as const) {
      it(`writes nothing onto an attempt that, in that moment, ${what}: ${state}`, async () => {
        const streamId = `${state}-${Object.keys(changes)[0]}`.toLowerCase();
        let changed: JsonObject | undefined;
        local.faults.refuse(stateChanges);
        local.faults.meanwhile(update(words), async () => {
          changed = await change(streamId, changes);
        });
        await local.streams.request(streamId);
        await local.clock.advanceUntil(`the call of ${state}`, () => changed);
        await local.settled();
        const unchanged = await change(streamId, {});
        expect(unchanged).to.deep.equal(changed);
        await local.clock.advance({ seconds: 20 });
        expect(last()).to.include({ status: "SUCCEEDED" });
      });
    }
  }

  it("is started again when its start is throttled: StartReadiness", async () => {
    local.faults.fail({ ...start, error: "throttle" });
    await local.streams.request("start-throttled");
    await local.clock.advance({ minutes: 1 });
    expect(await statusOf("start-throttled")).to.equal("READY");
  });

  it("fails the stream whose probe cannot be started, and leaves nothing: StartReadiness", async () => {
    local.faults.fail({ ...start, error: denied, times: always });
    await local.streams.request("start-denied");
    await local.executions.advanceUntil("start-denied");
    expect((await local.streams.latest("start-denied")).failure).to.include({ state: "StartReadiness" });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
  });

  it("has the stream wait for a probe that was started before: StartReadiness", async () => {
    const error = { code: "ExecutionAlreadyExists", message: "It exists.", statusCode: 400 };
    local.faults.fail({ ...start, error, times: always });
    await local.streams.provision("started-before");
    expect(local.executions.get("started-before")?.path).to.include("AwaitLifecycleConfirmation");
    await local.streams.confirm("started-before", "READY");
    expect(await statusOf("started-before")).to.equal("READY");
  });
});

describe("a state of StreamReadiness that waits for a channel", () => {
  const { local, last, statusOf } = useReadiness({ requireRunning: "true" });

  it("ends once the channel runs, whenever the stream is confirmed: DecideAttempt", async () => {
    await local.streams.provision("runs");
    await local.clock.advance({ seconds: 10 });
    expect(await statusOf("runs")).to.equal("PROVISIONING");
    expect(last()).to.include({ status: "SUCCEEDED" });
    expect(last()?.path.filter((state) => state === "ReadAttempt")).to.have.lengthOf(2);
  });

  it("ends with an attempt that fails before: DecideAttempt", async () => {
    local.encoder.setDelays(channelId, { startMilliseconds: 900_000 });
    await local.streams.request("fails");
    await local.streams.untilWaiting("fails");
    await local.streams.update("fails", "FAILED");
    await local.clock.advance({ minutes: 3 });
    expect(last()).to.include({ status: "SUCCEEDED" });
  });
});
