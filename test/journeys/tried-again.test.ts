import { expect } from "chai";
import type { CallSite } from "../../local/faults/faults";
import type { Local, LocalExecution } from "../../testing";
import { useLocal } from "../support/use-local";
import { has } from "./support/has";
import { tasks } from "./support/tasks";

const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

/** Every call that a state machine makes. */
const calls = [
  ["CloudFront", ["GetDistributionConfig", "UpdateDistribution"]],
  ["DynamoDB", ["DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"]],
  ["EventBridge", ["PutEvents"]],
  ["Lambda", ["Invoke"]],
  ["MediaLive", ["DescribeChannel", "DescribeInput", "StartChannel", "StopChannel", "UpdateInput"]],
  ["SNS", ["Publish"]],
  ["Scheduler", ["CreateSchedule", "DeleteSchedule"]],
  ["StepFunctions", ["DescribeExecution", "StartExecution"]],
] as const satisfies readonly (readonly [CallSite["service"], readonly string[]])[];

/** @returns the states that made their call again after it had failed. */
function triedAgain({ history = [] }: LocalExecution): string[] {
  const found: string[] = [];
  let state = "";
  for (const [index, event] of history.entries()) {
    if (event.type === "TaskStateEntered") {
      state = String((event.stateEnteredEventDetails as { name?: string } | undefined)?.name);
    }
    const isFailure = /^Task(?:Submit)?Failed$|^LambdaFunctionFailed$/.test(event.type);
    if (isFailure && history[index + 1]?.type === "TaskScheduled") found.push(state);
  }
  return found;
}

/** Throttles each call of the state machines the first time: a state that tries again makes the same call. */
function throttle(local: Local): void {
  for (const machine of Object.keys(tasks)) {
    for (const [service, actions] of calls) {
      for (const action of actions) {
        const counts = new Map<string, number>();
        const matches = (input: object) => {
          // A task token is another one each time.
          const text = JSON.stringify(input, (name, value) => (name === ":token" ? null : value));
          const count = counts.get(text) ?? 0;
          counts.set(text, count + 1);
          return count % 2 === 0;
        };
        const site = { service, action, caller: `streams-${machine}`, matches, times: Infinity } as const;
        local.faults.fail({ ...site, error: "throttle" });
      }
    }
  }
}

describe("a Task whose call is throttled each first time", () => {
  const seen = new Map<string, Set<string>>(Object.keys(tasks).map((machine) => [machine, new Set()]));

  /** Notes what was tried again. */
  function note(local: Local): void {
    for (const [machine, states] of seen) {
      for (const state of local.executions.of(`streams-${machine}`).flatMap(triedAgain)) states.add(state);
    }
  }

  describe("of streams that come one by one", () => {
    const local = useLocal({
      config: {
        ...{ channelIds: channelId, leadTimeMinutes: "30", maxLiveHours: "2", graceMinutes: "10" },
        ...{ stopUnowned: "true", cacheBehaviorQuota: "1" },
      },
    });

    it("all end as without a fault", async () => {
      throttle(local);
      const startTime = new Date(local.clock.now() + 3_600_000).toISOString();
      await local.streams.request("unconfirmed", { startTime });
      await local.clock.advance({ hours: 1, minutes: 30 });
      // It got neither READY nor FAILED. The next one loses its entry, and nobody ends it; one more has no place meanwhile.
      await local.streams.makeReady("overdue");
      await local.clock.advance({ minutes: 5 });
      local.playback.setConfig(distributionId, {});
      await local.clock.advance({ hours: 2, minutes: 10 });
      await local.streams.makeReady("ended");
      await local.streams.update("ended", "COMPLETE");
      await local.clock.advance({ minutes: 20 });
      const { config } = await local.playback.get(distributionId);
      const behavior = config.DefaultCacheBehavior as object;
      const Items = [{ ...behavior, PathPattern: "/others/*" }];
      local.playback.setConfig(distributionId, { ...config, CacheBehaviors: { Quantity: 1, Items } });
      await local.streams.request("no-place");
      local.encoder.setState(channelId, "RUNNING");
      await local.clock.advance({ minutes: 20 });
      expect(await local.streams.leases()).to.deep.equal([]);
      note(local);
    });
  });

  describe("of streams that come at once, or meet another trouble", () => {
    const channelIds = ["1001", "1002", "1003"];
    const local = useLocal({ config: { channelIds: channelIds.join(), maxLiveHours: "0" } });
    const refused = { code: "InvalidArgument", message: "It is refused.", statusCode: 400 };
    const update = { service: "CloudFront", action: "UpdateDistribution" } as const;

    beforeEach(() => {
      throttle(local);
    });
    afterEach(async () => {
      note(local);
      local.faults.clear();
      for (const { streamId, status } of await local.streams.all()) {
        if (status === "READY" || status === "PROVISIONING") await local.streams.update(streamId, "FAILED");
      }
      await local.clock.advance({ hours: 1 });
      for (const id of channelIds) local.encoder.setState(id, "IDLE");
      expect(await local.streams.played()).to.deep.equal([]);
      expect(await local.streams.leases()).to.deep.equal([]);
    });

    /** Has the streams wait for the lock, so that one update is made for them. */
    const takeLock = () =>
      local.runtime.services.DynamoDB.call("PutItem", {
        TableName: local.streams.program.leaseTableName,
        Item: {
          channelId: { S: `distribution/${distributionId}` },
          leasedBy: { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" },
          expiresAt: { N: String(Math.floor(local.clock.now() / 1000) + 20) },
        },
      });

    /** Refuses the first update that is made for several of the streams: by how many are in the distribution then. */
    const refuse = (streamIds: readonly string[], isOfSeveral: (count: number) => boolean) => {
      const matches = (input: object) => {
        const text = JSON.stringify(input);
        return isOfSeveral(streamIds.filter((streamId) => text.includes(`/${streamId}/*`)).length);
      };
      return local.faults.fail({ ...update, error: refused, matches, times: 1 });
    };

    for (const [end, isRefused] of [
      ["FAILED", false],
      ["FAILED", true],
      ["COMPLETE", false],
      ["COMPLETE", true],
    ] as const) {
      it(`all come and go: ${end}, ${isRefused ? "their first update refused" : "by one update"}`, async () => {
        const streamIds = ["a", "b", "c"].map((name) => `${end}-${isRefused}-${name}`.toLowerCase());
        const comes = isRefused ? refuse(streamIds, (count) => count > 1) : () => {};
        await takeLock();
        await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
        for (const streamId of streamIds) await local.streams.untilWaiting(streamId);
        comes();
        expect(await local.streams.played()).to.have.members(streamIds);
        await local.clock.advance({ minutes: 1 });
        if (end === "COMPLETE")
          for (const streamId of streamIds) await local.streams.confirm(streamId, "READY");
        const goes = isRefused ? refuse(streamIds, (count) => count < streamIds.length - 1) : () => {};
        await takeLock();
        await Promise.all(streamIds.map((streamId) => local.streams.update(streamId, end)));
        await local.clock.advance({ minutes: 5 });
        goes();
        expect(await local.streams.played()).to.deep.equal([]);
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }

    it("a channel is up, another's start comes late, and an entry too", async () => {
      const start = { service: "MediaLive", action: "StartChannel" } as const;
      local.faults.meanwhile(start, async () => {
        for (const id of channelIds) local.encoder.setState(id, "RUNNING");
      });
      await local.streams.provision("conflict");
      await local.streams.confirm("conflict", "FAILED");
      await local.clock.advance({ minutes: 20 });
      for (const id of channelIds) local.encoder.setState(id, "IDLE");

      const failed = local.faults.fail({ ...update, error: refused });
      await local.streams.request("no-entry");
      await local.executions.advanceUntil("no-entry");
      failed();

      const { channelId: late = "" } = await local.streams.provision("late-start");
      local.encoder.setState(late, "IDLE");
      await local.streams.confirm("late-start", "FAILED");
      local.encoder.setState(late, "RUNNING");
      await local.streams.sweep();
      await local.clock.advance({ minutes: 2 });

      const { channelId: other = "" } = await local.streams.makeReady("late-entry");
      const { config } = await local.playback.get(distributionId);
      local.playback.setConfig(distributionId, {});
      local.encoder.setState(other, "IDLE");
      await local.streams.end("late-entry");
      local.playback.setConfig(distributionId, config);
      await local.streams.sweep();
      await local.clock.advance({ minutes: 40 });
    });

    it("a channel stops, which only a sweep finds", async () => {
      const { channelId: stopped = "" } = await local.streams.makeReady("channel-down");
      local.faults.refuse({ detailType: "MediaLive Channel State Change", forGood: true, times: Infinity });
      local.encoder.setState(stopped, "IDLE");
      await local.clock.advance({ minutes: 2 });
      await local.streams.sweep();
      await local.clock.advance({ minutes: 5 });
      expect(await local.streams.latest("channel-down")).to.include({ status: "FAILED" });
    });

    it("a confirmation comes in the moment of the timeout, and a channel cannot be stopped", async () => {
      await local.streams.provision("last-moment");
      const matches = has(":failed");
      let isConfirmed = false;
      const close = { service: "DynamoDB", action: "UpdateItem", caller: orchestrator, matches } as const;
      local.faults.meanwhile(close, async () => {
        isConfirmed = (await local.streams.update("last-moment", "READY")).status === 200;
      });
      await local.executions.advanceUntil("last-moment");
      expect(isConfirmed).to.equal(true);
      const stop = { service: "MediaLive", action: "StopChannel", caller: teardown } as const;
      const stopped = local.faults.fail({
        ...stop,
        error: { ...refused, code: "ForbiddenException" },
        times: Infinity,
      });
      await local.streams.update("last-moment", "COMPLETE");
      await local.clock.advance({ minutes: 1 });
      expect((await local.streams.latest("last-moment")).teardown).to.include({ status: "INCOMPLETE" });
      stopped();
    });
  });

  describe("of a stream whose channel fetches its content", () => {
    const local = useLocal({ config: { channelIds: channelId, channelInputs: "RTMP_PULL:71" } });

    it("ends as without a fault", async () => {
      throttle(local);
      const url = "rtmp://ingest.example.com/live/key";
      await local.streams.makeReady("fed", { ingestEndpoints: [{ protocol: "rtmp", url }] });
      expect(local.encoder.input("71").sources).to.deep.equal([{ Url: url }]);
      await local.streams.end("fed");
      note(local);
    });
  });

  // A block's own tests would run before those of its blocks.
  describe("at one time or another", () => {
    for (const [machine, all] of Object.entries(tasks)) {
      for (const { name: state } of all) {
        it(`is tried again: ${state} of ${machine}`, () => {
          expect(seen.get(machine)).to.include(state);
        });
      }
    }
  });
});
