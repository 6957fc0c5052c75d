import { failed, inUse, ready } from "../endings";
import type { Act } from "../situation";

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
      name: "two workflows on one distribution",
      done: "another stream changed the distribution between the read and the update (412)",
      expected: {
        saw: "POST 202, POST 202, PUT 200, PUT 200",
        ended: "READY (execution SUCCEEDED); READY (execution SUCCEEDED)",
        left: "2 channels running, 2 playback entries, 2 origins, 2 leases",
        told: "requested, requested, READY by api, READY by orchestrator, READY by api, READY by orchestrator",
        onCall: 0,
      },
      async play(stage) {
        const other = stage.another();
        const update = { service: "CloudFront", action: "UpdateDistribution" } as const;
        stage.local.faults.meanwhile(update, async () => {
          await stage.post({ streamId: other });
          await stage.untilWaiting(other);
        });
        await stage.provision();
        for (const streamId of [stage.streamId, other]) {
          await stage.put("READY", streamId);
          await stage.untilEnded(streamId);
        }
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
  ],
};
