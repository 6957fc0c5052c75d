import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { staleETag } from "./support/errors";
import { type MachineName, tasks } from "./support/tasks";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const sweep = "streams-StreamSweep";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

const failing = [
  ["ReadPlaybackCapacity", "GetDistributionConfig", 1, "PlaybackConfigurationTooLarge"],
  ["ReadPlaybackConfiguration", "GetDistributionConfig", 2, "States.DataLimitExceeded"],
  ["ConfigurePlaybackEndpoints", "UpdateDistribution", 1, "States.DataLimitExceeded"],
  ["ConfigurePlaybackBatch", "UpdateDistribution", 1, "States.DataLimitExceeded"],
] as const;
const cleanup = [
  ["ReadPlaybackEntry", "GetDistributionConfig", 2, "256 KiB"],
  ["RemovePlaybackEntry", "UpdateDistribution", 2, "256 KiB"],
  ["StopEncoderChannel", "StopChannel", 1, "may still run"],
  ["ReadStoppingChannel", "DescribeChannel", 2, "may still run"],
] as const;
const restoring = [
  ["ReadPlaybackEntries", "GetDistributionConfig", 1, "could not be read"],
  ["ReadMissingEntries", "GetDistributionConfig", 2, "could not be read"],
  ["RestorePlaybackEntries", "UpdateDistribution", 1, "could not be updated"],
] as const;
const late = [
  ["ReadLateEntry", "GetDistributionConfig"],
  ["RemoveLateEntry", "UpdateDistribution"],
] as const;
const names = (rows: readonly (readonly [string, ...unknown[]])[]) => rows.map(([state]) => state);
const states: { readonly [machine in MachineName]: readonly string[] } = {
  StreamLifecycleOrchestrator: [
    ...names(failing),
    ...["ReadPlaybackUpdates", "ReadRemovalUpdates"],
    ...names(cleanup),
  ],
  StreamTeardown: ["ReadRemovalUpdates", ...names(cleanup)],
  StreamSweep: [...names(restoring), ...names(late)],
};

/** @returns the Tasks whose catchers reckon with a large answer, which only these integrations give. */
function catching(machine: MachineName): string[] {
  return tasks[machine]
    .filter(({ task: { Resource, Catch = [] } }) => {
      const isCaught = Catch.some(({ ErrorEquals }) => ErrorEquals.includes("States.DataLimitExceeded"));
      return isCaught && Resource.includes(":aws-sdk:");
    })
    .map(({ name }) => name);
}

describe("the states that reckon with an answer larger than a workflow can carry", () => {
  for (const machine of Object.keys(states) as MachineName[]) {
    it(`are tested, each of them: ${machine}`, () => {
      expect(states[machine]).to.have.members(catching(machine));
    });
  }
});

/** States.ALL does not catch States.DataLimitExceeded: a channel's settings and a distribution's configuration may have more than 256 KiB. */
describe("a state whose answer is larger than a workflow can carry", () => {
  const local = useLocal({
    config: { channelIds: channelId, maxLiveHours: "0", sweepIntervalMinutes: "60" },
  });
  let isMet = false;
  let remove = () => {};

  /** Makes the answer to a call of an action larger. */
  function enlarge(action: string, caller: string, nth = 1): void {
    let count = 0;
    remove = local.gate.use(async (call, proceed) => {
      const answer = await proceed();
      if (call.action !== action || !call.caller.name?.startsWith(caller)) return answer;
      count += 1;
      if (count !== nth) return answer;
      isMet = true;
      return { ...answer, Note: "x".repeat(300_000) };
    });
  }

  /** Makes the attempt's first update come too late: it then takes the lock. */
  function putStale(): void {
    local.faults.fail({ service: "CloudFront", action: "UpdateDistribution", error: staleETag });
  }

  beforeEach(async () => {
    isMet = false;
    // The next sweep by the schedule is far away.
    await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
  });
  afterEach(async () => {
    remove();
    expect(isMet).to.equal(true);
    for (const { streamId, status } of await local.streams.all()) {
      if (status === "READY") await local.streams.update(streamId, "COMPLETE");
    }
    local.encoder.setState(channelId, "IDLE");
    local.playback.setConfig(distributionId, {});
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  for (const [state, action, nth, error] of failing) {
    it(`fails the stream by its own workflow: ${state}`, async () => {
      if (/^(?:ReadPlaybackConfiguration|ConfigurePlaybackBatch)$/.test(state)) putStale();
      enlarge(action, orchestrator, nth);
      await local.streams.request(state);
      const { path } = await local.executions.advanceUntil(state);
      expect(path).to.include.members([state, "HandleProvisionFailure"]);
      expect((await local.streams.latest(state)).failure).to.include({ error });
    });
  }

  for (const [state, action, nth, words] of cleanup) {
    it(`is told to on-call by the workflow of a failed stream: ${state}`, async () => {
      enlarge(action, orchestrator, nth);
      await local.streams.provision(state);
      if (state === "ReadStoppingChannel") local.encoder.setState(channelId, "IDLE");
      await local.streams.update(state, "FAILED");
      expect((await local.executions.advanceUntil(state)).path).to.include("HandleProvisionFailure");
      expect((await local.notifications.waitFor(state)).message).to.include(words);
    });

    it(`is recorded by the teardown: ${state}`, async () => {
      const streamId = `${state}-teardown`;
      await local.streams.makeReady(streamId);
      if (state === "ReadStoppingChannel") local.encoder.setState(channelId, "IDLE");
      enlarge(action, teardown);
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ minutes: 1 });
      const failed = local.executions
        .of(teardown)
        .filter(({ input }) => JSON.stringify(input).includes(streamId));
      expect(failed.at(-1)).to.include({ error: "TeardownIncomplete" });
      expect(failed.at(-1)?.cause).to.include(words);
    });
  }

  it("is gone on without: ReadPlaybackUpdates", async () => {
    putStale();
    // The first one is ReadPlaybackPlaces.
    enlarge("Scan", orchestrator, 2);
    await local.streams.makeReady("crowd");
    const { path } = local.executions.get("crowd") ?? {};
    expect(path).to.include.members(["ReadPlaybackUpdates", "ConfigurePlaybackBatch"]);
    expect(await local.streams.played()).to.deep.equal(["crowd"]);
  });

  for (const [caller, end] of [
    [orchestrator, "FAILED"],
    [teardown, "COMPLETE"],
  ] as const) {
    it(`is gone on without: ReadRemovalUpdates of ${caller}`, async () => {
      const streamId = `crowd-${end}`.toLowerCase();
      await (end === "FAILED" ? local.streams.provision(streamId) : local.streams.makeReady(streamId));
      await local.runtime.services.DynamoDB.call("PutItem", {
        TableName: local.streams.program.leaseTableName,
        Item: {
          channelId: { S: `distribution/${distributionId}` },
          leasedBy: { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" },
          expiresAt: { N: String(Math.floor(local.clock.now() / 1000) + 5) },
        },
      });
      enlarge("Scan", caller);
      await local.streams.end(streamId, end);
      const last = local.executions.of(caller).at(-1);
      expect(last?.states.map(({ name }) => name)).to.include.members([
        "ReadRemovalUpdates",
        "RemovePlaybackEntry",
      ]);
      expect(await local.streams.played()).to.deep.equal([]);
      expect(await local.streams.leases()).to.deep.equal([]);
    });
  }

  for (const [state, action, nth, words] of restoring) {
    it(`is reported by the sweep: ${state}`, async () => {
      await local.streams.makeReady(state);
      await local.clock.advance({ minutes: 2 });
      local.playback.setConfig(distributionId, {});
      enlarge(action, sweep, nth);
      await local.streams.sweep();
      await local.clock.advance({ minutes: 1 });
      expect(local.executions.of(sweep).at(-1)?.cause).to.include(words);
    });
  }

  for (const [state, action] of late) {
    it(`is reported by the sweep: ${state}`, async () => {
      await local.streams.makeReady(state);
      const [origin = ""] = (await local.streams.playback(state))[0]?.origins ?? [];
      const entry = { distributionId: { S: distributionId }, originId: { S: origin } };
      await local.runtime.services.DynamoDB.call("UpdateItem", {
        TableName: local.streams.program.leaseTableName,
        Key: { channelId: { S: channelId } },
        UpdateExpression: "REMOVE originId",
      });
      await local.runtime.services.DynamoDB.call("PutItem", {
        TableName: local.streams.program.leaseTableName,
        Item: {
          channelId: { S: `entry/${origin}` },
          playbackEntry: { M: entry },
          cleanedAt: { S: new Date(local.clock.now()).toISOString() },
        },
      });
      enlarge(action, sweep);
      await local.streams.sweep();
      await local.clock.advance({ minutes: 1 });
      expect(local.executions.of(sweep).at(-1)?.cause).to.include("256 KiB");
    });
  }
});
