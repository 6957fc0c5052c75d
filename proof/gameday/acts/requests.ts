import { completed, failed, inUse, ready } from "../endings";
import type { Act, Expectation } from "../situation";
import { distributionId } from "../snapshot";

const update = { service: "CloudFront", action: "UpdateDistribution" } as const;

const tenChannels = Array.from({ length: 10 }, (_, index) => String(1001 + index)).join(",");

const bothReady: Expectation = {
  ...ready,
  saw: "POST 202, POST 202, PUT 200, PUT 200",
  ended: "READY (execution SUCCEEDED); READY (execution SUCCEEDED)",
  left: "2 channels running, 2 playback entries, 2 origins, 2 leases, 2 schedules",
  told: "requested, requested, READY by api, READY by orchestrator, READY by api, READY by orchestrator",
};

/** Requests that meet each other. */
export const requests: Act = {
  title: "Requests that meet",
  situations: () => [
    {
      name: "duplicate POST",
      done: "requested three times, twice at once, and again once it was ready",
      expected: { ...ready, saw: "POST 202, POST 202, POST 202, PUT 200, POST 202" },
      async play(stage) {
        const start = { service: "StepFunctions", action: "StartExecution" } as const;
        stage.local.faults.meanwhile(start, () => stage.post());
        await stage.provision();
        await stage.post();
        await stage.put("READY");
        await stage.untilEnded();
        await stage.post();
      },
    },
    {
      name: "conflicting POST",
      done: "requested with another title before the first request was persisted, while it waited, and when it was ready",
      expected: { ...ready, saw: "POST 409, POST 202, POST 409, PUT 200, POST 409" },
      async play(stage) {
        const other = { title: "Autumn launch" };
        const start = { service: "StepFunctions", action: "StartExecution", when: "after" } as const;
        stage.local.faults.meanwhile(start, () => stage.post(other));
        await stage.provision();
        await stage.post(other);
        await stage.put("READY");
        await stage.untilEnded();
        await stage.post(other);
      },
    },
    {
      name: "requested again after it FAILED",
      done: "confirmed FAILED, requested again, confirmed READY",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, POST 202, PUT 200",
        ended: "FAILED (execution FAILED), then READY (execution SUCCEEDED)",
        told: "requested, FAILED by api, FAILED by orchestrator, requested, READY by api, READY by orchestrator",
        onCall: 1,
      },
      async play(stage) {
        await stage.provision();
        await stage.put("FAILED");
        await stage.untilEnded();
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "two streams on one distribution",
      done: "another one was requested while the first one had its turn at the distribution",
      expected: bothReady,
      async play(stage) {
        const other = stage.another();
        stage.local.faults.meanwhile(update, () => stage.post({ streamId: other }));
        await stage.provision();
        await stage.untilWaiting(other);
        for (const streamId of [stage.streamId, other]) {
          await stage.put("READY", streamId);
          await stage.untilEnded(streamId);
        }
      },
    },
    {
      name: "somebody else's change of the distribution",
      done: "somebody changed the distribution between the read and the update (412)",
      expected: ready,
      async play(stage) {
        const { playback, runtime } = stage.local;
        const id = distributionId(runtime.graph);
        stage.local.faults.meanwhile(update, async () => {
          const { config } = await playback.get(id);
          playback.setConfig(id, { ...config, Comment: "Not by a stream." });
        });
        await stage.makeReady();
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
        told: "10 × requested, 10 × READY by api, 10 × READY by orchestrator, 10 × COMPLETE by api",
      },
      async play(stage) {
        const streamIds = [stage.streamId, ...Array.from({ length: 9 }, () => stage.another())];
        await stage.postAll(streamIds);
        for (const streamId of streamIds) await stage.untilWaiting(streamId);
        await stage.local.clock.advance({ seconds: 5 });
        await stage.putAll("READY", streamIds);
        for (const streamId of streamIds) await stage.untilEnded(streamId);
        await stage.local.clock.advance({ minutes: 5 });
        await stage.putAll("COMPLETE", streamIds);
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
        told: `${String(bothReady.told)}, requested, FAILED by orchestrator`,
        onCall: failed.onCall,
      },
      async play(stage) {
        const ready = [stage.streamId, stage.another()];
        for (const streamId of ready) await stage.provision({ streamId });
        for (const streamId of ready) {
          await stage.put("READY", streamId);
          await stage.untilEnded(streamId);
        }
        const third = stage.another();
        stage.slowDown("CloudFront", "GetDistributionConfig");
        await stage.post({ streamId: third });
        await stage.untilEnded(third);
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
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
        const other = stage.another();
        await stage.post({ streamId: other });
        await stage.untilEnded(other);
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
        const other = stage.another();
        await stage.makeReady();
        await stage.local.clock.advance({ minutes: 5 });
        // The teardown waits for the request: it has given nothing back then.
        const stop = { service: "MediaLive", action: "StopChannel" } as const;
        stage.local.faults.meanwhile(stop, () => stage.post({ streamId: other }));
        await stage.put("COMPLETE");
        await stage.untilWaiting(other);
        await stage.local.clock.advance({ seconds: 5 });
        await stage.put("READY", other);
        await stage.untilEnded(other);
      },
    },
  ],
};
