import type { Local } from "../../../testing";
import { untilSwept } from "../../shared/sweeps";
import type { Expectation } from "../ending";
import { inUse, ready, recovered } from "../endings";
import type { Act } from "../situation";
import type { Stage } from "../stage";

/** What nobody is told of, and a sweep finds. */
export const sweeps: Act = {
  title: "What a sweep finds",
  situations: () => [
    {
      name: "a status that was stored and not announced",
      done: "update-stream-status was killed before it announced READY, and nobody asked again; announced by the next sweep",
      expected: { ...ready, saw: "POST 202, PUT 500", ended: "READY (execution SUCCEEDED after 10 min)" },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.kill({
          function: "streams-update-stream-status",
          at: { service: "EventBridge", action: "PutEvents" },
        });
        await local.streams.update(streamId, "READY");
        await untilSwept(local);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "a channel that runs for nobody",
      done: "somebody started a channel of the pool; reported, and left running",
      expected: { ...nobody, left: "channel running, alarm on", alarms: "StreamSweep-ExecutionsFailed" },
      async play({ local }) {
        local.encoder.setState("1002", "RUNNING");
        await untilSwept(local);
      },
    },
    {
      name: "a channel that runs for nobody, with stopUnowned",
      done: "somebody started a channel of the pool; reported, and stopped",
      config: { stopUnowned: "true" },
      expected: { ...nobody, alarms: "StreamSweep-ExecutionsFailed" },
      async play({ local }) {
        local.encoder.setState("1002", "RUNNING");
        await untilSwept(local);
        await untilAlarmIsOff(local);
      },
    },
    {
      name: "a playback entry that another program removed",
      done: "a deployment of the distribution's stack removed the entry of a LIVE stream three times; restored by each sweep, with one alarm",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, PUT 200",
        ended: "LIVE (execution SUCCEEDED)",
        told: `${String(ready.told)}, LIVE by api`,
        alarms: "StreamSweep-ExecutionsFailed",
      },
      async play({ local, streamId }) {
        const [distribution] = await local.playback.all();
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "LIVE");
        for (const _ of [1, 2, 3]) {
          local.playback.setConfig(String(distribution?.id), { ...distribution?.config });
          await untilSwept(local);
          await local.clock.advance({ minutes: 2 });
        }
      },
    },
    {
      name: "a path that another program has taken",
      done: "a deployment of the distribution's stack put a behaviour of its own in the place of the stream's; reported, and left alone",
      expected: {
        ...ready,
        left: `${inUse.replace(", origin", "")}, alarm on`,
        alarms: "StreamSweep-ExecutionsFailed",
      },
      async play({ local, streamId }) {
        const [distribution] = await local.playback.all();
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        const Items = [
          { PathPattern: `/${streamId}/*`, TargetOriginId: "default", ViewerProtocolPolicy: "https-only" },
        ];
        local.playback.setConfig(String(distribution?.id), {
          ...distribution?.config,
          CacheBehaviors: { Quantity: 1, Items },
        });
        await untilSwept(local);
      },
    },
    {
      name: "requested in the middle of a sweep",
      done: "requested while the sweep looked at the only channel, which nobody had",
      config: { channelIds: "1001" },
      expected: ready,
      async play({ local, streamId }) {
        const look = { service: "MediaLive", action: "DescribeChannel" } as const;
        local.faults.meanwhile({ ...look, caller: "streams-StreamSweep" }, () =>
          local.streams.request(streamId),
        );
        await untilSwept(local);
        await local.streams.untilWaiting(streamId);
        await local.clock.advance({ seconds: 5 });
        await local.streams.confirm(streamId, "READY");
      },
    },
    {
      name: "a sweep that fails",
      done: "DynamoDB refused the first sweep after a stopped execution that nobody was told of; found by the second one",
      expected: { ...recovered, alarms: "StreamSweep-ExecutionsFailed" },
      async play(stage) {
        const { local } = stage;
        await stopUnheard(stage);
        const mend = ["Query", "Scan"].map((action) =>
          local.faults.fail({
            ...{ service: "DynamoDB", action, caller: "streams-sweep-streams", times: Infinity },
            error: { code: "AccessDeniedException", message: "Not yours to read." },
          }),
        );
        await untilSwept(local);
        await local.clock.advance({ minutes: 1 });
        for (const one of mend) one();
        await untilSwept(local);
        await untilAlarmIsOff(local);
      },
    },
    {
      name: "two sweeps at once",
      done: "a second sweep was started as the first one read the leases, after a stopped execution that nobody was told of",
      // Each of them may have told on-call before the other noted that it had.
      expected: { ...recovered, onCall: { least: 1, most: 2 } },
      async play(stage) {
        const { local } = stage;
        await stopUnheard(stage);
        const scan = { service: "DynamoDB", action: "Scan", caller: "streams-sweep-streams" } as const;
        local.faults.meanwhile(scan, () => local.streams.sweep());
        await untilSwept(local);
      },
    },
    {
      name: "nothing to find",
      done: "READY for two hours, with a sweep every ten minutes",
      expected: ready,
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ hours: 2, minutes: 1 });
      },
    },
  ],
};

/** Without a stream. */
const nobody: Expectation = {
  ...{ saw: "nobody asked", ended: "never requested", left: "nothing", told: "nothing" },
  ...{ onCall: 0, alarms: "none" },
};

/** The alarm of the sweep looks back over two intervals. */
async function untilAlarmIsOff(local: Local): Promise<void> {
  await local.clock.advance({ minutes: 21 });
}

/** Has an execution stopped, and the event of its end on its way for longer than the sweeps take. */
async function stopUnheard({ local, streamId }: Stage): Promise<void> {
  await local.streams.provision(streamId);
  local.faults.delay({ target: "streams-recover-execution", seconds: 3 * 3600 });
  await local.executions.stop(streamId);
}
