import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { callSites, nameOfSite } from "./support/call-sites";

const pool = ["1001", "1002"];
const machine = "streams-StreamSweep";
const sweepFunction = "streams-sweep-streams";

for (const stopUnowned of ["true", "false"]) {
  describe(`a sweep that dies, with stopUnowned ${stopUnowned}`, () => {
    const local = useLocal({ config: { channelIds: pool.join(), stopUnowned } });
    let streams = 0;

    /** Starts a sweep while each channel runs for nobody, so that it has something to do with each. */
    async function sweepBusily(): Promise<string> {
      for (const id of pool) local.encoder.setState(id, "RUNNING");
      const sweep = await local.streams.sweep();
      await local.clock.advance({ seconds: 1 });
      return sweep;
    }

    /** Requests a stream half a minute later, which has to get a channel and keep it. @returns how long that took, in seconds. */
    async function expectChannel(what: string): Promise<number> {
      await local.clock.advance({ seconds: 30 });
      const streamId = `after-${++streams}`;
      await local.streams.request(streamId);
      const requestedAt = local.clock.now();
      await local.streams.untilWaiting(streamId);
      const seconds = (local.clock.now() - requestedAt) / 1000;
      await local.streams.confirm(streamId, "READY");
      await local.clock.advance({ minutes: 11 });
      const { status, channelId = "" } = await local.streams.latest(streamId);
      expect(status, what).to.equal("READY");
      expect(local.encoder.get(channelId).state, what).to.equal("RUNNING");
      await local.streams.end(streamId);
      for (const id of pool) local.encoder.setState(id, "IDLE");
      await local.clock.advance({ minutes: 11 });
      expect(await local.streams.leases(), what).to.deep.equal([]);
      return seconds;
    }

    /** Every call that such a sweep makes. */
    async function findSites(caller: string) {
      const sites = await callSites(local, [caller], sweepBusily);
      await local.clock.advance({ minutes: 11 });
      return sites;
    }

    for (const when of ["before", "after"] as const) {
      it(`keeps no stream from a channel, wherever it is stopped (${when} the call)`, async () => {
        const sites = await findSites(machine);
        const actions = new Set(sites.map(({ action }) => action));
        expect([...actions]).to.include.members(["Invoke", "DescribeChannel", "UpdateItem", "DeleteItem"]);
        for (const site of sites) {
          const remove = local.faults.meanwhile({ ...site, when }, () => stopSweeps());
          const sweep = await sweepBusily();
          remove();
          expect(local.executions.get(sweep)?.status, nameOfSite(site)).to.equal("ABORTED");
          // A lease that a dead sweep leaves counts for four minutes.
          const seconds = await expectChannel(nameOfSite(site));
          expect(seconds, nameOfSite(site)).to.be.at.most(215);
        }
      });

      // What the function does does not depend on the setting.
      if (stopUnowned === "false") continue;

      it(`keeps no stream from a channel, wherever its function is killed (${when} the call)`, async () => {
        const sites = await findSites(sweepFunction);
        expect(sites.map(({ action }) => action)).to.include.members(["Scan", "Query"]);
        for (const site of sites) {
          const { caller, ...at } = site;
          const remove = local.faults.kill({ function: caller, at, when });
          await sweepBusily();
          remove();
          expect(await expectChannel(nameOfSite(site)), nameOfSite(site)).to.equal(0);
        }
      });
    }

    async function stopSweeps(): Promise<void> {
      const running = local.executions.of(machine).filter(({ status }) => status === "RUNNING");
      for (const { arn } of running) await local.executions.stop(arn);
    }
  });
}

describe("a request while a sweep looks at the channels", () => {
  const local = useLocal({ config: { channelIds: pool.join(), stopUnowned: "true" } });

  for (const [service, action, nth] of [
    ["Lambda", "Invoke", 1],
    ["MediaLive", "DescribeChannel", 1],
    ["MediaLive", "DescribeChannel", 2],
    ["DynamoDB", "UpdateItem", 1],
    ["MediaLive", "DescribeChannel", 3],
    ["MediaLive", "StopChannel", 1],
    ["DynamoDB", "DeleteItem", 1],
  ] as const) {
    for (const when of ["before", "after"] as const) {
      it(`gets a channel and keeps it, ${when} call ${nth} of ${action}`, async () => {
        const streamId = `${action}-${nth}-${when}`.toLowerCase();
        // One channel runs for nobody, and a stream that takes the other starts it while the sweep runs.
        local.encoder.setState("1001", "RUNNING");
        const site = { service, action, nth, when, caller: machine };
        let requested = 0;
        const remove = local.faults.meanwhile(site, () => {
          requested += 1;
          return local.streams.request(streamId);
        });
        await local.streams.sweep();
        await local.clock.advance({ seconds: 1 });
        remove();
        expect(requested).to.equal(1);
        await local.streams.untilWaiting(streamId);
        await local.streams.confirm(streamId, "READY");
        await local.clock.advance({ minutes: 11 });
        const { status, channelId = "" } = await local.streams.latest(streamId);
        expect(status).to.equal("READY");
        expect(local.encoder.get(channelId).state).to.equal("RUNNING");
        await local.streams.end(streamId);
        for (const id of pool) local.encoder.setState(id, "IDLE");
        await local.clock.advance({ minutes: 11 });
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }
  }
});
