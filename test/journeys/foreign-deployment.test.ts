import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { denied } from "./support/errors";
import { has } from "./support/has";
import { patterns } from "./support/patterns";

/** Another stack owns the distribution, and its deployments replace the configuration. */
describe("a deployment of the stack that owns the distribution", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003,1004", cacheBehaviorQuota: "3" } });
  let original: JsonObject;
  let distributionId: string;

  before(async () => {
    const [distribution] = await local.playback.all();
    if (!distribution) throw new Error("The program names no distribution.");
    original = distribution.config;
    distributionId = distribution.id;
  });

  afterEach(async () => {
    deploy();
    for (const { streamId, status } of await local.streams.all()) {
      if (status === "READY" || status === "LIVE") await local.streams.update(streamId, "COMPLETE");
    }
    await local.clock.advance({ minutes: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
  });

  /** What the other stack has in its program, and nothing else. */
  const deploy = (changes: JsonObject = {}) =>
    local.playback.setConfig(distributionId, { ...original, ...changes });

  const behavior = (path: string) => ({
    PathPattern: path,
    TargetOriginId: "default",
    ViewerProtocolPolicy: "https-only",
  });

  const deployBehaviors = (...paths: string[]) =>
    deploy({ CacheBehaviors: { Quantity: paths.length, Items: paths.map(behavior) } });

  const updates = () => local.faults.calls().filter(({ action }) => action === "UpdateDistribution");

  const alarms = () =>
    local.notifications.subjects().filter((subject) => /ALARM: .*StreamSweep/.test(subject));

  /** Lets time pass until a sweep updates the distribution, and holds that call. */
  async function holdUpdate() {
    const site = {
      service: "CloudFront",
      action: "UpdateDistribution",
      caller: "streams-StreamSweep",
    } as const;
    const held = local.faults.hold(site);
    await local.clock.advanceUntil("an update by the sweep", () => held.count > 0 || undefined);
    return held;
  }

  /** An alarm that is on tells of no further sweep that failed. It is off again once two in a row found nothing. */
  const alarmIsOff = () =>
    local.clock.advanceUntil(
      "the alarm of an earlier test to be off again",
      () => !Object.values(local.alarms.states()).includes("ALARM") || undefined,
    );

  async function sweep() {
    await local.clock.advance({ minutes: 10 });
    const { status, error, cause } = local.executions.of("streams-StreamSweep").at(-1) ?? {};
    return { status, error, cause };
  }

  it("has entries restored once another stream has made its update", async () => {
    await local.streams.makeReady("restored-later");
    deploy();
    const site = { service: "CloudFront", action: "UpdateDistribution" } as const;
    const held = local.faults.hold({ ...site, caller: "streams-StreamLifecycleOrchestrator" });
    // The lock of a writer counts for a minute.
    await local.clock.advance({ milliseconds: 595_000 - (local.clock.now() % 600_000) });
    await local.streams.request("in-the-way");
    await local.clock.advanceUntil("a sweep that waits", () =>
      local.executions
        .of("streams-StreamSweep")
        .at(-1)
        ?.states.find(({ name }) => name === "WaitForRestoreTurn"),
    );
    expect(await patterns(local)).to.deep.equal([]);
    held.release();
    await local.clock.advance({ minutes: 2 });
    expect(await patterns(local)).to.have.members(["/in-the-way/*", "/restored-later/*"]);
    await local.streams.update("in-the-way", "FAILED");
    await local.executions.advanceUntil("in-the-way");
  });

  it("has the entries of a READY and of a LIVE stream restored as they were, and raises the alarm once", async () => {
    await local.streams.makeReady("ready-one");
    await local.streams.makeReady("live-one");
    await local.streams.update("live-one", "LIVE");
    await local.clock.advance({ minutes: 2 });
    const before = await local.playback.get(distributionId);
    await alarmIsOff();
    const told = alarms().length;
    deploy();
    expect(await patterns(local)).to.deep.equal([]);

    const { status, error, cause } = await sweep();
    expect({ status, error }).to.deep.equal({ status: "FAILED", error: "PlaybackEntryRestored" });
    expect(cause)
      .to.include(
        `The playback entry of stream ready-one, attempt 1, was missing in distribution ${distributionId} and has been restored.`,
      )
      .and.include("stream live-one, attempt 1,")
      .and.include("ignore changes of origins and behaviours");
    const after = await local.playback.get(distributionId);
    expect(after.patterns).to.have.members(before.patterns);
    expect(after.origins).to.have.members(before.origins);
    expect(sorted(after.config)).to.deep.equal(sorted(before.config));
    await local.clock.advance({ minutes: 1 });
    expect(alarms()).to.have.lengthOf(told + 1);

    for (const _ of [1, 2]) {
      deploy();
      expect(await sweep()).to.have.property("status", "SUCCEEDED");
      expect(await patterns(local)).to.have.members(before.patterns);
    }
    expect(alarms()).to.have.lengthOf(told + 1);
  });

  it("needs one update for several streams", async () => {
    for (const streamId of ["one", "two", "three"]) await local.streams.makeReady(streamId);
    await local.clock.advance({ minutes: 2 });
    deploy();
    const before = updates().length;
    await sweep();
    expect(updates()).to.have.lengthOf(before + 1);
    expect(await patterns(local)).to.have.members(["/one/*", "/two/*", "/three/*"]);
  });

  it("may remove the behaviour alone", async () => {
    await local.streams.makeReady("half");
    await local.clock.advance({ minutes: 2 });
    const { config } = await local.playback.get(distributionId);
    deploy({ Origins: config.Origins as JsonObject });
    expect(await sweep()).to.have.property("error", "PlaybackEntryRestored");
    expect(sorted((await local.playback.get(distributionId)).config)).to.deep.equal(sorted(config));
  });

  it("may take the path of a stream, which is reported each time and not fought over", async () => {
    await local.streams.makeReady("taken");
    await local.streams.makeReady("beside");
    await local.clock.advance({ minutes: 2 });
    deployBehaviors("/taken/*");
    const { error, cause } = await sweep();
    expect(error).to.equal("PlaybackEntryMissing");
    expect(cause)
      .to.include("stream taken, attempt 1, is missing")
      .and.include("a behaviour of another program has its path")
      .and.include("stream beside, attempt 1, was missing");
    const { config } = await local.playback.get(distributionId);
    const { Items } = config.CacheBehaviors as { Items: { PathPattern: string; TargetOriginId: string }[] };
    expect(Items.map(({ PathPattern }) => PathPattern)).to.have.members(["/beside/*", "/taken/*"]);
    expect(Items.find(({ PathPattern }) => PathPattern === "/taken/*")?.TargetOriginId).to.equal("default");
    expect(await sweep()).to.have.property("error", "PlaybackEntryMissing");
  });

  it("may leave no room, which is reported each time", async () => {
    await local.streams.makeReady("crowded");
    await local.clock.advance({ minutes: 2 });
    deployBehaviors("/a/*", "/b/*", "/c/*");
    const { error, cause } = await sweep();
    expect(error).to.equal("PlaybackEntryMissing");
    expect(cause).to.include("the distribution has the 3 behaviours or 100 origins that it may have");
    expect(await patterns(local)).to.deep.equal(["/a/*", "/b/*", "/c/*"]);
  });

  it("has no entry restored of a stream that ends before the sweep looks at its item", async () => {
    await local.streams.makeReady("ending");
    await local.clock.advance({ minutes: 2 });
    deploy();
    local.faults.meanwhile({ service: "DynamoDB", action: "UpdateItem", caller: "streams-StreamSweep" }, () =>
      local.streams.update("ending", "COMPLETE"),
    );
    expect(await sweep()).to.have.property("status", "SUCCEEDED");
    expect(await patterns(local)).to.deep.equal([]);
  });

  for (const [place, locked] of [
    ["with the lock", true],
    ["though the teardown has no lock", false],
  ] as const) {
    it(`has no entry left of a stream that ends during the update, ${place}`, async () => {
      const streamId = `ends-${locked}`;
      await local.streams.makeReady(streamId);
      await local.clock.advance({ minutes: 2 });
      deploy();
      if (!locked) {
        local.faults.fail({
          service: "DynamoDB",
          action: "UpdateItem",
          caller: "streams-StreamTeardown",
          matches: has("distribution/"),
          error: denied,
          times: Number.POSITIVE_INFINITY,
        });
      }
      const held = await holdUpdate();
      await local.streams.update(streamId, "COMPLETE");
      // Longer than the retries of the teardown's call for the lock, and shorter than the held call's timeout.
      await local.clock.advance({ seconds: 55 });
      expect(await local.streams.get(streamId)).to.have.nested.property(
        "teardown.status",
        locked ? "RUNNING" : "DONE",
      );
      held.release();
      await local.clock.advance({ minutes: 2 });
      expect(await local.streams.get(streamId)).to.have.nested.property("teardown.status", "DONE");
      expect(await patterns(local)).to.deep.equal([]);
    });
  }

  it("is mended by the next sweep where one dies", async () => {
    await local.streams.makeReady("twice");
    await local.clock.advance({ minutes: 2 });
    deploy();
    const held = await holdUpdate();
    await local.executions.stop(String(local.executions.of("streams-StreamSweep").at(-1)?.arn));
    held.release();
    deploy();
    await sweep();
    expect(await patterns(local)).to.deep.equal(["/twice/*"]);
  });

  it("is told of where the distribution cannot be updated, until it can", async () => {
    await local.streams.makeReady("refused");
    await local.clock.advance({ minutes: 2 });
    deploy();
    const allow = local.faults.fail({
      service: "CloudFront",
      action: "UpdateDistribution",
      error: denied,
      times: Number.POSITIVE_INFINITY,
    });
    const { error, cause } = await sweep();
    expect(error).to.equal("PlaybackEntryMissing");
    expect(cause).to.include("it could not be restored.").and.include("could not be updated: CloudFront.");
    allow();
    await sweep();
    expect(await patterns(local)).to.deep.equal(["/refused/*"]);
  });
});

/** Lists without their order: a restored behaviour comes first. */
function sorted(config: JsonObject): unknown {
  const items = (list: unknown) =>
    (list as { Items: object[] }).Items.map((item) => JSON.stringify(item)).sort();
  return { ...config, Origins: items(config.Origins), CacheBehaviors: items(config.CacheBehaviors) };
}
