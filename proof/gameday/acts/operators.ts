import { untilSwept } from "../../shared/sweeps";
import { begun, failed, ready, recovered } from "../endings";
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
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.refuse({ forGood: true, detailType: "StreamLifecycleProgressed" });
        await local.streams.update(streamId, "READY");
        await local.settled();
        await redrive(local);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "confirmation that its function could not handle, redriven",
      done: "the table refused the resuming function in three invocations; the event was handed over from the dead-letter queue",
      expected: { ...ready, ended: "READY (execution SUCCEEDED after 4 min)", alarms: "dead-letters" },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        const denied = { code: "AccessDeniedException", message: "Not yours to read." };
        const query = {
          service: "DynamoDB",
          action: "Query",
          caller: "streams-resume-orchestration",
        } as const;
        local.faults.fail({ ...query, times: 3, error: denied });
        await local.streams.update(streamId, "READY");
        await local.clock.advance({ minutes: 4 });
        await redrive(local);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "execution stopped by an operator",
      done: "stopped while it waited for its confirmation",
      expected: recovered,
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        await local.executions.stop(streamId);
      },
    },
    {
      name: "execution stopped by an operator, then reported FAILED",
      done: "stopped while it waited for its confirmation; reported FAILED, and requested again",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, POST 202, PUT 200",
        ended: "FAILED (execution ABORTED, teardown DONE), then READY (execution SUCCEEDED)",
        told: `${begun}, FAILED by orchestrator, FAILED by api, ${begun}, READY by api, READY by orchestrator`,
        onCall: failed.onCall,
      },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        await local.executions.stop(streamId);
        await local.settled();
        await local.streams.update(streamId, "FAILED");
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "execution stopped while it provisioned",
      done: "stopped as its channel had been started, and the distribution had no playback entry yet",
      expected: recovered,
      async play({ local, streamId }) {
        const start = { service: "MediaLive", action: "StartChannel", when: "after" } as const;
        local.faults.slow({ service: "MediaLive", action: "DescribeChannel" });
        local.faults.meanwhile(start, () => local.executions.stop(streamId));
        await local.streams.request(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "execution stopped in its turn",
      done: "stopped as it had updated the distribution, and before it gave its turn there back",
      // The turn ends by itself after a minute: the teardown waits for it.
      expected: recovered,
      async play({ local, streamId }) {
        const update = { service: "CloudFront", action: "UpdateDistribution", when: "after" } as const;
        local.faults.slow({ service: "MediaLive", action: "DescribeChannel" });
        local.faults.meanwhile(update, () => local.executions.stop(streamId));
        await local.streams.request(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "execution stopped, and nobody told of it",
      done: "stopped while it waited for its confirmation; the event of its end reached nobody; found by the next sweep",
      expected: { ...recovered, left: "dead letter, alarm on", alarms: "dead-letters" },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
        await local.executions.stop(streamId);
        await untilSwept(local);
      },
    },
  ],
};
