import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { type CallSite, callSites, nameOfSite } from "./support/call-sites";

const channelId = "4711";
const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const sweep = "streams-StreamSweep";

describe("an execution that is redriven after its attempt was cleaned up", () => {
  const local = useLocal({ config: { channelIds: channelId } });
  const state = () => local.encoder.get(channelId).state;
  let streams = 0;

  async function expectNothingLeft(what: string): Promise<void> {
    expect(await local.streams.leases(), what).to.deep.equal([]);
    expect(await local.streams.played(), what).to.deep.equal([]);
    expect(await local.schedules.created(), what).to.deep.equal([]);
    expect(local.executions.running(), what).to.deep.equal([]);
    expect(state(), what).to.equal("IDLE");
  }

  /** Stops the executions of a machine at a call. @returns the first of them. */
  async function stopAt(
    site: CallSite,
    when: "before" | "after",
    act: () => Promise<unknown>,
  ): Promise<string> {
    let stopped: string | undefined;
    const remove = local.faults.meanwhile({ ...site, when }, async () => {
      for (const { arn, status } of local.executions.of(site.caller)) {
        if (status !== "RUNNING") continue;
        stopped ??= arn;
        await local.executions.stop(arn);
      }
    });
    await act();
    remove();
    if (stopped === undefined) throw new Error(`Nothing was stopped at ${nameOfSite(site)}.`);
    return stopped;
  }

  /** A stream that gets the channel meanwhile, and has to keep it whatever is redriven. */
  async function whileOthersPlay(act: () => Promise<unknown>, what: string): Promise<void> {
    const streamId = `other-${++streams}`;
    await local.streams.makeReady(streamId);
    const entry = await local.streams.playback(streamId);
    const lease = await local.streams.lease(streamId);
    const before = local.faults.calls().length;
    await act();
    await local.clock.advance({ minutes: 11 });
    const calls = local.faults.calls().slice(before);
    const changed = calls.filter(({ action }) => action === "StartChannel" || action === "StopChannel");
    expect(changed, what).to.deep.equal([]);
    expect(await local.streams.latest(streamId), what).to.include({ status: "READY" });
    expect(await local.streams.playback(streamId), what).to.deep.equal(entry);
    expect(await local.streams.lease(streamId), what).to.deep.equal(lease);
    expect(state(), what).to.equal("RUNNING");
    await local.streams.end(streamId);
  }

  /** The calls of the orchestrator from the request to READY. */
  async function orchestration(): Promise<CallSite[]> {
    const streamId = `model-${++streams}`;
    const sites = await callSites(local, [orchestrator], () => local.streams.makeReady(streamId));
    await local.streams.end(streamId);
    await local.clock.advance({ minutes: 1 });
    return sites;
  }

  for (const when of ["before", "after"] as const) {
    it(`starts and leaves nothing, wherever it was stopped (${when} the call)`, async () => {
      for (const site of await orchestration()) {
        const streamId = `redriven-${++streams}`;
        const name = nameOfSite(site);
        const stopped = await stopAt(site, when, async () => {
          await local.streams.request(streamId);
          await local.clock.advance({ seconds: 1 });
          await local.streams.update(streamId, "READY");
          await local.clock.advance({ seconds: 1 });
        });
        await local.clock.advance({ minutes: 11 });
        const isUp = (await local.streams.latest(streamId)).status === "READY";
        if (isUp) await local.streams.end(streamId);
        await local.clock.advance({ minutes: 1 });
        await expectNothingLeft(name);
        await whileOthersPlay(() => local.executions.redrive(stopped), name);
        await local.clock.advance({ minutes: 1 });
        await expectNothingLeft(name);
      }
    });

    // What a call did counts or not: an execution that goes on at once makes it again.
    if (when === "before") continue;

    it(`ends with its attempt where it is redriven at once (stopped ${when} the call)`, async () => {
      for (const site of await orchestration()) {
        const streamId = `at-once-${++streams}`;
        const name = nameOfSite(site);
        await stopAt(site, when, async () => {
          await local.streams.request(streamId);
          await local.clock.advance({ seconds: 1 });
          await local.streams.update(streamId, "READY");
          await local.clock.advance({ seconds: 1 });
        }).then((arn) => local.executions.redrive(arn));
        await local.clock.advance({ minutes: 41 });
        const { status } = await local.streams.latest(streamId);
        if (status === "READY") await local.streams.end(streamId);
        else expect(status, name).to.equal("FAILED");
        await local.clock.advance({ minutes: 1 });
        await expectNothingLeft(name);
      }
    });
  }

  it("is a teardown that stops no channel of another stream, wherever it was stopped", async () => {
    const end = async (streamId: string) => {
      await local.streams.makeReady(streamId);
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ seconds: 30 });
    };
    const sites = await callSites(local, [teardown], () => end("torn-down"));
    expect(sites.map(({ action }) => action)).to.include("StopChannel");
    for (const when of ["before", "after"] as const) {
      for (const site of sites) {
        const name = `${nameOfSite(site)}, ${when}`;
        const stopped = await stopAt(site, when, () => end(`torn-down-${++streams}`));
        // A teardown that died is replaced after an hour.
        await local.clock.advance({ minutes: 81 });
        await expectNothingLeft(name);
        await whileOthersPlay(() => local.executions.redrive(stopped), name);
        await local.clock.advance({ minutes: 1 });
        await expectNothingLeft(name);
      }
    }
  });
});

describe("a sweep that is redriven", () => {
  const local = useLocal({ config: { channelIds: channelId, stopUnowned: "true" } });

  it("stops no channel that a stream has taken meanwhile, wherever it was stopped", async () => {
    const sweepBusily = async () => {
      local.encoder.setState(channelId, "RUNNING");
      await local.streams.sweep();
      await local.clock.advance({ seconds: 1 });
    };
    const sites = await callSites(local, [sweep], sweepBusily);
    expect(sites.map(({ action }) => action)).to.include("StopChannel");
    let streams = 0;
    for (const when of ["before", "after"] as const) {
      for (const site of sites) {
        const name = `${nameOfSite(site)}, ${when}`;
        await local.clock.advance({ minutes: 11 });
        const remove = local.faults.meanwhile({ ...site, when }, async () => {
          for (const { arn, status } of local.executions.of(sweep)) {
            if (status === "RUNNING") await local.executions.stop(arn);
          }
        });
        await sweepBusily();
        remove();
        const stopped = local.executions.of(sweep).findLast(({ status }) => status === "ABORTED");
        local.encoder.setState(channelId, "IDLE");
        const streamId = `swept-${++streams}`;
        await local.streams.makeReady(streamId);
        await local.executions.redrive(String(stopped?.arn));
        await local.clock.advance({ minutes: 5 });
        expect(local.executions.get(String(stopped?.arn))?.status, name).to.not.equal("RUNNING");
        expect(await local.streams.latest(streamId), name).to.include({ status: "READY" });
        expect(local.encoder.get(channelId).state, name).to.equal("RUNNING");
        await local.streams.end(streamId);
        await local.clock.advance({ minutes: 11 });
        expect(await local.streams.leases(), name).to.deep.equal([]);
      }
    }
  });
});
