import { untilSwept } from "../../shared/sweeps";
import type { Expectation } from "../ending";
import { completed, deadLetter, inUse, ready } from "../endings";
import type { Act } from "../situation";
import type { Stage } from "../stage";
import { redrive } from "./redrive";

/** What is left of a stream once it is over, whoever ends it. */
export const ends: Act = {
  title: "Streams that end",
  situations: () => [
    {
      name: "COMPLETE after READY",
      done: "confirmed READY, then COMPLETE",
      expected: completed,
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "COMPLETE");
      },
    },
    {
      name: "COMPLETE, and still watched",
      done: "COMPLETE with graceMinutes of 30; looked at a quarter of an hour later",
      config: { graceMinutes: "30" },
      expected: { ...completed, ended: "COMPLETE (execution SUCCEEDED)", left: `${inUse}, teardown running` },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "COMPLETE");
        await local.clock.advance({ minutes: 15 });
      },
    },
    {
      name: "COMPLETE, still watched, and the waiting teardown is stopped",
      done: "COMPLETE with graceMinutes of 30; the execution that waited was stopped, and a sweep began another",
      config: { graceMinutes: "30" },
      expected: { ...completed, alarms: "StreamTeardown-ExecutionsAborted" },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "COMPLETE");
        await local.clock.advance({ minutes: 5 });
        const [waiting] = local.executions.of(local.streams.program.machines.teardown).slice(-1);
        await local.executions.stop(String(waiting?.arn));
        await local.clock.advance({ minutes: 40 });
      },
    },
    {
      name: "COMPLETE after LIVE",
      done: "confirmed READY, then LIVE, then COMPLETE",
      expected: {
        ...completed,
        saw: "POST 202, PUT 200, PUT 200, PUT 200",
        told: `${String(ready.told)}, LIVE by api, COMPLETE by api`,
      },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "LIVE");
        await local.clock.advance({ minutes: 5 });
        await local.streams.update(streamId, "COMPLETE");
      },
    },
    {
      name: "FAILED after READY",
      done: "confirmed READY, then FAILED",
      expected: {
        ...completed,
        ended: "FAILED (execution SUCCEEDED, teardown DONE)",
        told: `${String(ready.told)}, FAILED by api`,
      },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.streams.update(streamId, "FAILED");
      },
    },
    {
      name: "a channel that does not stop",
      done: "MediaLive refused StopChannel once the stream was COMPLETE; undone by a sweep after MediaLive was mended",
      expected: { ...completed, alarms: "StreamTeardown-ExecutionsFailed" },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        const mend = local.faults.fail({ ...stopChannel, error: denied, times: Infinity });
        await local.streams.update(streamId, "COMPLETE");
        await local.clock.advance({ minutes: 2 });
        mend();
        // It was tried a moment ago: the first sweep leaves it alone.
        await untilSwept(local);
        await untilSwept(local);
      },
    },
    {
      name: "a channel that does not stop, left so",
      done: "MediaLive refused StopChannel for good once the stream was COMPLETE",
      expected: {
        ...completed,
        ended: "COMPLETE (execution SUCCEEDED, teardown INCOMPLETE)",
        // Nobody else gets the channel, and an alarm goes off each time that it is tried in vain.
        left: "channel running, lease",
        alarms: "StreamTeardown-ExecutionsFailed, StreamTeardown-ExecutionsFailed",
      },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        const mend = local.faults.fail({ ...stopChannel, error: denied, times: Infinity });
        await local.streams.update(streamId, "COMPLETE");
        await untilSwept(local);
        await untilSwept(local);
        await local.clock.advance({ minutes: 2 });
        mend();
      },
    },
    {
      name: "a teardown stopped by an operator",
      done: "StreamTeardown was stopped as it had taken the playback entry out; taken up by a sweep after an hour",
      expected: { ...completed, alarms: "StreamTeardown-ExecutionsAborted" },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        const update = { service: "CloudFront", action: "UpdateDistribution", when: "after" } as const;
        local.faults.meanwhile(update, () =>
          local.executions.stop(local.executions.of("streams-StreamTeardown").at(-1)?.arn ?? ""),
        );
        await local.streams.update(streamId, "COMPLETE");
        await local.clock.advance({ hours: 1, minutes: 10 });
      },
    },
    {
      name: "an end that reached nobody, swept",
      done: "the event of COMPLETE could not be delivered to StreamTeardown; undone by the next sweep",
      expected: { ...completed, left: deadLetter, alarms: "dead-letters" },
      async play(stage) {
        const { local } = stage;
        await endUnheard(stage);
        await untilSwept(local);
      },
    },
    {
      name: "an end that reached nobody, redriven",
      done: "the event of COMPLETE could not be delivered to StreamTeardown, and was handed over from the dead-letter queue",
      expected: { ...completed, alarms: "dead-letters" },
      async play(stage) {
        const { local } = stage;
        await endUnheard(stage);
        await local.clock.advance({ minutes: 2 });
        await redrive(local);
      },
    },
    {
      name: "a stream that nobody ends",
      done: "READY for an hour, as long as maxLiveHours allows; ended by its schedule",
      config: { maxLiveHours: "1" },
      expected: overdue,
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.clock.advance({ hours: 1 });
      },
    },
    {
      name: "a stream that nobody ends, without its schedule",
      done: "Scheduler refused the schedule; READY for longer than maxLiveHours allows; ended by a sweep",
      config: { maxLiveHours: "1" },
      expected: overdue,
      async play({ local, streamId }) {
        const create = { service: "Scheduler", action: "CreateSchedule" } as const;
        local.faults.fail({ ...create, error: denied, times: Infinity });
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.clock.advance({ hours: 1, minutes: 10 });
      },
    },
    {
      name: "a stream that nobody limits",
      done: "READY for a day where maxLiveHours is 0",
      config: { maxLiveHours: "0", sweepIntervalMinutes: "240" },
      expected: { ...ready, left: inUse.replace(", schedule", "") },
      async play({ local, streamId }) {
        await local.streams.makeReady(streamId);
        await local.clock.advance({ minutes: 1 });
        await local.clock.advance({ days: 1 });
      },
    },
  ],
};

const stopChannel = { service: "MediaLive", action: "StopChannel" } as const;

const denied = { code: "AccessDeniedException", message: "Not yours to do." };

const overdue: Expectation = {
  ...completed,
  saw: "POST 202, PUT 200",
  told: `${String(ready.told)}, COMPLETE by orchestrator`,
  onCall: 1,
};

async function endUnheard({ local, streamId }: Stage): Promise<void> {
  await local.streams.makeReady(streamId);
  await local.clock.advance({ minutes: 1 });
  local.faults.refuse({ forGood: true, target: "streams-StreamTeardown" });
  await local.streams.update(streamId, "COMPLETE");
}
