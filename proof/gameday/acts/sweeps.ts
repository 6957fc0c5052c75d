import { ready, recovered } from "../endings";
import type { Act, Expectation } from "../situation";
import type { Stage } from "../stage";

/** What nobody is told of, and a sweep finds. */
export const sweeps: Act = {
  title: "What a sweep finds",
  situations: () => [
    {
      name: "a status that was stored and not announced",
      done: "update-stream-status was killed before it announced READY, and nobody asked again; announced by the next sweep",
      expected: { ...ready, saw: "POST 202, PUT 500", ended: "READY (execution SUCCEEDED after 10 min)" },
      async play(stage) {
        await stage.provision();
        stage.local.faults.kill({
          function: "streams-update-stream-status",
          at: { service: "EventBridge", action: "PutEvents" },
        });
        await stage.put("READY");
        await stage.untilSwept();
        await stage.untilEnded();
      },
    },
    {
      name: "a channel that runs for nobody",
      done: "somebody started a channel of the pool; reported, and left running",
      expected: { ...nobody, left: "channel running", alarms: "StreamSweep-ExecutionsFailed" },
      async play(stage) {
        stage.local.encoder.setState("1002", "RUNNING");
        await stage.untilSwept();
      },
    },
    {
      name: "a channel that runs for nobody, with stopUnowned",
      done: "somebody started a channel of the pool; reported, and stopped",
      config: { stopUnowned: "true" },
      expected: { ...nobody, alarms: "StreamSweep-ExecutionsFailed" },
      async play(stage) {
        stage.local.encoder.setState("1002", "RUNNING");
        await stage.untilSwept();
      },
    },
    {
      name: "requested in the middle of a sweep",
      done: "requested while the sweep looked at the only channel, which nobody had",
      config: { channelIds: "1001" },
      expected: ready,
      async play(stage) {
        const look = { service: "MediaLive", action: "DescribeChannel" } as const;
        stage.local.faults.meanwhile({ ...look, caller: "streams-StreamSweep" }, () => stage.post());
        await stage.untilSwept();
        await stage.untilWaiting();
        await stage.local.clock.advance({ seconds: 5 });
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "a sweep that fails",
      done: "DynamoDB refused the first sweep after a stopped execution that nobody was told of; found by the second one",
      expected: { ...recovered, alarms: "StreamSweep-ExecutionsFailed" },
      async play(stage) {
        await stopUnheard(stage);
        const mend = ["Query", "Scan"].map((action) =>
          stage.local.faults.fail({
            ...{ service: "DynamoDB", action, caller: "streams-sweep-streams", times: Infinity },
            error: { code: "AccessDeniedException", message: "Not yours to read." },
          }),
        );
        await stage.untilSwept();
        await stage.local.clock.advance({ minutes: 1 });
        for (const one of mend) one();
        await stage.untilSwept();
      },
    },
    {
      name: "two sweeps at once",
      done: "a second sweep was started as the first one read the leases, after a stopped execution that nobody was told of",
      // Each of them may have told on-call before the other noted that it had.
      expected: { ...recovered, onCall: { least: 1, most: 2 } },
      async play(stage) {
        await stopUnheard(stage);
        const { StepFunctions } = stage.local.runtime.services;
        const scan = { service: "DynamoDB", action: "Scan", caller: "streams-sweep-streams" } as const;
        stage.local.faults.meanwhile(scan, async () => {
          const [sweep] = stage.executions("StreamSweep");
          const stateMachineArn = String(sweep?.arn)
            .replace(":execution:", ":stateMachine:")
            .replace(/:[^:]*$/, "");
          await StepFunctions.call("StartExecution", { stateMachineArn, input: "{}" });
        });
        await stage.untilSwept();
      },
    },
    {
      name: "nothing to find",
      done: "READY for two hours, with a sweep every ten minutes",
      expected: ready,
      async play(stage) {
        await stage.makeReady();
        await stage.local.clock.advance({ hours: 2 });
      },
    },
  ],
};

/** Without a stream. */
const nobody: Expectation = {
  ...{ saw: "nobody asked", ended: "never requested", left: "nothing", told: "nothing" },
  ...{ onCall: 0, alarms: "none" },
};

/** Has an execution stopped, and the event of its end on its way for longer than the sweeps take. */
async function stopUnheard(stage: Stage): Promise<void> {
  await stage.provision();
  stage.local.faults.delay({ target: "streams-recover-execution", seconds: 3 * 3600 });
  await stage.stop();
}
