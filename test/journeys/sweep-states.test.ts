import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { denied, staleETag } from "./support/errors";
import { has } from "./support/has";

const sweep = "streams-StreamSweep";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";
const other = { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" };
const forbidden = { ...denied, code: "ForbiddenException", statusCode: 403 };
const throttle = "throttle" as const;

const describeChannel = { service: "MediaLive", action: "DescribeChannel" } as const;
const stopChannel = { service: "MediaLive", action: "StopChannel" } as const;
const readDistribution = { service: "CloudFront", action: "GetDistributionConfig" } as const;
const updateDistribution = { service: "CloudFront", action: "UpdateDistribution" } as const;
const write = (action: "UpdateItem" | "DeleteItem", text: string) =>
  ({ service: "DynamoDB", action, matches: has(text) }) as const;

for (const stopUnowned of [false, true]) {
  describe(`a state of a sweep that ${stopUnowned ? "stops" : "reports"} what runs for nobody`, () => {
    const local = useLocal({ config: { channelIds: channelId, stopUnowned: String(stopUnowned) } });
    const database = () => local.runtime.services.DynamoDB;
    const put = (Item: JsonObject) =>
      database().call("PutItem", { TableName: local.streams.program.leaseTableName, Item });
    const keys = async () => {
      const { Items } = await database().call("Scan", { TableName: local.streams.program.leaseTableName });
      return (Items as { channelId: { S: string } }[])
        .map((item) => item.channelId.S)
        .filter((key) => key !== "settings");
    };

    /** Sweeps, and waits for the sweep's end. @returns how it ended. */
    async function swept() {
      await local.streams.sweep();
      await local.clock.advance({ minutes: 4 });
      const { status, error = "", cause = "" } = local.executions.of(sweep).at(-1) ?? {};
      return { status, error, cause };
    }
    const now = () => new Date(local.clock.now()).toISOString();

    beforeEach(async () => {
      // The next sweep by the schedule is far away.
      await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
      local.encoder.setState(channelId, "RUNNING");
    });
    afterEach(async () => {
      local.faults.clear();
      local.encoder.setState(channelId, "IDLE");
      for (const key of await keys()) {
        const Key = { channelId: { S: key } };
        await database().call("DeleteItem", { TableName: local.streams.program.leaseTableName, Key });
      }
    });

    for (const [state, site, error, words] of [
      ["ReadFreeChannel", describeChannel, throttle, "no stream has it"],
      ["ReadFreeChannel", describeChannel, forbidden, "cannot be read"],
      ["LeaseFreeChannel", write("UpdateItem", ":leasedBy"), throttle, "no stream has it"],
      ["LeaseFreeChannel", write("UpdateItem", ":leasedBy"), denied, "could not be leased"],
      ["ReadLeasedChannel", { ...describeChannel, nth: 2 }, throttle, "no stream has it"],
      ["ReadLeasedChannel", { ...describeChannel, nth: 2 }, forbidden, "cannot be read"],
      ["ReturnFreeChannel", write("DeleteItem", ":me"), throttle, "no stream has it"],
      ["ReturnFreeChannel", write("DeleteItem", ":me"), denied, "no stream has it"],
      ...(stopUnowned
        ? ([
            ["StopUnownedChannel", stopChannel, throttle, "it is being stopped"],
            ["StopUnownedChannel", stopChannel, forbidden, "could not be stopped"],
          ] as const)
        : []),
    ] as const) {
      const answer = typeof error === "string" ? error : error.code;
      it(`reports the channel: ${state}, ${answer}`, async () => {
        // DynamoDB's model has no denial, which so gets the name of its catch-all and is tried again.
        const times = error === denied ? Number.POSITIVE_INFINITY : 1;
        local.faults.fail({ ...site, caller: sweep, error, times });
        const { error: ended, cause } = await swept();
        expect(ended).to.equal("UnownedChannelFound");
        expect(cause).to.include(words);
        expect(await keys()).to.deep.equal(
          state === "ReturnFreeChannel" && error === denied ? [channelId] : [],
        );
      });
    }

    it("touches no lease that another has taken in that moment, and reports nothing then", async () => {
      const lease = { channelId: { S: channelId }, leasedBy: other, streamId: { S: "other" } };
      for (const site of [write("UpdateItem", ":leasedBy"), write("DeleteItem", ":me")]) {
        local.faults.meanwhile({ ...site, caller: sweep }, () => put(lease));
        const { error } = await swept();
        expect(error).to.equal(site.action === "UpdateItem" ? "" : "UnownedChannelFound");
        const { Item } = await database().call("GetItem", {
          TableName: local.streams.program.leaseTableName,
          Key: { channelId: { S: channelId } },
        });
        expect(Item).to.deep.equal(lease);
        local.encoder.setState(channelId, "RUNNING");
        local.faults.clear();
        const Key = { channelId: { S: channelId } };
        await database().call("DeleteItem", { TableName: local.streams.program.leaseTableName, Key });
      }
    });

    for (const isExpired of [true, false]) {
      const what = isExpired
        ? "looks at a channel whose last sweep died"
        : "leaves a channel to another sweep";
      it(`${what}: LeaseFreeChannel`, async () => {
        const seconds = Math.floor(local.clock.now() / 1000) + (isExpired ? -1 : 60);
        const lease = { leasedBy: other, leasedAt: { S: now() }, expiresAt: { N: String(seconds) } };
        local.faults.meanwhile({ ...write("UpdateItem", ":leasedBy"), caller: sweep }, () =>
          put({ channelId: { S: channelId }, purpose: { S: "sweep" }, ...lease }),
        );
        expect((await swept()).error).to.equal(isExpired ? "UnownedChannelFound" : "");
        expect(await keys()).to.deep.equal(isExpired ? [] : [channelId]);
      });
    }

    const record = (startedAt: string) =>
      put({ channelId: { S: `start/${channelId}` }, startedBy: other, startedAt: { S: startedAt } });

    it("stops a channel whose start came late, once its record can be removed", async () => {
      await record(now());
      local.faults.fail({ ...write("DeleteItem", "start/"), caller: sweep, error: throttle });
      expect(await swept()).to.include({ status: "SUCCEEDED" });
      expect(local.encoder.get(channelId).state).to.be.oneOf(["STOPPING", "IDLE"]);
      expect(await keys()).to.deep.equal([]);
    });

    for (const state of ["StopStartedChannel", ...(stopUnowned ? ["StopUnownedChannel"] : [])]) {
      it(`leases the channel again in a sweep that is redriven late: ${state}`, async () => {
        if (state === "StopStartedChannel") await record(now());
        const site = { ...stopChannel, caller: sweep };
        const arn = await local.streams.sweep();
        local.faults.meanwhile(site, () => local.executions.stop(arn));
        local.faults.fail(site);
        await local.clock.advance({ minutes: 2 });
        expect(local.executions.get(arn)).to.include({ status: "ABORTED" });
        local.faults.clear();
        await local.executions.redrive(arn);
        await local.clock.advance({ minutes: 1 });
        expect(local.encoder.get(channelId).state).to.equal("IDLE");
        expect(local.executions.get(arn)?.cause ?? "it is being stopped").to.include("it is being stopped");
        expect(await keys()).to.deep.equal([]);
      });
    }

    it("leaves the record of a later start", async () => {
      await record(now());
      const later = new Date(local.clock.now() + 60_000).toISOString();
      local.faults.meanwhile({ ...write("DeleteItem", "start/"), caller: sweep }, () => record(later));
      expect(await swept()).to.include({ status: "SUCCEEDED" });
      expect(await keys()).to.deep.equal([`start/${channelId}`]);
    });

    it("reports a channel whose start came late, and that it may not stop", async () => {
      await record(now());
      local.faults.fail({ ...stopChannel, caller: sweep, error: forbidden });
      const { error, cause } = await swept();
      expect(error).to.equal("UnownedChannelFound");
      expect(cause).to.include("by a start that took effect late");
    });

    it("leaves a channel that is still starting to the next sweep, and reports nothing", async () => {
      await record(now());
      const error = { code: "ConflictException", message: "It is starting.", statusCode: 409 };
      local.faults.fail({ ...stopChannel, caller: sweep, error });
      expect(await swept()).to.include({ status: "SUCCEEDED" });
      expect(await keys()).to.deep.equal([`start/${channelId}`]);
    });

    const entry = (cleanedAt = now()) =>
      put({
        channelId: { S: "entry/origin" },
        playbackEntry: { M: { distributionId: { S: distributionId }, originId: { S: "origin" } } },
        cleanedAt: { S: cleanedAt },
      });

    for (const [state, key] of [
      ["ForgetEncoderStart", `start/${channelId}`],
      ["ForgetLateEntry", "entry/origin"],
    ] as const) {
      it(`leaves a record that cannot be removed to the next sweep: ${state}`, async () => {
        if (state === "ForgetEncoderStart") await record(now());
        else {
          local.encoder.setState(channelId, "IDLE");
          await entry(new Date(local.clock.now() - 2_400_000).toISOString());
        }
        const site = { ...write("DeleteItem", key), caller: sweep };
        local.faults.fail({ ...site, error: denied, times: Number.POSITIVE_INFINITY });
        expect(await swept()).to.include({ status: "SUCCEEDED" });
        expect(await keys()).to.deep.equal([key]);
      });
    }

    for (const [error, ended] of [
      [throttle, ""],
      [denied, "SweepIncomplete"],
    ] as const) {
      it(`looks for a late entry: ReadLateEntry, ${typeof error === "string" ? error : error.code}`, async () => {
        local.encoder.setState(channelId, "IDLE");
        await entry();
        local.faults.fail({ ...readDistribution, caller: sweep, error });
        expect((await swept()).error).to.equal(ended);
        expect(await keys()).to.deep.equal(["entry/origin"]);
      });
    }

    it("reports a late entry that others keep it from removing, and goes on looking: DecideLateEntry", async () => {
      local.encoder.setState(channelId, "IDLE");
      // A look that finds no entry would be the last one.
      await entry(new Date(local.clock.now() - 2_400_000).toISOString());
      const { config } = await local.playback.get(distributionId);
      const Items = [{ Id: "origin", DomainName: "origin.example.com" }];
      local.playback.setConfig(distributionId, { ...config, Origins: { Quantity: 1, Items } });
      local.faults.fail({ ...updateDistribution, caller: sweep, error: staleETag, times: Infinity });
      const { error, cause } = await swept();
      expect(error).to.equal("SweepIncomplete");
      expect(cause).to.include("too many others changed it");
      expect(await keys()).to.deep.equal(["entry/origin"]);
      local.playback.setConfig(distributionId, {});
    });

    // Each state of a sweep costs, and it comes again every few minutes.
    it("ends at once where there is nothing to look after: DecidePlaybackCheck", async () => {
      local.encoder.setState(channelId, "IDLE");
      const arn = await local.streams.sweep();
      await local.settled();
      expect(local.executions.get(arn)?.path).to.deep.equal([
        ...["SweepStreams", "CheckFreeChannels", "ReadFreeChannel", "DecidePlaybackCheck", "SweepSucceeded"],
      ]);
    });
  });
}

describe("a state of a sweep that restores a playback entry", () => {
  const local = useLocal({ config: { channelIds: channelId, maxLiveHours: "0" } });

  before(async () => {
    await local.streams.makeReady("playing");
    await local.clock.advance({ minutes: 5 });
    // The first sweep that misses an entry fails, and no later one.
    local.playback.setConfig(distributionId, {});
    await local.clock.advance({ minutes: 10 });
  });

  for (const [state, site, error, words] of [
    ["ReadPlaybackEntries", readDistribution, throttle, null],
    ["ReadPlaybackEntries", readDistribution, denied, "could not be read"],
    ["AcquireRestoreTurn", write("UpdateItem", "distribution/"), throttle, null],
    ["AcquireRestoreTurn", write("UpdateItem", "distribution/"), denied, "could not be locked"],
    ["ClaimMissingEntry", write("UpdateItem", "playbackAlarm"), throttle, null],
    ["ClaimMissingEntry", write("UpdateItem", "playbackAlarm"), denied, "its attempt could not be read"],
    ["ReadMissingEntries", { ...readDistribution, nth: 2 }, throttle, null],
    ["ReadMissingEntries", { ...readDistribution, nth: 2 }, denied, "could not be read"],
    ["RestorePlaybackEntries", updateDistribution, throttle, null],
    ["RestorePlaybackEntries", updateDistribution, denied, "could not be updated"],
    ["RestorePlaybackEntries", updateDistribution, staleETag, null],
    ["ReleaseRestoreTurn", write("DeleteItem", "distribution/"), throttle, null],
    ["ReleaseRestoreTurn", write("DeleteItem", "distribution/"), denied, null],
  ] as const) {
    const answer = typeof error === "string" ? error : error.code;
    it(`says how it went: ${state}, ${answer}`, async () => {
      await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
      local.playback.setConfig(distributionId, {});
      const times = error === denied ? Number.POSITIVE_INFINITY : 1;
      local.faults.fail({ ...site, caller: sweep, error, times });
      await local.streams.sweep();
      await local.clock.advance({ minutes: 5 });
      const { status, cause = "" } = local.executions.of(sweep).at(-1) ?? {};
      if (words !== null) expect(cause).to.include(words);
      else expect(cause).to.not.include("could not be");
      if (words === null) expect(status).to.equal("SUCCEEDED");
      expect(await local.streams.playback("playing")).to.have.lengthOf(words === null ? 1 : 0);
      local.faults.clear();
      const leases = await local.streams.leases();
      const isUnreleased = state === "ReleaseRestoreTurn" && error === denied;
      expect(leases).to.have.lengthOf(isUnreleased ? 2 : 1);
      await local.clock.advance({ minutes: 10 });
    });
  }

  it("leaves the lock that another has by then: ReleaseRestoreTurn", async () => {
    await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
    local.playback.setConfig(distributionId, {});
    const key = { channelId: { S: `distribution/${distributionId}` } };
    const Item = { ...key, leasedBy: other, expiresAt: { N: String(local.clock.now()) } };
    const TableName = local.streams.program.leaseTableName;
    const database = local.runtime.services.DynamoDB;
    local.faults.meanwhile({ ...write("DeleteItem", "distribution/"), caller: sweep }, () =>
      database.call("PutItem", { TableName, Item }),
    );
    await local.streams.sweep();
    await local.clock.advance({ minutes: 1 });
    expect((await database.call("GetItem", { TableName, Key: key })).Item).to.deep.equal(Item);
    await database.call("DeleteItem", { TableName, Key: key });
    await local.clock.advance({ minutes: 10 });
  });

  it("has StreamHealth look after a stream whose channel is gone: ReadPlayingChannel", async () => {
    const started = () => local.executions.of("streams-StreamHealth").length;
    const before = started();
    const error = { code: "NotFoundException", message: "Gone.", statusCode: 404 };
    // StreamHealth finds that it runs.
    local.faults.fail({ ...describeChannel, caller: sweep, error });
    const arn = await local.streams.sweep();
    await local.clock.advance({ minutes: 1 });
    expect(local.executions.get(arn)).to.include({ status: "SUCCEEDED" });
    expect(started()).to.equal(before + 1);
  });

  const exists = { code: "ExecutionAlreadyExists", message: "It exists.", statusCode: 400 };
  const start = { service: "StepFunctions", action: "StartExecution" } as const;
  for (const [state, site, error, words] of [
    ["DecidePlayingChannel", start, denied, null],
    ["ReadPlayingChannel", describeChannel, forbidden, "could not be looked at"],
    ["StartHealthCheck", start, denied, "could not be looked at"],
    ["StartHealthCheck", start, exists, null],
  ] as const) {
    it(`says whether it could look at the channel of a stream: ${state}, ${error.code}`, async () => {
      await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
      local.faults.refuse({ target: "streams-track-health", forGood: true, times: Infinity });
      // Nothing is started for one that runs.
      if (state !== "DecidePlayingChannel") local.encoder.setState(channelId, "IDLE");
      local.faults.fail({ ...site, caller: sweep, error, times: Infinity });
      const arn = await local.streams.sweep();
      await local.clock.advance({ minutes: 2 });
      const { status, error: ended, cause = "" } = local.executions.get(arn) ?? {};
      expect({ status, ended }).to.deep.equal(
        words === null
          ? { status: "SUCCEEDED", ended: undefined }
          : { status: "FAILED", ended: "SweepIncomplete" },
      );
      expect(cause).to.include(words ?? "");
      local.encoder.setState(channelId, "RUNNING");
      await local.settled();
    });
  }
});
