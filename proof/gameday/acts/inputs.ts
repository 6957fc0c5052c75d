import { begun, completed, failed, ready } from "../endings";
import type { Act, Situation } from "../situation";
import type { Stage } from "../stage";

/** Channel 1001 fetches RTMP, and others push RTMP to 1002. */
const config = { channelIds: "1001,1002", channelInputs: "RTMP_PULL:71,RTMP_PUSH:72" };
const updateInput = { service: "MediaLive", action: "UpdateInput" } as const;
const changes = (channelId: string, key = "key") => ({
  channelId,
  ingestEndpoints: [{ protocol: "rtmp" as const, url: `rtmp://ingest.example.com/live/${key}` }],
});

async function requestAndEnd({ local, streamId }: Stage, channelId = "1001"): Promise<void> {
  await local.streams.request(streamId, changes(channelId));
  await local.executions.advanceUntil(streamId);
}

/** Fails where a channel has other sources than it is to have. */
function expectSources({ local }: Stage, key: string): void {
  const [source] = local.encoder.input("71").sources;
  if (source?.Url === changes("1001", key).ingestEndpoints[0]?.url) return;
  throw new Error(`Input 71 must have the source of '${key}', and has ${JSON.stringify(source)}.`);
}

/** Before the channel of a stream is started, nothing was told of it but the request. */
const unfed = { ...failed, told: "requested, FAILED by orchestrator" };

const situations: readonly Omit<Situation, "config">[] = [
  {
    name: "an input that is set",
    done: "a channel that fetches RTMP, for two streams in turn",
    expected: {
      ...completed,
      saw: "POST 202, PUT 200, PUT 200, POST 202, PUT 200, PUT 200",
      ended: `${completed.ended as string}; ${completed.ended as string}`,
      told: "2 × requested, 2 × PROVISIONING by orchestrator, 2 × READY by api, 2 × READY by orchestrator, 2 × COMPLETE by api",
    },
    async play(stage) {
      for (const streamId of [stage.streamId, stage.another()]) {
        await stage.local.streams.makeReady(streamId, changes("1001", streamId));
        expectSources(stage, streamId);
        await stage.local.streams.end(streamId);
      }
    },
  },
  {
    name: "UpdateInput throttled",
    done: "UpdateInput was throttled four times",
    expected: ready,
    async play(stage) {
      stage.local.faults.fail({ ...updateInput, error: "throttle", times: 4 });
      await stage.local.streams.makeReady(stage.streamId, changes("1001", "throttled"));
      expectSources(stage, "throttled");
    },
  },
  {
    name: "UpdateInput throttled for good",
    done: "UpdateInput was throttled each time",
    expected: unfed,
    async play(stage) {
      stage.local.faults.fail({ ...updateInput, error: "throttle", times: Infinity });
      await requestAndEnd(stage);
    },
  },
  {
    name: "the answer of UpdateInput lost",
    done: "UpdateInput took effect, and its answer was lost; confirmed FAILED",
    expected: {
      ...failed,
      saw: "POST 202, PUT 200",
      told: `${begun}, FAILED by api, FAILED by orchestrator`,
    },
    async play(stage) {
      stage.local.faults.fail({ ...updateInput, when: "after" });
      await stage.local.streams.provision(stage.streamId, changes("1001", "lost"));
      expectSources(stage, "lost");
      await stage.local.streams.confirm(stage.streamId, "FAILED");
    },
  },
  {
    name: "UpdateInput refused",
    done: "MediaLive refused the source",
    expected: unfed,
    async play(stage) {
      const error = { code: "BadRequestException", message: "Invalid URL specified for inputSource" };
      stage.local.faults.fail({ ...updateInput, error, times: Infinity });
      await requestAndEnd(stage);
    },
  },
  {
    name: "an input that was detached",
    done: "the input was attached to another channel than the deployment says",
    expected: unfed,
    async play(stage) {
      stage.local.encoder.attachInput("72", "1001");
      await requestAndEnd(stage, "1002");
      stage.local.encoder.attachInput("72", "1002");
    },
  },
  {
    name: "stopped while it sets an input",
    done: "its execution was stopped while UpdateInput was under way",
    expected: {
      ...failed,
      ended: "FAILED (execution ABORTED, teardown DONE)",
      told: "requested, FAILED by orchestrator",
    },
    async play({ local, streamId }) {
      local.faults.meanwhile({ ...updateInput, when: "before" }, () => local.executions.stop(streamId));
      await local.streams.request(streamId, changes("1001"));
      await local.executions.waitFor(streamId);
    },
  },
  {
    name: "protocols that no channel takes",
    done: "requested with an endpoint of RTMPS",
    expected: { ...unfed, told: "FAILED by orchestrator" },
    async play({ local, streamId }) {
      await local.streams.request(streamId);
      await local.executions.advanceUntil(streamId);
    },
  },
];

/** Channels whose inputs the workflow sets and reads. */
export const inputs: Act = {
  title: "Inputs",
  situations: () => situations.map((situation) => ({ ...situation, config })),
};
