import { expect } from "chai";
import type { FaultError } from "../../local/faults/faults";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { denied, staleETag } from "./support/errors";
import { has } from "./support/has";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

/** An attempt's item says whose the attempt is, and which teardown has it. */
const isOfAttempts = (kind: string) => kind === "attempt" || kind === "teardown";

/** Another execution has taken the item in the moment before the call: the state must leave it as it is. */
describe("a write of a state whose item is another execution's by now", () => {
  const local = useLocal({ config: { channelIds: channelId, leadTimeMinutes: "30", graceMinutes: "10" } });
  const database = () => local.runtime.services.DynamoDB;
  const arn = { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" };
  const table = (kind: string) => {
    const { tableName, leaseTableName } = local.streams.program;
    return isOfAttempts(kind) ? tableName : leaseTableName;
  };
  const keyOf = (kind: string, streamId: string) =>
    isOfAttempts(kind)
      ? { streamId: { S: streamId }, attempt: { N: "1" } }
      : { channelId: { S: kind === "lease" ? channelId : `distribution/${distributionId}` } };

  async function read(kind: string, streamId: string): Promise<JsonObject | undefined> {
    const { Item } = await database().call("GetItem", {
      TableName: table(kind),
      Key: keyOf(kind, streamId),
    });
    return Item as JsonObject | undefined;
  }

  /** Gives an item to another execution. @returns it as that has it. */
  async function take(kind: string, streamId: string): Promise<JsonObject> {
    const found = await read(kind, streamId);
    const startedAt = { S: new Date(local.clock.now()).toISOString() };
    const others =
      kind === "teardown"
        ? { teardown: { M: { executionArn: arn, status: { S: "RUNNING" }, startedAt } } }
        : kind === "attempt"
          ? { executionArn: arn }
          : { leasedBy: arn };
    const taken = { ...found, ...keyOf(kind, streamId), ...others } as JsonObject;
    await database().call("PutItem", { TableName: table(kind), Item: taken });
    return taken;
  }

  afterEach(async () => {
    local.faults.clear();
    for (const { name } of local.executions.running()) await local.executions.stop(name);
    for (const { streamId } of await local.streams.all()) await clear(streamId);
    await local.clock.advance({ minutes: 1 });
    for (const { streamId } of await local.streams.all()) await clear(streamId);
  });

  async function clear(streamId: string): Promise<void> {
    for (const kind of ["attempt", "lease", "lock"]) {
      await database().call("DeleteItem", { TableName: table(kind), Key: keyOf(kind, streamId) });
    }
    local.playback.setConfig(distributionId, {});
    local.encoder.setState(channelId, "IDLE");
  }

  for (const [kind, state, caller, action, text, nth] of [
    ["attempt", "HoldUntilLeadTime", orchestrator, "UpdateItem", "heldUntil = :heldUntil", 1],
    ["lease", "ReservePlaybackPlace", orchestrator, "UpdateItem", "SET originId", 1],
    ["attempt", "ClaimEncoderChannel", orchestrator, "UpdateItem", "SET channelId", 1],
    ["lease", "ConfirmEncoderLease", orchestrator, "UpdateItem", "SET startedAt", 1],
    ["lock", "ReleasePlaybackTurn", orchestrator, "DeleteItem", "distribution/", 1],
    ["attempt", "AwaitLifecycleConfirmation", orchestrator, "UpdateItem", "SET taskToken", 1],
    ["attempt", "CloseConfirmation", orchestrator, "UpdateItem", ":failed", 2],
    ["attempt", "RecordCompletion", orchestrator, "UpdateItem", "SET readyAt", 1],
    ["lease", "ConfirmLease", orchestrator, "UpdateItem", "SET stoppedAt", 1],
    ["lock", "ReleaseRemovalTurn", orchestrator, "DeleteItem", "distribution/", 1],
    ["lease", "MarkLease", teardown, "UpdateItem", "SET cleanupStartedAt", 1],
    ["attempt", "RecordGrace", teardown, "UpdateItem", "SET graceUntil", 1],
    ["attempt", "BeginTeardown", teardown, "UpdateItem", ":dead", 1],
    ["lease", "ConfirmLease", teardown, "UpdateItem", "SET stoppedAt", 1],
    ["lock", "ReleaseRemovalTurn", teardown, "DeleteItem", "distribution/", 1],
    ["lease", "ReturnLease", teardown, "DeleteItem", ":owner", 1],
    ["teardown", "BeginTeardown", teardown, "UpdateItem", ":dead", 1],
    ["teardown", "RecordTeardown", teardown, "UpdateItem", '"DONE"', 1],
  ] as const) {
    it(`changes nothing: ${kind}, ${state} of ${caller}`, async () => {
      const streamId = `${kind}-${state}-${caller.slice("streams-".length)}`.toLowerCase();
      let taken: JsonObject | undefined;
      const site = { service: "DynamoDB", action, caller, matches: has(text), nth } as const;
      local.faults.meanwhile(site, async () => {
        taken = await take(kind, streamId);
      });
      // An attempt that is alone takes the lock only once its first update has come too late.
      if (state === "ReleasePlaybackTurn") {
        local.faults.fail({
          service: "CloudFront",
          action: "UpdateDistribution",
          error: staleETag,
          times: 1,
        });
      }
      const isHeld = state === "HoldUntilLeadTime";
      const startTime = new Date(local.clock.now() + (isHeld ? 3_600_000 : 0)).toISOString();
      await local.streams.request(streamId, { startTime });
      if (taken === undefined) await local.streams.untilWaiting(streamId);
      if (taken === undefined) {
        const isFailed = caller === orchestrator && /Lease|Removal/.test(state);
        const isClosed = state === "CloseConfirmation";
        if (isClosed) await local.clock.advance({ minutes: 16 });
        else await local.streams.update(streamId, isFailed ? "FAILED" : "READY");
        await local.clock.advance({ seconds: 5 });
        if (caller === teardown) await local.streams.update(streamId, "COMPLETE");
      }
      await local.clock.advanceUntil(`the call of ${state}`, () => taken);
      await local.settled();
      expect(await read(kind, streamId)).to.deep.equal(taken);
      const told = [
        ...local.executions.all().map(({ cause = "" }) => cause),
        ...local.notifications.all().map(({ message }) => message),
      ];
      expect(told.filter((text) => /Channel 1001 may still run|is still there/.test(text))).to.deep.equal([]);
      if (caller === teardown && state !== "RecordTeardown") {
        expect(local.executions.of(teardown).map(({ status }) => status)).to.not.include("FAILED");
      }
      if (state === "ConfirmEncoderLease") {
        expect(local.executions.get(streamId)).to.include({ error: "StreamCancelled" });
      }
    });
  }

  it("changes nothing: the lease, ReturnPlaybackPlace", async () => {
    const { config } = await local.playback.get(distributionId);
    const behavior = config.DefaultCacheBehavior as object;
    const Items = [{ ...behavior, PathPattern: "/no-place/*" }];
    local.playback.setConfig(distributionId, { ...config, CacheBehaviors: { Quantity: 1, Items } });
    let taken: JsonObject | undefined;
    const matches = has("REMOVE originId");
    local.faults.meanwhile(
      { service: "DynamoDB", action: "UpdateItem", caller: orchestrator, matches },
      async () => {
        taken = await take("lease", "no-place");
      },
    );
    await local.streams.request("no-place");
    const { path } = await local.executions.waitFor("no-place");
    expect(path.slice(-3)).to.deep.equal(["ReturnPlaybackPlace", "HandleProvisionFailure", "WorkflowFailed"]);
    expect(taken).to.have.property("originId");
    expect(await read("lease", "no-place")).to.deep.equal(taken);
  });

  it("keeps the entry of a stream that is COMPLETE though its call is throttled: RecordGrace", async () => {
    await local.streams.makeReady("graced");
    const matches = has("SET graceUntil");
    const site = { service: "DynamoDB", action: "UpdateItem", caller: teardown, matches } as const;
    local.faults.fail({ ...site, error: "throttle" });
    await local.streams.update("graced", "COMPLETE");
    await local.clock.advance({ minutes: 5 });
    expect(await local.streams.playback("graced")).to.have.lengthOf(1);
    expect(await local.streams.latest("graced")).to.have.property("graceUntil");
  });

  /** A stream that starts now, and one whose turn comes in a minute. */
  async function requestTwo(first: string, scheduled: string): Promise<void> {
    await local.streams.makeReady(first);
    const startTime = new Date(local.clock.now() + 31 * 60_000).toISOString();
    await local.streams.request(scheduled, { startTime });
  }

  it("fails by its own workflow where it finds no channel at its time: LeaseHeldChannel", async () => {
    await requestTwo("has-it", "in-vain");
    const { path } = await local.executions.advanceUntil("in-vain");
    expect(path).to.include.members(["LeaseHeldChannel", "HandleProvisionFailure"]);
    const { failure } = await local.streams.latest("in-vain");
    expect(failure).to.include({ state: "LeaseHeldChannel", error: "NoChannelAvailable" });
  });

  it("waits minutes for a channel that is being given back: LeaseHeldChannel", async () => {
    await requestTwo("gives-it", "waits");
    // A channel that starts cannot be stopped.
    local.encoder.setState(channelId, "STARTING");
    await local.streams.update("gives-it", "FAILED");
    await local.clock.advance({ minutes: 4 });
    expect(await local.streams.latest("waits")).to.include({ status: "PROVISIONING" });
    local.encoder.setState(channelId, "RUNNING");
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.latest("waits")).to.include({ status: "PROVISIONING", channelId });
  });

  it("has a scheduled start end at once that is cancelled before its workflow waits", async () => {
    let isCancelled = false;
    const matches = has("heldUntil = :heldUntil");
    local.faults.meanwhile(
      { service: "DynamoDB", action: "UpdateItem", caller: orchestrator, matches },
      async () => {
        isCancelled = (await local.streams.update("cancelled-early", "FAILED")).status === 200;
      },
    );
    const startTime = new Date(local.clock.now() + 3_600_000).toISOString();
    await local.streams.request("cancelled-early", { startTime });
    await local.settled();
    expect(isCancelled).to.equal(true);
    expect(await local.executions.waitFor("cancelled-early")).to.include({ error: "StreamCancelled" });
  });
});

describe("a state whose call is throttled, or answered with what needs no second try", () => {
  const local = useLocal({ config: { channelIds: channelId, sweepIntervalMinutes: "60" } });
  const noDistribution = { code: "NoSuchDistribution", message: "Gone.", statusCode: 404 };
  const noChannel = { code: "NotFoundException", message: "Gone.", statusCode: 404 };
  const throttle = "throttle" satisfies FaultError;
  const mediaLive = (action: "StopChannel" | "DescribeChannel") =>
    ({ service: "MediaLive", action }) as const;
  const cloudFront = (action: "GetDistributionConfig" | "UpdateDistribution") =>
    ({ service: "CloudFront", action }) as const;
  const write = (action: "UpdateItem" | "DeleteItem", text: string) =>
    ({ service: "DynamoDB", action, matches: has(text) }) as const;

  afterEach(async () => {
    local.faults.clear();
    local.playback.setConfig(distributionId, {});
    local.encoder.setState(channelId, "IDLE");
    await local.clock.advance({ hours: 2 });
    // The lock on the distribution ends by itself.
    const leases = await local.streams.leases();
    expect(leases.filter((lease) => lease.streamId !== undefined)).to.deep.equal([]);
  });

  for (const [state, site, error] of [
    ["AcquireRemovalTurn", write("UpdateItem", "distribution/"), throttle],
    ["ReadPlaybackEntry", cloudFront("GetDistributionConfig"), throttle],
    ["ReadPlaybackEntry", cloudFront("GetDistributionConfig"), noDistribution],
    ["RemovePlaybackEntry", cloudFront("UpdateDistribution"), throttle],
    ["RemovePlaybackEntry", cloudFront("UpdateDistribution"), noDistribution],
    ["ReleaseRemovalTurn", write("DeleteItem", "distribution/"), throttle],
    ["ConfirmLease", write("UpdateItem", "SET stoppedAt"), throttle],
    ["StopEncoderChannel", mediaLive("StopChannel"), throttle],
    ["StopEncoderChannel", mediaLive("StopChannel"), noChannel],
    ["ForgetEncoderStart", write("DeleteItem", "start/"), throttle],
    ["ReadStoppingChannel", mediaLive("DescribeChannel"), throttle],
    ["ReadStoppingChannel", mediaLive("DescribeChannel"), noChannel],
  ] as const) {
    const answer = typeof error === "string" ? error : error.code;
    it(`leaves nothing of a failed stream: ${state}, ${answer}`, async () => {
      const streamId = `${state}-${answer}`.toLowerCase();
      await local.streams.provision(streamId);
      if (state === "ReadStoppingChannel") local.encoder.setState(channelId, "IDLE");
      await local.clock.advance({ seconds: 1 });
      local.faults.fail({ ...site, caller: orchestrator, error });
      await local.streams.update(streamId, "FAILED");
      await local.clock.advance({ seconds: 20 });
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include(state);
      const { subject, message } = await local.notifications.waitFor(streamId);
      expect(subject).to.not.include("ACTION NEEDED");
      expect(message).to.include("Left to do:\n- nothing");
      // The lock and the lease.
      expect(await local.streams.leases()).to.deep.equal([]);
    });
  }

  it("meets no condition that fails, of streams that come and go: ForgetEncoderStart", async () => {
    await local.streams.makeReady("comes-and-goes");
    await local.streams.end("comes-and-goes");
    const ended = local.executions.of(teardown).at(-1);
    await local.streams.provision("comes-and-fails");
    await local.streams.confirm("comes-and-fails", "FAILED");
    const executions = [
      ended,
      ...["comes-and-goes", "comes-and-fails"].map((name) => local.executions.get(name)),
    ];
    expect(JSON.stringify(executions.map((one) => one?.history))).to.not.include("ConditionalCheckFailed");
  });

  for (const [machine, status] of [
    [orchestrator, "FAILED"],
    [teardown, "COMPLETE"],
  ] as const) {
    it(`leaves the record of a later start: ForgetEncoderStart of ${machine}`, async () => {
      const streamId = `later-start-${status}`.toLowerCase();
      await (status === "FAILED" ? local.streams.provision(streamId) : local.streams.makeReady(streamId));
      const later = new Date(local.clock.now() + 60_000).toISOString();
      const key = { channelId: { S: `start/${channelId}` } };
      const TableName = local.streams.program.leaseTableName;
      const Item = { ...key, startedBy: { S: "arn:other" }, startedAt: { S: later } };
      local.faults.meanwhile({ ...write("DeleteItem", "start/"), caller: machine }, () =>
        local.runtime.services.DynamoDB.call("PutItem", { TableName, Item }),
      );
      await local.streams.end(streamId, status);
      expect(await local.runtime.services.DynamoDB.call("GetItem", { TableName, Key: key })).to.deep.equal({
        Item,
      });
      await local.runtime.services.DynamoDB.call("DeleteItem", { TableName, Key: key });
    });
  }

  for (const [machine, status] of [
    [orchestrator, "FAILED"],
    [teardown, "COMPLETE"],
  ] as const) {
    it(`leaves the channel to whoever starts it next: ForgetEncoderStart of ${machine}`, async () => {
      const streamId = `earlier-start-${status}`.toLowerCase();
      const startedAt = { S: new Date(local.clock.now()).toISOString() };
      // An earlier attempt's start had no answer.
      await local.runtime.services.DynamoDB.call("PutItem", {
        TableName: local.streams.program.leaseTableName,
        Item: { channelId: { S: `start/${channelId}` }, startedBy: { S: "arn:other" }, startedAt },
      });
      await (status === "FAILED" ? local.streams.provision(streamId) : local.streams.makeReady(streamId));
      await local.streams.end(streamId, status);
      local.encoder.setState(channelId, "RUNNING");
      const sweep = await local.streams.sweep();
      await local.clock.advance({ seconds: 30 });
      expect(local.executions.get(sweep)).to.include({ error: "UnownedChannelFound" });
      expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    });
  }

  it("cleans up after a stream whose workflow Step Functions has forgotten: ReadOrchestration", async () => {
    await local.streams.makeReady("forgotten");
    const error = { code: "ExecutionDoesNotExist", message: "Gone.", statusCode: 400 };
    const site = { service: "StepFunctions", action: "DescribeExecution", caller: teardown } as const;
    local.faults.fail({ ...site, error, times: Number.POSITIVE_INFINITY });
    await local.streams.end("forgotten");
    expect((await local.streams.latest("forgotten")).teardown).to.include({ status: "DONE" });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  const forbidden = { ...denied, code: "ForbiddenException", statusCode: 403 };
  for (const [state, site, error, words] of [
    ["AcquireRemovalTurn", write("UpdateItem", "distribution/"), denied, null],
    ["ReadPlaybackEntry", cloudFront("GetDistributionConfig"), denied, "is still in the distribution"],
    ["RemovePlaybackEntry", cloudFront("UpdateDistribution"), denied, "is still in the distribution"],
    ["ReleaseRemovalTurn", write("DeleteItem", "distribution/"), denied, null],
    ["ConfirmLease", write("UpdateItem", "SET stoppedAt"), denied, "may still run"],
    ["StopEncoderChannel", mediaLive("StopChannel"), forbidden, "may still run"],
    ["ForgetEncoderStart", write("DeleteItem", "start/"), denied, null],
    ["ReadStoppingChannel", mediaLive("DescribeChannel"), forbidden, "may still run"],
    ["RecordEncoderStart", write("UpdateItem", "startedBy"), throttle, null],
    ["RecordEncoderStart", write("UpdateItem", "startedBy"), denied, "may still run"],
  ] as const) {
    it(`tells on-call what is left of a failed stream: ${state}, ${words ?? "nothing"}`, async () => {
      const streamId = `left-${state}-${typeof error}`.toLowerCase();
      await local.streams.provision(streamId);
      if (/^(?:ReadStopping|RecordEncoder)/.test(state)) local.encoder.setState(channelId, "IDLE");
      const times = error === throttle ? 1 : Number.POSITIVE_INFINITY;
      local.faults.fail({ ...site, caller: orchestrator, error, times });
      await local.streams.update(streamId, "FAILED");
      const { path } = await local.executions.advanceUntil(streamId);
      expect(path).to.include.members([state, "HandleProvisionFailure"]);
      const { message } = await local.notifications.waitFor(streamId);
      expect(message).to.include(words ?? "Left to do:\n- nothing");
    });
  }

  it("tells on-call what to remove by hand from a configuration that no workflow can carry", async () => {
    await local.streams.provision("too-large");
    const { config } = await local.playback.get(distributionId);
    local.playback.setConfig(distributionId, { ...config, Comment: "x".repeat(300_000) });
    await local.streams.update("too-large", "FAILED");
    const { path } = await local.executions.advanceUntil("too-large");
    expect(path).to.include.members(["StopEncoderChannel", "HandleProvisionFailure"]);
    expect((await local.notifications.waitFor("too-large")).message).to.include("256 KiB");
  });

  for (const action of ["StopChannel", "DescribeChannel"] as const) {
    it(`tells on-call of a channel whose settings no workflow can carry: ${action}`, async () => {
      const streamId = `large-${action}`.toLowerCase();
      await local.streams.provision(streamId);
      if (action === "DescribeChannel") local.encoder.setState(channelId, "IDLE");
      let isMet = false;
      const large = local.gate.use(async (call, proceed) => {
        const answer = await proceed();
        if (call.action !== action || isMet) return answer;
        isMet = true;
        return { ...answer, EncoderSettings: { Note: "x".repeat(300_000) } };
      });
      await local.streams.update(streamId, "FAILED");
      await local.executions.advanceUntil(streamId);
      large();
      expect(isMet).to.equal(true);
      const { message } = await local.notifications.waitFor(streamId);
      expect(message).to.include("may still run").and.include("DataLimitExceeded");
    });
  }

  it("fails by its own workflow where the wait cannot be ended: CloseConfirmation", async () => {
    await local.streams.provision("not-closed");
    const times = Number.POSITIVE_INFINITY;
    local.faults.fail({ ...write("UpdateItem", ":failed"), caller: orchestrator, error: denied, times });
    const { path } = await local.executions.advanceUntil("not-closed");
    expect(path).to.include.members(["CloseConfirmation", "HandleProvisionFailure"]);
    expect((await local.streams.latest("not-closed")).failure).to.include({ state: "CloseConfirmation" });
  });

  it("ends the wait for a confirmation all the same", async () => {
    await local.streams.provision("unconfirmed");
    local.faults.fail({ ...write("UpdateItem", ":failed"), caller: orchestrator, error: throttle });
    await local.executions.advanceUntil("unconfirmed");
    const { failure } = await local.streams.latest("unconfirmed");
    expect(failure).to.include({ state: "AwaitLifecycleConfirmation", error: "States.Timeout" });
  });

  const slow = ["ReadPlaybackPlaces", "FindAttempt"].join(" and ");
  it(`is tried again after a minute without an answer: ${slow}`, async () => {
    local.faults.slow({ service: "DynamoDB", action: "Scan", caller: orchestrator, seconds: 61, times: 1 });
    local.faults.slow({ service: "DynamoDB", action: "Query", caller: teardown, seconds: 61, times: 1 });
    await local.streams.makeReady("slow");
    await local.streams.update("slow", "COMPLETE");
    await local.clock.advance({ minutes: 3 });
    expect((await local.streams.latest("slow")).teardown).to.include({ status: "DONE" });
    expect(local.executions.of(teardown).at(-1)).to.include({ status: "SUCCEEDED" });
  });
});
