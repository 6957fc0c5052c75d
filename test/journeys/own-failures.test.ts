import { expect } from "chai";
import type { Local, LocalExecution } from "../../testing";
import { useLocal } from "../support/use-local";
import { denied, staleETag } from "./support/errors";
import { has } from "./support/has";
import { tasks } from "./support/tasks";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

const database = (
  action: "PutItem" | "UpdateItem" | "DeleteItem" | "Scan" | "GetItem" | "Query",
  text = "",
) => ({ service: "DynamoDB", action, matches: has(text) }) as const;
const cloudFront = (action: "GetDistributionConfig" | "UpdateDistribution") =>
  ({ service: "CloudFront", action }) as const;
const mediaLive = (
  action: "DescribeChannel" | "DescribeInput" | "StartChannel" | "StopChannel" | "UpdateInput",
) => ({ service: "MediaLive", action }) as const;
const putEvents = { service: "EventBridge", action: "PutEvents" } as const;

/** The Tasks whose error is the attempt's failure, under their own name. */
const failing = tasks.StreamLifecycleOrchestrator.filter(({ name, task: { Catch = [] } }) =>
  Catch.some(({ ErrorEquals, Assign }) => {
    const failure = Assign?.failure as { readonly state?: string } | undefined;
    return ErrorEquals.includes("States.ALL") && failure?.state === name;
  }),
).map(({ name }) => name);

/** Where the calls of others than the workflow fail, which other tests look at, and what only a conflict or a timeout leads to. */
const elsewhere = [
  "ValidateProvisionRequest",
  "LeaseHeldChannel",
  "ReadConflictingChannel",
  "CloseConfirmation",
  "ReadLifecycleStatus",
];

/** Those of a channel whose inputs are known. */
const ofInputs = {
  ReadInput: mediaLive("DescribeInput"),
  SetInputSources: mediaLive("UpdateInput"),
  RecordInputs: database("UpdateItem", "SET inputs"),
  PublishInputs: { ...putEvents, nth: 2 },
} as const;

/** Another execution has the lock for some seconds. */
async function takeLock(local: Local): Promise<void> {
  await local.runtime.services.DynamoDB.call("PutItem", {
    TableName: local.streams.program.leaseTableName,
    Item: {
      channelId: { S: `distribution/${distributionId}` },
      leasedBy: { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" },
      expiresAt: { N: String(Math.floor(local.clock.now() / 1000) + 5) },
    },
  });
}

/** @returns the states whose call was refused, in their order. */
function refusedIn(execution: LocalExecution | undefined): string[] {
  let state = "";
  return (execution?.history ?? []).flatMap((event) => {
    if (event.type === "TaskStateEntered") {
      state = String((event.stateEnteredEventDetails as { name?: string } | undefined)?.name);
    }
    return event.type === "TaskFailed" ? state : [];
  });
}

describe("a state of the orchestrator whose call is refused for good", () => {
  const local = useLocal({
    config: { channelIds: channelId, leadTimeMinutes: "30", sweepIntervalMinutes: "60" },
  });
  const always = { caller: orchestrator, error: denied, times: Number.POSITIVE_INFINITY } as const;

  /** Has the attempts' first update come too late, after which they take the lock. */
  function putStale(): void {
    local.faults.fail({
      ...cloudFront("UpdateDistribution"),
      caller: orchestrator,
      error: staleETag,
      times: 1,
    });
  }

  async function expectNothingLeft(): Promise<void> {
    local.faults.clear();
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
  }

  const sites = {
    PersistProvisionRequest: database("PutItem"),
    EmitProvisionRequestedEvent: putEvents,
    ReservePlaybackPlace: database("UpdateItem", "SET originId"),
    ReadPlaybackPlaces: database("Scan"),
    ReadPlaybackCapacity: cloudFront("GetDistributionConfig"),
    ReadChannelState: mediaLive("DescribeChannel"),
    ClaimEncoderChannel: database("UpdateItem", "SET channelId"),
    ConfirmEncoderLease: database("UpdateItem", "SET startedAt"),
    ProvisionEncoderInfrastructure: mediaLive("StartChannel"),
    ConfigurePlaybackEndpoints: cloudFront("UpdateDistribution"),
    AcquirePlaybackTurn: database("UpdateItem", "distribution/"),
    ReadPlaybackConfiguration: { ...cloudFront("GetDistributionConfig"), nth: 2 },
    ConfigurePlaybackBatch: { ...cloudFront("UpdateDistribution"), nth: 2 },
    AwaitLifecycleConfirmation: database("UpdateItem", "SET taskToken"),
    HoldUntilLeadTime: database("UpdateItem", "heldUntil = :heldUntil"),
    PublishHeldChannel: { ...putEvents, nth: 2 },
    PublishReadyNotification: { ...putEvents, nth: 2 },
    RecordCompletion: database("UpdateItem", "SET readyAt"),
  } as const;

  it("is any whose error fails the attempt", () => {
    expect([...Object.keys({ ...sites, ...ofInputs }), ...elsewhere]).to.have.members(failing);
  });

  for (const [state, site] of Object.entries(sites)) {
    it(`fails the stream in ${state} by its own workflow, which leaves nothing`, async () => {
      const streamId = state.toLowerCase();
      local.faults.fail({ ...site, ...always });
      if (/^(?:AcquirePlaybackTurn|ReadPlaybackConfiguration|ConfigurePlaybackBatch)$/.test(state))
        putStale();
      const isHeld = /Held|Hold/.test(state);
      const startTime = new Date(local.clock.now() + (isHeld ? 3_600_000 : 0)).toISOString();
      await local.streams.request(streamId, { startTime });
      if (/^(?:PublishReady|RecordCompletion)/.test(state)) {
        await local.streams.untilWaiting(streamId);
        await local.streams.update(streamId, "READY");
      }
      if (state === "PublishHeldChannel") await local.clock.advance({ hours: 1 });
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include("HandleProvisionFailure");
      const [attempt] = await local.streams.attempts(streamId);
      expect(attempt?.failure).to.include({ state });
      await expectNothingLeft();
    });
  }

  it("tells on-call why the stream failed, though it cannot record that: HandleProvisionFailure", async () => {
    local.faults.fail({ ...mediaLive("StartChannel"), ...always });
    const matches = has("handle-provision-failure");
    local.faults.fail({ service: "Lambda", action: "Invoke", matches, ...always });
    await local.streams.request("unrecorded");
    await local.executions.advanceUntil("unrecorded");
    const { message } = await local.notifications.waitFor("unrecorded");
    expect(message).to.include("MediaLive.MediaLiveException").and.include("Recording it failed too");
    await expectNothingLeft();
  });

  // Others serve the attempt by these, and it serves them: without, each makes its own update.
  for (const [state, site] of [
    ["RequestPlaybackEntry", database("UpdateItem", "SET playbackUpdate = if_not_exists")],
    ["ReadPlaybackRequest", database("GetItem")],
    ["ReadPlaybackUpdates", database("Scan", ":addAlone")],
    ["MarkPlaybackUpdate", database("UpdateItem", '"ADDED"')],
    ["ReleasePlaybackTurn", database("DeleteItem", "distribution/")],
  ] as const) {
    it(`makes the stream READY without ${state}`, async () => {
      const streamId = `without-${state.toLowerCase()}`;
      await takeLock(local);
      local.faults.fail({ ...site, ...always });
      putStale();
      await local.streams.makeReady(streamId);
      const { path } = local.executions.get(streamId) ?? {};
      expect(path).to.include(state).and.not.include("HandleProvisionFailure");
      expect(refusedIn(local.executions.get(streamId))).to.include(state);
      expect(await local.streams.played()).to.deep.equal([streamId]);
      await local.streams.end(streamId);
      await expectNothingLeft();
    });
  }
});

describe("a state that sets the inputs of a channel, and whose call is refused for good", () => {
  const local = useLocal({ config: { channelIds: channelId, channelInputs: "RTMP_PULL:71" } });

  for (const [state, site] of Object.entries(ofInputs)) {
    it(`fails the stream in ${state} by its own workflow, which starts no channel`, async () => {
      const streamId = state.toLowerCase();
      const endpoint = { protocol: "rtmp", url: "rtmp://ingest.example.com/live/key" } as const;
      local.faults.fail({ ...site, caller: orchestrator, error: denied, times: Number.POSITIVE_INFINITY });
      await local.streams.request(streamId, { ingestEndpoints: [endpoint] });
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include("HandleProvisionFailure");
      expect(local.encoder.get(channelId).state).to.equal("IDLE");
      expect((await local.streams.latest(streamId)).failure).to.include({ state });
      local.faults.clear();
      await local.clock.advance({ minutes: 21 });
      expect(await local.streams.leases()).to.deep.equal([]);
      expect(await local.streams.played()).to.deep.equal([]);
    });
  }
});

describe("a state of StreamTeardown whose call is refused for good", () => {
  const local = useLocal({
    config: { channelIds: channelId, maxLiveHours: "2", sweepIntervalMinutes: "60" },
  });
  const last = () => local.executions.of(teardown).at(-1);

  /** Ends a stream whose teardown meets a fault. */
  async function end(streamId: string, site: Parameters<typeof local.faults.fail>[0]): Promise<void> {
    await local.streams.makeReady(streamId);
    local.faults.fail({ caller: teardown, error: denied, times: Number.POSITIVE_INFINITY, ...site });
    await local.streams.update(streamId, "COMPLETE");
    await local.clock.advance({ minutes: 9 });
  }

  afterEach(async () => {
    local.faults.clear();
    await local.clock.advance({ hours: 2 });
    // The lock on the distribution ends by itself.
    const leases = await local.streams.leases();
    expect(leases.filter((lease) => lease.streamId !== undefined)).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
  });

  for (const [state, words, site] of [
    ["ReadPlaybackEntry", "is still in the distribution", cloudFront("GetDistributionConfig")],
    ["RemovePlaybackEntry", "is still in the distribution", cloudFront("UpdateDistribution")],
    ["ConfirmLease", "may still run", database("UpdateItem", "SET stoppedAt")],
    ["StopEncoderChannel", "may still run", mediaLive("StopChannel")],
    ["ReturnLease", "The lease on channel 1001 is still there", database("DeleteItem", `"S":"${channelId}"`)],
  ] as const) {
    it(`has ${state} recorded as left`, async () => {
      const streamId = `left-by-${state.toLowerCase()}`;
      await end(streamId, site);
      expect((await local.streams.latest(streamId)).teardown).to.include({ status: "INCOMPLETE" });
      const failed = local.executions.of(teardown).find(({ status }) => status === "FAILED");
      const own = local.executions.of(teardown).filter(({ cause }) => cause?.includes(words));
      expect(failed).to.include({ error: "TeardownIncomplete" });
      expect(own).to.not.deep.equal([]);
    });
  }

  const gone = (code: string) => ({ code, message: "Gone.", statusCode: 404 });
  for (const [state, site, error] of [
    ["AcquireRemovalTurn", database("UpdateItem", "distribution/"), denied],
    ["ReadPlaybackEntry", cloudFront("GetDistributionConfig"), gone("NoSuchDistribution")],
    ["RemovePlaybackEntry", cloudFront("UpdateDistribution"), gone("NoSuchDistribution")],
    ["ReleaseRemovalTurn", database("DeleteItem", "distribution/"), denied],
    ["StopEncoderChannel", mediaLive("StopChannel"), gone("NotFoundException")],
    ["ForgetEncoderStart", database("DeleteItem", "start/"), denied],
    ["DeleteLiveLimit", { service: "Scheduler", action: "DeleteSchedule" }, denied],
  ] as const) {
    it(`is done without ${state}, ${error.code}`, async () => {
      const streamId = `without-${state}-${error.code}`.toLowerCase();
      await end(streamId, { ...site, error });
      // The simulated ones are there all the same.
      local.playback.setConfig(distributionId, {});
      local.encoder.setState(channelId, "IDLE");
      expect((await local.streams.latest(streamId)).teardown).to.include({ status: "DONE" });
      expect(last()).to.include({ status: "SUCCEEDED" });
    });
  }

  for (const [state, site] of [
    ["RequestPlaybackRemoval", database("UpdateItem", "SET playbackUpdate = :remove")],
    ["ReadPlaybackRemoval", database("GetItem")],
    ["ReadRemovalUpdates", database("Scan", ":addAlone")],
  ] as const) {
    it(`is done without ${state}, while another has the lock`, async () => {
      const streamId = `locked-${state.toLowerCase()}`;
      await local.streams.makeReady(streamId);
      await takeLock(local);
      local.faults.fail({ caller: teardown, error: denied, times: Number.POSITIVE_INFINITY, ...site });
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ minutes: 1 });
      expect(refusedIn(last())).to.include(state);
      expect((await local.streams.latest(streamId)).teardown).to.include({ status: "DONE" });
      expect(await local.streams.played()).to.deep.equal([]);
    });
  }

  it("tries again where others have changed the distribution: RemovePlaybackEntry", async () => {
    await end("stale", { ...cloudFront("UpdateDistribution"), error: staleETag, times: 1 });
    expect((await local.streams.latest("stale")).teardown).to.include({ status: "DONE" });
    const paths = local.executions.of(teardown).map(({ states }) => states.map(({ name }) => name));
    expect(paths.at(-1)).to.include("WaitForRemovalTurn");
  });

  for (const [state, streamId, code, status] of [
    ["ReadStoppingChannel", "unseen", "ForbiddenException", "INCOMPLETE"],
    ["ReadStoppingChannel", "deleted", "NotFoundException", "DONE"],
    ["ReadStoppingChannel", "throttled", "TooManyRequestsException", "DONE"],
  ] as const) {
    it(`is ${status} with a channel that is ${streamId}: ${state}`, async () => {
      await local.streams.makeReady(streamId);
      local.encoder.setState(channelId, "IDLE");
      const error = { ...denied, code, statusCode: code === "NotFoundException" ? 404 : 403 };
      local.faults.fail({ ...mediaLive("DescribeChannel"), caller: teardown, error, times: 1 });
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ seconds: 30 });
      expect((await local.streams.latest(streamId)).teardown).to.include({ status });
      expect(local.executions.of(teardown).at(-1)).to.have.property(
        "status",
        status === "DONE" ? "SUCCEEDED" : "FAILED",
      );
    });
  }

  for (const [state, site] of [
    ["AnnounceOverdueEnd", putEvents],
    ["RecordOverdueEnd", database("UpdateItem", ":announced")],
    ["NotifyOverdueEnd", { service: "SNS", action: "Publish" }],
  ] as const) {
    it(`ends an overdue stream without ${state}`, async () => {
      const streamId = `overdue-${state.toLowerCase()}`;
      const failed = () => local.executions.of(teardown).filter(({ status }) => status === "FAILED").length;
      const before = failed();
      await local.streams.makeReady(streamId);
      local.faults.fail({ ...site, caller: teardown, error: denied, times: Number.POSITIVE_INFINITY });
      await local.clock.advance({ hours: 2, minutes: 5 });
      expect(await local.streams.latest(streamId)).to.include({ status: "COMPLETE" });
      expect((await local.streams.latest(streamId)).teardown).to.include({ status: "DONE" });
      expect(failed()).to.equal(before);
    });
  }
});

describe("a state by which a cleanup serves another", () => {
  const local = useLocal({ config: { channelIds: "1001,1002", maxLiveHours: "2" } });

  for (const machine of [orchestrator, teardown]) {
    for (const [state, mark] of [
      ["MarkRemovalUpdate", '"REMOVED"'],
      ["SeparateRemovalUpdate", '"REMOVE_ALONE"'],
    ] as const) {
      it(`leaves nothing of either stream where its call is refused for good: ${state} of ${machine}`, async () => {
        const kind = `${state}-${machine.slice("streams-".length)}`.toLowerCase();
        const streamIds = ["1", "2"].map((number) => `${kind}-${number}`);
        for (const streamId of streamIds) {
          await (machine === teardown
            ? local.streams.makeReady(streamId)
            : local.streams.provision(streamId));
        }
        await takeLock(local);
        if (state === "SeparateRemovalUpdate") {
          const error = { code: "InvalidArgument", message: "It is refused.", statusCode: 400 };
          local.faults.fail({ ...cloudFront("UpdateDistribution"), caller: machine, error, times: 1 });
        }
        const site = { ...database("UpdateItem", mark), caller: machine };
        local.faults.fail({ ...site, error: denied, times: Number.POSITIVE_INFINITY });
        for (const streamId of streamIds) {
          await local.streams.update(streamId, machine === teardown ? "COMPLETE" : "FAILED");
        }
        await local.clock.advance({ minutes: 2 });
        const ends = local.executions.of(machine).slice(-2);
        expect(ends.flatMap(refusedIn)).to.include(state);
        const end = machine === teardown ? "SUCCEEDED" : "FAILED";
        expect(ends.map(({ status }) => status)).to.deep.equal([end, end]);
        expect(await local.streams.played()).to.deep.equal([]);
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }
  }
});
