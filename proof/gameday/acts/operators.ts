import { failed, ready, recovered } from "../endings";
import type { Act } from "../situation";
import { redrive } from "./redrive";

/** What takes an operator: to mend it, or because one was at work. */
export const operators: Act = {
  title: "Operators",
  situations: () => [
    {
      name: "confirmation lost in delivery and redriven",
      done: "the event of READY could not be delivered, went to the dead-letter queue, and was handed over from there",
      expected: ready,
      async play(stage) {
        await stage.provision();
        stage.local.faults.refuse({ forGood: true, detailType: "StreamLifecycleProgressed" });
        await stage.put("READY");
        await stage.local.settled();
        await redrive(stage);
        await stage.untilEnded();
      },
    },
    {
      name: "confirmation that its function could not handle, redriven",
      done: "the table refused the resuming function in three invocations; the event was handed over from the dead-letter queue",
      expected: { ...ready, ended: "READY (execution SUCCEEDED after 4 min)", alarms: "dead-letters" },
      async play(stage) {
        await stage.provision();
        const denied = { code: "AccessDeniedException", message: "Not yours to read." };
        const query = {
          service: "DynamoDB",
          action: "Query",
          caller: "streams-resume-orchestration",
        } as const;
        stage.local.faults.fail({ ...query, times: 3, error: denied });
        await stage.put("READY");
        await stage.local.clock.advance({ minutes: 4 });
        await redrive(stage);
        await stage.untilEnded();
      },
    },
    {
      name: "execution stopped by an operator",
      done: "stopped while it waited for its confirmation",
      expected: recovered,
      async play(stage) {
        await stage.provision();
        await stage.stop();
      },
    },
    {
      name: "execution stopped by an operator, then reported FAILED",
      done: "stopped while it waited for its confirmation; reported FAILED, and requested again",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, POST 202, PUT 200",
        ended: "FAILED (execution ABORTED, teardown DONE), then READY (execution SUCCEEDED)",
        told: "requested, FAILED by orchestrator, FAILED by api, requested, READY by api, READY by orchestrator",
        onCall: failed.onCall,
      },
      async play(stage) {
        await stage.provision();
        await stage.stop();
        await stage.local.settled();
        await stage.put("FAILED");
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
    {
      name: "execution stopped while it provisioned",
      done: "stopped as its channel had been started, and the distribution had no playback entry yet",
      expected: recovered,
      async play(stage) {
        const start = { service: "MediaLive", action: "StartChannel", when: "after" } as const;
        stage.slowDown("MediaLive", "DescribeChannel");
        stage.local.faults.meanwhile(start, () => stage.stop());
        await stage.post();
        await stage.untilEnded();
      },
    },
    {
      name: "execution stopped in its turn",
      done: "stopped as it had updated the distribution, and before it gave its turn there back",
      // The turn ends by itself after a minute: the teardown waits for it.
      expected: recovered,
      async play(stage) {
        const update = { service: "CloudFront", action: "UpdateDistribution", when: "after" } as const;
        stage.slowDown("MediaLive", "DescribeChannel");
        stage.local.faults.meanwhile(update, () => stage.stop());
        await stage.post();
        await stage.untilEnded();
      },
    },
    {
      name: "execution stopped, and nobody told of it",
      done: "stopped while it waited for its confirmation; the event of its end reached nobody; found by the next sweep",
      expected: { ...recovered, left: "dead letter, alarm on", alarms: "dead-letters" },
      async play(stage) {
        await stage.provision();
        stage.local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
        await stage.stop();
        await stage.untilSwept();
      },
    },
  ],
};
