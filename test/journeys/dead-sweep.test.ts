import { expect } from "chai";
import { useLocal } from "../support/use-local";

const pool = ["1001", "1002"];
const machine = "streams-StreamSweep";
const sweepFunction = "streams-sweep-streams";

// The matrix stops a sweep, and requests a stream, at every call: proof/matrix/journeys/redrives.ts.
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
    async function expectChannel(): Promise<number> {
      await local.clock.advance({ seconds: 30 });
      const streamId = `after-${++streams}`;
      await local.streams.request(streamId);
      const requestedAt = local.clock.now();
      await local.streams.untilWaiting(streamId);
      const seconds = (local.clock.now() - requestedAt) / 1000;
      await local.streams.confirm(streamId, "READY");
      await local.clock.advance({ minutes: 11 });
      const { status, channelId = "" } = await local.streams.latest(streamId);
      expect(status).to.equal("READY");
      expect(local.encoder.get(channelId).state).to.equal("RUNNING");
      await local.streams.end(streamId);
      for (const id of pool) local.encoder.setState(id, "IDLE");
      await local.clock.advance({ minutes: 11 });
      expect(await local.streams.leases()).to.deep.equal([]);
      return seconds;
    }

    for (const when of ["before", "after"] as const) {
      it(`keeps no stream from a channel, stopped ${when} it leases one`, async () => {
        const site = { service: "DynamoDB", action: "UpdateItem", caller: machine, when } as const;
        const remove = local.faults.meanwhile(site, () => stopSweeps());
        const sweep = await sweepBusily();
        remove();
        expect(local.executions.get(sweep)?.status).to.equal("ABORTED");
        // A lease that a dead sweep leaves counts for four minutes.
        expect(await expectChannel()).to.be.at.most(215);
      });
    }

    // What the function does does not depend on the setting.
    if (stopUnowned === "true") {
      it("keeps no stream from a channel, its function killed after it has read the leases", async () => {
        const at = { service: "DynamoDB", action: "Scan" } as const;
        const remove = local.faults.kill({ function: sweepFunction, at, when: "after" });
        await sweepBusily();
        remove();
        expect(await expectChannel()).to.equal(0);
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

  for (const when of ["before", "after"] as const) {
    it(`gets a channel and keeps it, ${when} a channel is stopped`, async () => {
      const streamId = `requested-${when}`;
      // One channel runs for nobody, and a stream that takes the other starts it while the sweep runs.
      local.encoder.setState("1001", "RUNNING");
      const site = { service: "MediaLive", action: "StopChannel", when, caller: machine } as const;
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
});
