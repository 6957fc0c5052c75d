import type { Expectation } from "../ending";
import { begun, completed, failed, inUse, ready } from "../endings";
import type { Act } from "../situation";

const update = { service: "CloudFront", action: "UpdateDistribution" } as const;

const tenChannels = Array.from({ length: 10 }, (_, index) => String(1001 + index)).join(",");

const bothReady: Expectation = {
  ...ready,
  saw: "POST 202, POST 202, PUT 200, PUT 200",
  ended: "READY (execution SUCCEEDED); READY (execution SUCCEEDED)",
  left: "2 channels running, 2 playback entries, 2 origins, 2 leases, 2 schedules",
  told: `${begun}, ${begun}, READY by api, READY by orchestrator, READY by api, READY by orchestrator`,
};

/** Requests that meet each other. */
export const requests: Act = {
  title: "Requests that meet",
  situations: () => [
    {
      name: "duplicate POST",
      done: "requested three times, twice at once, and again once it was ready",
      expected: { ...ready, saw: "POST 202, POST 202, POST 202, PUT 200, POST 202" },
      async play({ local, streamId }) {
        const start = { service: "StepFunctions", action: "StartExecution" } as const;
        local.faults.meanwhile(start, () => local.streams.request(streamId));
        await local.streams.provision(streamId);
        await local.streams.request(streamId);
        await local.streams.confirm(streamId, "READY");
        await local.streams.request(streamId);
      },
    },
    {
      name: "conflicting POST",
      done: "requested with another title before the first request was persisted, while it waited, and when it was ready",
      expected: { ...ready, saw: "POST 409, POST 202, POST 409, PUT 200, POST 409" },
      async play({ local, streamId }) {
        const other = { title: "Autumn launch" };
        const start = { service: "StepFunctions", action: "StartExecution", when: "after" } as const;
        local.faults.meanwhile(start, () => local.streams.request(streamId, other));
        await local.streams.provision(streamId);
        await local.streams.request(streamId, other);
        await local.streams.confirm(streamId, "READY");
        await local.streams.request(streamId, other);
      },
    },
    {
      name: "requested again after it FAILED",
      done: "confirmed FAILED, requested again, confirmed READY",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, POST 202, PUT 200",
        ended: "FAILED (execution FAILED), then READY (execution SUCCEEDED)",
        told: `${begun}, FAILED by api, FAILED by orchestrator, ${begun}, READY by api, READY by orchestrator`,
        onCall: 1,
      },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        await local.streams.confirm(streamId, "FAILED");
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "two streams on one distribution",
      done: "another one was requested while the first one had its turn at the distribution",
      expected: bothReady,
      async play(stage) {
        const { local, streamId } = stage;
        const other = stage.another();
        local.faults.meanwhile(update, () => local.streams.request(other));
        await local.streams.provision(streamId);
        await local.streams.untilWaiting(other);
        for (const one of [streamId, other]) await local.streams.confirm(one, "READY");
      },
    },
    {
      name: "somebody else's change of the distribution",
      done: "somebody changed the distribution between the read and the update (412)",
      expected: ready,
      async play({ local, streamId }) {
        local.faults.meanwhile(update, async () => {
          const [distribution] = await local.playback.all();
          const { id = "", config } = distribution ?? {};
          local.playback.setConfig(id, { ...config, Comment: "Not by a stream." });
        });
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
      },
    },
    {
      name: "ten streams at once",
      done: "requested at once, confirmed READY at once, and COMPLETE at once",
      config: { channelIds: tenChannels },
      expected: {
        ...completed,
        saw: "10 × POST 202, 20 × PUT 200",
        ended: "10 × COMPLETE (execution SUCCEEDED, teardown DONE)",
        told: "10 × requested, 10 × PROVISIONING by orchestrator, 10 × READY by api, 10 × READY by orchestrator, 10 × COMPLETE by api",
      },
      async play(stage) {
        const { local, streamId } = stage;
        const streamIds = [streamId, ...Array.from({ length: 9 }, () => stage.another())];
        await Promise.all(streamIds.map((one) => local.streams.request(one)));
        for (const streamId of streamIds) await local.streams.untilWaiting(streamId);
        await local.clock.advance({ seconds: 5 });
        await Promise.all(streamIds.map((one) => local.streams.update(one, "READY")));
        for (const streamId of streamIds) await local.executions.advanceUntil(streamId);
        await local.clock.advance({ minutes: 5 });
        await Promise.all(streamIds.map((one) => local.streams.update(one, "COMPLETE")));
      },
    },
    {
      name: "a distribution that is full",
      done: "requested while two other streams had all behaviours that the distribution may have",
      config: { cacheBehaviorQuota: "2" },
      expected: {
        ...ready,
        saw: "POST 202, POST 202, PUT 200, PUT 200, POST 202",
        ended: "READY (execution SUCCEEDED); READY (execution SUCCEEDED); FAILED (execution FAILED)",
        left: bothReady.left,
        told: "3 × requested, 3 × PROVISIONING by orchestrator, 2 × READY by api, 2 × READY by orchestrator, 1 × FAILED by orchestrator",
        onCall: failed.onCall,
      },
      async play(stage) {
        const { local, streamId } = stage;
        const ready = [streamId, stage.another()];
        for (const streamId of ready) await local.streams.provision(streamId);
        for (const streamId of ready) {
          await local.streams.confirm(streamId, "READY");
        }
        const third = stage.another();
        local.faults.slow({ service: "CloudFront", action: "GetDistributionConfig" });
        await local.streams.request(third);
        await local.executions.advanceUntil(third);
      },
    },
    {
      name: "no channel free",
      done: "requested while another stream had the only channel",
      config: { channelIds: "1001" },
      expected: {
        saw: "POST 202, PUT 200, POST 202",
        ended: "READY (execution SUCCEEDED); FAILED (execution FAILED)",
        left: inUse,
        told: `${String(ready.told)}, FAILED by orchestrator`,
        onCall: failed.onCall,
        alarms: "none",
      },
      async play(stage) {
        const { local, streamId } = stage;
        await local.streams.makeReady(streamId);
        const other = stage.another();
        await local.streams.request(other);
        await local.executions.advanceUntil(other);
      },
    },
    {
      name: "the only channel, free in a moment",
      done: "requested in the moment in which the stream that had the only channel was COMPLETE",
      config: { channelIds: "1001" },
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, PUT 200, POST 202, PUT 200",
        ended: "COMPLETE (execution SUCCEEDED, teardown DONE); READY (execution SUCCEEDED)",
        told: `${String(completed.told)}, ${String(ready.told)}`,
      },
      async play(stage) {
        const { local, streamId } = stage;
        const other = stage.another();
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.clock.advance({ minutes: 5 });
        // The teardown waits for the request: it has given nothing back then.
        const stop = { service: "MediaLive", action: "StopChannel" } as const;
        local.faults.meanwhile(stop, () => local.streams.request(other));
        await local.streams.update(streamId, "COMPLETE");
        await local.streams.untilWaiting(other);
        await local.clock.advance({ seconds: 5 });
        await local.streams.confirm(other, "READY");
      },
    },
  ],
};
