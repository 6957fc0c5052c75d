import { isJsonObject } from "../../../local/json";
import { begun, completed, failed, failedAfterTimeout, ready, readyAfterTimeout } from "../endings";
import type { Act } from "../situation";

/** When and whether a confirmation comes. */
export const confirmation: Act = {
  title: "The confirmation",
  situations: () => [
    {
      name: "success",
      done: "confirmed READY",
      expected: ready,
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
      },
    },
    {
      name: "FAILED",
      done: "confirmed FAILED",
      expected: {
        ...failed,
        saw: "POST 202, PUT 200",
        told: `${begun}, FAILED by api, FAILED by orchestrator`,
      },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        await local.streams.confirm(streamId, "FAILED");
      },
    },
    {
      name: "COMPLETE right after READY",
      done: "confirmed READY and ended COMPLETE in one moment, before the workflow heard of either",
      expected: { ...completed, told: `${begun}, READY by api, COMPLETE by api, COMPLETE by orchestrator` },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        const resume = { service: "StepFunctions", action: "SendTaskSuccess" } as const;
        local.faults.meanwhile(resume, async () => {
          await local.clock.advance({ seconds: 1 });
          await local.streams.update(streamId, "COMPLETE");
        });
        await local.streams.confirm(streamId, "READY");
        await local.clock.advance({ minutes: 2 });
      },
    },
    {
      name: "a lying event",
      done: "announced FAILED by another program, which claimed that the stream was overdue",
      expected: {
        ...ready,
        ended: "FAILED (execution SUCCEEDED, teardown DONE)",
        left: "nothing",
        told: `${String(ready.told)}, FAILED by an event`,
      },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ seconds: 1 });
        await local.streams.announce(streamId, "FAILED", {
          attempt: 1,
          overdue: true,
          reason: "r".repeat(600),
        });
        await local.clock.advance({ minutes: 2 });
      },
    },
    {
      name: "a malformed event",
      done: "announced FAILED by another program, with an attempt that was no number",
      // What the bus carried; the stream went on.
      expected: { ...ready, told: `${String(ready.told)}, FAILED by an event, FAILED by an event` },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        for (const wrong of [{ attempt: "1; x" }, { streamId: null }, { reason: {} }]) {
          await local.streams.announce(streamId, "FAILED", { attempt: 1, ...wrong });
        }
        await local.clock.advance({ minutes: 2 });
      },
    },
    {
      name: "timeout",
      done: "nobody confirmed it",
      expected: failedAfterTimeout,
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "READY before the token",
      done: "confirmed READY while the channel was being started",
      expected: ready,
      async play({ local, streamId }) {
        const start = { service: "MediaLive", action: "StartChannel" } as const;
        local.faults.meanwhile(start, async () => {
          await local.clock.advance({ seconds: 1 });
          await local.streams.update(streamId, "READY");
        });
        await local.streams.request(streamId);
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "READY at the very second of the timeout, first",
      done: "confirmed READY as the workflow was about to write that it had waited long enough",
      expected: readyAfterTimeout,
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.meanwhile(closing, () => local.streams.update(streamId, "READY"));
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "READY at the very second of the timeout, second",
      done: "confirmed READY just after the workflow had written that it had waited long enough",
      expected: { ...failedAfterTimeout, saw: "POST 202, PUT 400" },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.meanwhile({ ...closing, when: "after" }, () => local.streams.update(streamId, "READY"));
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "READY twice",
      done: "confirmed READY by the API and by an event, each delivered twice",
      expected: {
        ...ready,
        saw: "POST 202, PUT 200, PUT 200",
        told: `${begun}, READY by api, READY by orchestrator, READY by an event, READY by api`,
      },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.duplicate({ times: Infinity });
        await local.streams.update(streamId, "READY");
        await local.streams.announce(streamId, "READY");
        await local.streams.confirm(streamId, "READY");
      },
    },
    {
      name: "clocks that are wrong",
      done: "confirmed READY while the clocks of both functions on its way were an hour behind",
      expected: ready,
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        for (const name of ["update-stream-status", "resume-orchestration"]) {
          local.faults.skew({ function: `streams-${name}`, seconds: -3600 });
        }
        await local.streams.confirm(streamId, "READY");
      },
    },
    {
      name: "FAILED overtakes READY",
      done: "confirmed READY by an event, and FAILED by another one that was delivered first",
      expected: {
        ...failed,
        told: `${begun}, READY by an event, FAILED by an event, FAILED by orchestrator`,
      },
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.delay({
          target: "streams-resume-orchestration",
          seconds: 10,
          matches: ({ status }) => status === "READY",
        });
        await local.streams.announce(streamId, "READY");
        await local.streams.announce(streamId, "FAILED", { reason: "The picture is black." });
        await local.executions.advanceUntil(streamId);
      },
    },
    {
      name: "READY delayed beyond the timeout",
      done: "confirmed READY by the API; its event was delivered 20 minutes later",
      expected: readyAfterTimeout,
      async play({ local, streamId }) {
        await local.streams.provision(streamId);
        local.faults.delay({ seconds: 20 * 60, matches: ({ status }) => status === "READY" });
        await local.streams.confirm(streamId, "READY");
        await local.clock.advance({ minutes: 20 });
      },
    },
  ],
};

/** The write with which the workflow stops to wait. */
const closing = {
  service: "DynamoDB",
  action: "UpdateItem",
  caller: "state-machine",
  matches: (input: object) => {
    const { ExpressionAttributeValues: values } = input as { ExpressionAttributeValues?: object };
    return isJsonObject(values) && ":failed" in values;
  },
} as const;
