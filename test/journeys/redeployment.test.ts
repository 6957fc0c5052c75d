import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startLocal } from "../../testing";
import { program } from "../support/root";
import { useLocal } from "../support/use-local";

/** The procedures of `docs/operate.md`, and what happens where somebody leaves one out. */
describe("A deployment over a deployment that has streams", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "redeployment-"));
  after(() => rmSync(dataFolder, { recursive: true }));

  const base = {
    channelIds: "1001,1002",
    distributionId: "EFIRST",
    // Days pass here.
    sweepIntervalMinutes: "60",
    leadTimeMinutes: "30",
  };
  const local = useLocal({ config: base, dataFolder });
  const deploy = (config: { readonly [key: string]: string } = {}) =>
    local.redeploy({ config: { ...base, ...config } });

  afterEach(async () => {
    await deploy({
      channelIds: "1001,1002,2001",
      drainingChannelIds: "2001",
      formerDistributionIds: "ESECOND",
    });
    for (const { streamId, status } of await local.streams.all()) {
      if (status === "READY" || status === "LIVE") await local.streams.update(streamId, "COMPLETE");
    }
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    for (const { id, state } of local.encoder.all()) expect(state, id).to.equal("IDLE");
  });

  const otherThan = (channelId: string | undefined) => (channelId === "1001" ? "1002" : "1001");
  const distributionsOf = async (streamId: string) =>
    (await local.streams.playback(streamId)).map(({ distributionId }) => distributionId);
  const alarms = () => local.alarms.raised().map((name) => name.replace(/^streams-alarms-|-[0-9a-f]+$/g, ""));
  const inHours = (hours: number) => new Date(local.clock.now() + hours * 3_600_000).toISOString();

  describe("that drains a channel", () => {
    it("keeps its stream up, gives it to no other, and has it stopped at the stream's end", async () => {
      const before = alarms().length;
      const { channelId } = await local.streams.makeReady("stays");
      await deploy({ drainingChannelIds: String(channelId) });
      await local.clock.advance({ hours: 1 });
      expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
      const { channelId: second } = await local.streams.makeReady("second");
      expect(second).to.equal(otherThan(channelId));
      await local.streams.request("third");
      const { error, cause } = await local.executions.advanceUntil("third");
      expect(error).to.equal("NoChannelAvailable");
      expect(cause).to.include("Each of the 1 encoder channels is leased");

      expect((await local.streams.end("stays")).teardown?.status).to.equal("DONE");
      expect(local.encoder.get(String(channelId)).state).to.equal("IDLE");
      await local.streams.request("fourth");
      expect(await local.executions.advanceUntil("fourth")).to.have.property("error", "NoChannelAvailable");

      await deploy({ channelIds: otherThan(channelId) });
      await local.clock.advance({ hours: 2 });
      expect(local.executions.of("streams-StreamSweep").at(-1)?.status).to.equal("SUCCEEDED");
      expect(alarms().slice(before)).to.deep.equal([]);
    });

    it("lets a stream start that has leased the channel a moment before", async () => {
      let drained: string | undefined;
      local.faults.meanwhile({ service: "MediaLive", action: "StartChannel" }, async () => {
        drained = (await local.streams.lease("quick"))?.channelId;
        await deploy({ drainingChannelIds: String(drained) });
      });
      const { status, channelId } = await local.streams.makeReady("quick");
      expect({ status, channelId }).to.deep.equal({ status: "READY", channelId: drained });
    });

    it("restores the stream's playback entry, should another program remove it", async () => {
      const { channelId } = await local.streams.makeReady("drained");
      await deploy({ drainingChannelIds: String(channelId) });
      await local.clock.advance({ minutes: 2 });
      local.playback.setConfig("EFIRST", {});
      await local.clock.advance({ hours: 1 });
      expect(await distributionsOf("drained")).to.deep.equal(["EFIRST"]);
    });
  });

  it("that removes a channel leaves its stream's end incomplete, says what to deploy, and mends it then", async () => {
    const { channelId } = await local.streams.makeReady("removed");
    await deploy({ channelIds: otherThan(channelId) });
    const { teardown } = await local.streams.end("removed");
    expect(teardown?.status).to.equal("INCOMPLETE");
    expect(teardown?.leftovers).to.have.lengthOf(1);
    expect(teardown?.leftovers?.[0])
      .to.include(`Channel ${channelId} may still run: `)
      .and.include(
        "add it there with draining: true (drainingChannelIds) and deploy, and the next sweep stops it",
      );
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await local.streams.lease("removed")).to.include({ channelId });
    await local.clock.advance({ minutes: 2 });
    expect(alarms().at(-1)).to.equal("StreamTeardown-ExecutionsFailed");

    await deploy({ drainingChannelIds: String(channelId) });
    await local.clock.advance({ minutes: 61 });
    expect((await local.streams.latest("removed")).teardown?.status).to.equal("DONE");
    expect(local.encoder.get(String(channelId)).state).to.equal("IDLE");
  });

  describe("that drains a distribution", () => {
    it("keeps its streams there, adds new ones to the other, and removes both at their end", async () => {
      const before = alarms().length;
      await local.streams.makeReady("old");
      await deploy({ distributionId: "ESECOND", formerDistributionIds: "EFIRST" });
      await local.streams.makeReady("new");
      await local.clock.advance({ hours: 1 });
      expect(await distributionsOf("old")).to.deep.equal(["EFIRST"]);
      expect(await distributionsOf("new")).to.deep.equal(["ESECOND"]);
      expect((await local.streams.end("old")).teardown?.status).to.equal("DONE");
      expect(await distributionsOf("old")).to.deep.equal([]);
      expect((await local.streams.end("new")).teardown?.status).to.equal("DONE");
      expect(await local.streams.played()).to.deep.equal([]);
      await deploy({ distributionId: "ESECOND" });
      await local.clock.advance({ hours: 1 });
      expect(alarms().slice(before)).to.deep.equal([]);
    });

    for (const outcome of ["READY", "FAILED"] as const) {
      it(`ends the wait of a stream for ${outcome} as its own definition says, where the stream is`, async () => {
        const streamId = `waits-${outcome.toLowerCase()}`;
        await local.streams.provision(streamId);
        await deploy({ distributionId: "ESECOND", formerDistributionIds: "EFIRST" });
        await local.streams.confirm(streamId, outcome);
        expect(await distributionsOf(streamId)).to.deep.equal(outcome === "READY" ? ["EFIRST"] : []);
        if (outcome === "READY") await local.streams.end(streamId);
        await local.clock.advance({ minutes: 1 });
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }

    it("ends the cleanup where the distribution has been deleted meanwhile", async () => {
      await local.streams.makeReady("gone");
      await deploy({ distributionId: "ESECOND", formerDistributionIds: "EFIRST" });
      local.playback.failNext("GetDistributionConfig", { code: "NoSuchDistribution", statusCode: 404 });
      expect((await local.streams.end("gone")).teardown?.status).to.equal("DONE");
      expect(await local.streams.leases()).to.deep.equal([]);
      // The simulated distribution is there all the same.
      local.playback.setConfig("EFIRST", {});
    });
  });

  it("that replaces the distribution stops the channel, says where the entry is, and removes it later", async () => {
    const { channelId } = await local.streams.makeReady("replaced");
    await deploy({ distributionId: "ESECOND" });
    const { teardown, attempt } = await local.streams.end("replaced");
    expect(teardown?.status).to.equal("INCOMPLETE");
    expect(teardown?.leftovers?.[0])
      .to.include("The playback entry of replaced is still in the distribution (EFIRST, origin ")
      .and.include("add it to playback.formerDistributionIds (formerDistributionIds), deploy, and start")
      .and.include('StreamTeardown with {"streamId":"replaced","attempt":1}.');
    expect(local.encoder.get(String(channelId)).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);

    await deploy({ distributionId: "ESECOND", formerDistributionIds: "EFIRST" });
    const other = await local.streams.makeReady("meanwhile");
    await local.executions.advanceUntil(
      await local.executions.start("streams-StreamTeardown", { streamId: "replaced", attempt }),
    );
    expect((await local.streams.latest("replaced")).teardown?.status).to.equal("DONE");
    expect(await distributionsOf("replaced")).to.deep.equal([]);
    expect(local.encoder.get(String(other.channelId)).state).to.equal("RUNNING");
    expect(await distributionsOf("meanwhile")).to.deep.equal(["ESECOND"]);
  });

  it("starts a scheduled stream on the pool, in the distribution and by the settings of today", async () => {
    await local.streams.request("evening", { startTime: inHours(30) });
    await local.clock.advance({ hours: 1 });
    await deploy({
      channelIds: "2001",
      distributionId: "ESECOND",
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      originHeaders: "x-origin-verify=new",
      confirmationTimeoutSeconds: "120",
      maxLiveHours: "2",
    });
    await local.streams.untilWaiting("evening");
    const { channelId, distributionId } = await local.streams.latest("evening");
    expect({ channelId, distributionId }).to.deep.equal({ channelId: "2001", distributionId: "ESECOND" });
    expect(await distributionsOf("evening")).to.deep.equal(["ESECOND"]);
    const { config } = await local.playback.get("ESECOND");
    expect(JSON.stringify(config.CacheBehaviors)).to.include("658327ea-f89d-4fab-a63d-7e88639e58f6");
    expect(JSON.stringify(config.Origins)).to.include('"HeaderValue":"new"');
    const { states } = await local.executions.waitForState("evening", "AwaitLifecycleConfirmation");
    expect(states.at(-1)?.name).to.equal("AwaitLifecycleConfirmation");

    await local.clock.advance({ seconds: 100 });
    await local.streams.confirm("evening", "READY");
    await local.clock.advance({ minutes: 119 });
    expect(await local.streams.latest("evening")).to.include({ status: "READY" });
    await local.clock.advance({ minutes: 2 });
    const { status, history } = await local.streams.latest("evening");
    expect(status).to.equal("COMPLETE");
    expect(history.at(-1)?.reason).to.equal("Nobody ended the stream within 2 hours.");
  });

  it("ends a scheduled stream that nobody confirms as soon as it says", async () => {
    await local.streams.request("unconfirmed", { startTime: inHours(5) });
    await deploy({ confirmationTimeoutSeconds: "60" });
    await local.streams.untilWaiting("unconfirmed");
    await local.clock.advance({ seconds: 61 });
    const { history } = await local.streams.latest("unconfirmed");
    expect(history.at(-1)?.reason).to.equal("Neither READY nor FAILED arrived within 60 seconds.");
  });

  it("makes no schedule for the end of a scheduled stream where it sets no limit", async () => {
    await local.streams.request("unlimited", { startTime: inHours(5) });
    await deploy({ maxLiveHours: "0" });
    await local.streams.untilWaiting("unlimited");
    await local.streams.confirm("unlimited", "READY");
    expect(await local.schedules.created()).to.deep.equal([]);
  });

  it("may be removed once its streams have ended: CloudFront deletes no function that a distribution uses", async () => {
    const uses = async () => {
      const all = (await local.playback.all()).map(({ config }) => JSON.stringify(config));
      return all.some((config) => config.includes("function/streams-viewer-request"));
    };
    await local.streams.request("never", { startTime: inHours(48) });
    await local.streams.makeReady("last");
    expect(await uses()).to.equal(true);
    await local.streams.end("last");
    await local.streams.update("never", "COMPLETE");
    await local.clock.advance({ minutes: 1 });
    expect(await uses()).to.equal(false);
    expect(local.executions.running()).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("starts no scheduled stream on a channel that it drains", async () => {
    await local.streams.request("later", { startTime: inHours(5) });
    const { channelId } = await local.streams.makeReady("first");
    await local.streams.end("first");
    await deploy({ drainingChannelIds: String(channelId) });
    await local.streams.untilWaiting("later");
    expect((await local.streams.latest("later")).channelId).to.equal(otherThan(channelId));
    await local.streams.confirm("later", "READY");
  });
});

/** The tables are all that is left of a deployment once Step Functions has forgotten its executions, 90 days after their end. */
describe("A deployment over the tables of an earlier one", () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "tables-"));
  after(() => rmSync(dataFolder, { recursive: true }));
  const config = { channelIds: "1001,1002", distributionId: "EFIRST" };

  it("ends a stream on the channel and in the distribution that its item says", async () => {
    const first = await startLocal(program, { config, dataFolder });
    const { channelId = "" } = await first.streams.makeReady("kept");
    const distribution = await first.playback.get("EFIRST");
    await first.stop();

    const second = await startLocal(program, {
      config: {
        ...{ channelIds: "1001,1002,1003", drainingChannelIds: channelId },
        ...{ distributionId: "ESECOND", formerDistributionIds: "EFIRST" },
      },
      dataFolder,
      startAt: "2026-01-01T06:00:00Z",
    });
    try {
      // The simulated services keep nothing.
      second.playback.setConfig("EFIRST", distribution.config);
      second.encoder.setState(channelId, "RUNNING");
      expect(await second.streams.playback("kept")).to.have.lengthOf(1);
      expect((await second.streams.end("kept")).teardown?.status).to.equal("DONE");
      expect(await second.streams.played()).to.deep.equal([]);
      expect(await second.streams.leases()).to.deep.equal([]);
      expect(second.encoder.get(channelId).state).to.equal("IDLE");
    } finally {
      await second.stop();
    }
  });
});
