import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied } from "./support/denied";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

/** @returns whether a call's input has a text in it. */
const has = (text: string) => (input: object) => JSON.stringify(input).includes(text);
const database = (
  action: "PutItem" | "UpdateItem" | "DeleteItem" | "Scan" | "GetItem" | "Query",
  text = "",
) => ({ service: "DynamoDB", action, matches: has(text) }) as const;
const cloudFront = (action: "GetDistributionConfig" | "UpdateDistribution") =>
  ({ service: "CloudFront", action }) as const;
const mediaLive = (action: "DescribeChannel" | "StartChannel" | "StopChannel") =>
  ({ service: "MediaLive", action }) as const;
const putEvents = { service: "EventBridge", action: "PutEvents" } as const;

describe("a state of the orchestrator whose call is refused for good", () => {
  const local = useLocal({
    config: { channelIds: channelId, leadTimeMinutes: "30", sweepIntervalMinutes: "60" },
  });

  for (const [state, site] of [
    ["PersistProvisionRequest", database("PutItem")],
    ["EmitProvisionRequestedEvent", putEvents],
    ["AcquireCapacityTurn", database("UpdateItem", "distribution/")],
    ["ReservePlaybackPlace", database("UpdateItem", "SET originId")],
    ["ReadPlaybackPlaces", database("Scan")],
    ["ReadPlaybackCapacity", cloudFront("GetDistributionConfig")],
    ["ReadChannelState", mediaLive("DescribeChannel")],
    ["ClaimEncoderChannel", database("UpdateItem", "SET channelId")],
    ["ConfirmEncoderLease", database("UpdateItem", "SET startedAt")],
    ["ProvisionEncoderInfrastructure", mediaLive("StartChannel")],
    ["AcquirePlaybackTurn", { ...database("UpdateItem", "distribution/"), nth: 2 }],
    ["ReadPlaybackConfiguration", { ...cloudFront("GetDistributionConfig"), nth: 2 }],
    ["ConfigurePlaybackEndpoints", cloudFront("UpdateDistribution")],
    ["AwaitLifecycleConfirmation", database("UpdateItem", "SET taskToken")],
    ["HoldUntilLeadTime", database("UpdateItem", "heldUntil = :heldUntil")],
    ["PublishReadyNotification", { ...putEvents, nth: 2 }],
    ["RecordCompletion", database("UpdateItem", "SET readyAt")],
  ] as const) {
    it(`fails the stream in ${state} by its own workflow, which leaves nothing`, async () => {
      const streamId = state.toLowerCase();
      local.faults.fail({ ...site, caller: orchestrator, error: denied, times: Number.POSITIVE_INFINITY });
      const isHeld = state === "HoldUntilLeadTime";
      const startTime = new Date(local.clock.now() + (isHeld ? 3_600_000 : 0)).toISOString();
      await local.streams.request(streamId, { startTime });
      if (/^(?:Publish|Record)/.test(state)) {
        await local.streams.untilWaiting(streamId);
        await local.streams.update(streamId, "READY");
      }
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include("HandleProvisionFailure");
      local.faults.clear();
      const [attempt] = await local.streams.attempts(streamId);
      expect(attempt?.failure).to.include({ state });
      await local.clock.advance({ hours: 2 });
      expect(await local.streams.leases()).to.deep.equal([]);
      expect(await local.streams.played()).to.deep.equal([]);
      expect(local.encoder.get(channelId).state).to.equal("IDLE");
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

  it("tries again where others have changed the distribution: RemovePlaybackEntry", async () => {
    const error = { code: "PreconditionFailed", message: "Stale.", statusCode: 412 };
    await end("stale", { ...cloudFront("UpdateDistribution"), error, times: 1 });
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
