import { failed, ready } from "../endings";
import type { Act } from "../situation";

const startChannel = { service: "MediaLive", action: "StartChannel" } as const;

/** AWS's services on a bad day. */
export const services: Act = {
  title: "AWS on a bad day",
  situations: () => [
    {
      name: "MediaLive throttled",
      done: "StartChannel was throttled four times",
      expected: ready,
      async play(stage) {
        stage.local.faults.fail({ ...startChannel, error: "throttle", times: 4 });
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "MediaLive throttled for good",
      done: "StartChannel was throttled each time",
      expected: failed,
      async play(stage) {
        stage.local.faults.fail({ ...startChannel, error: "throttle", times: Infinity });
        await stage.post();
        await stage.untilEnded();
      },
    },
    {
      name: "the answer of StartChannel lost",
      done: "StartChannel took effect, and its answer was lost; confirmed FAILED",
      expected: {
        ...failed,
        saw: "POST 202, PUT 200",
        told: "requested, FAILED by api, FAILED by orchestrator",
      },
      async play(stage) {
        stage.local.faults.fail({ ...startChannel, when: "after" });
        await stage.provision();
        await stage.put("FAILED");
        await stage.untilEnded();
      },
    },
    {
      name: "channel already running",
      done: "the only channel ran before the stream was requested; confirmed FAILED",
      config: { channelIds: "1001" },
      expected: {
        ...failed,
        saw: "POST 202, PUT 200",
        // It is not this stream's to stop.
        left: "channel running",
        told: "requested, FAILED by api, FAILED by orchestrator",
      },
      async play(stage) {
        stage.local.encoder.setState("1001", "RUNNING");
        await stage.provision();
        await stage.put("FAILED");
        await stage.untilEnded();
      },
    },
    {
      name: "EventBridge dropping an entry of the workflow",
      done: "PutEvents answered that StreamProvisionRequested had failed, twice",
      expected: ready,
      async play(stage) {
        stage.local.faults.loseEntries({ caller: "state-machine", times: 2 });
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "EventBridge dropping the confirmation's entry",
      done: "PutEvents answered three times that StreamLifecycleProgressed had failed; confirmed READY again",
      expected: { ...ready, saw: "POST 202, PUT 500, PUT 200" },
      async play(stage) {
        await stage.provision();
        stage.local.faults.loseEntries({ caller: "function", times: 3 });
        await stage.insist(() => stage.put("READY"));
        await stage.untilEnded();
      },
    },
    {
      name: "DynamoDB throttled",
      done: "each Query of a function was throttled once",
      expected: ready,
      async play(stage) {
        const query = { service: "DynamoDB", action: "Query", error: "throttle" } as const;
        for (const name of ["create-stream-workflow", "validate-provision-request", "resume-orchestration"]) {
          stage.local.faults.fail({ ...query, caller: `streams-${name}` });
        }
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "CloudFront out of service",
      done: "UpdateDistribution failed with 503 each time it was to add the playback entry",
      expected: failed,
      async play(stage) {
        const update = { service: "CloudFront", action: "UpdateDistribution" } as const;
        stage.local.faults.fail({ ...update, times: Infinity });
        await stage.post();
        await stage.untilEnded();
      },
    },
  ],
};
