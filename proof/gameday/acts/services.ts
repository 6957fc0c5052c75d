import { insist } from "../../shared/insist";
import { begun, failed, ready } from "../endings";
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
      async play({ local, streamId }) {
        local.faults.fail({ ...startChannel, error: "throttle", times: 4 });
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "MediaLive throttled for good",
      done: "StartChannel was throttled each time",
      expected: failed,
      async play({ local, streamId }) {
        local.faults.fail({ ...startChannel, error: "throttle", times: Infinity });
        await local.streams.request(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "the answer of StartChannel lost",
      done: "StartChannel took effect, and its answer was lost; confirmed FAILED",
      expected: {
        ...failed,
        saw: "POST 202, PUT 200",
        told: `${begun}, FAILED by api, FAILED by orchestrator`,
      },
      async play({ local, streamId }) {
        local.faults.fail({ ...startChannel, when: "after" });
        await local.streams.provision(streamId);
        await local.streams.confirm(streamId, "FAILED");
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
        told: `${begun}, FAILED by api, FAILED by orchestrator`,
      },
      async play({ local, streamId }) {
        local.encoder.setState("1001", "RUNNING");
        await local.streams.provision(streamId);
        // Two changes in one millisecond are told apart by nothing, and the sweep would announce them again.
        await local.clock.advance({ seconds: 1 });
        await local.streams.confirm(streamId, "FAILED");
      },
    },
    {
      name: "EventBridge dropping an entry of the workflow",
      done: "PutEvents answered that StreamProvisionRequested had failed, twice",
      expected: ready,
      async play({ local, streamId }) {
        local.faults.loseEntries({ caller: "state-machine", times: 2 });
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "EventBridge dropping the confirmation's entry",
      done: "PutEvents answered three times that StreamLifecycleProgressed had failed; confirmed READY again",
      expected: { ...ready, saw: "POST 202, PUT 500, PUT 200" },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.loseEntries({ caller: "function", times: 3 });
        await insist(5, () => local.streams.update(streamId, "READY"));
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "DynamoDB throttled",
      done: "each Query of a function was throttled once",
      expected: ready,
      async play({ local, streamId }) {
        const query = { service: "DynamoDB", action: "Query", error: "throttle" } as const;
        for (const name of ["create-stream-workflow", "validate-provision-request", "resume-orchestration"]) {
          local.faults.fail({ ...query, caller: `streams-${name}` });
        }
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "CloudFront out of service",
      done: "UpdateDistribution failed with 503 each time it was to add the playback entry",
      expected: failed,
      async play({ local, streamId }) {
        const update = { service: "CloudFront", action: "UpdateDistribution" } as const;
        local.faults.fail({ ...update, times: Infinity });
        await local.streams.request(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
  ],
};
