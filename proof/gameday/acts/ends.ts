import { completed, deadLetter, inUse, ready } from "../endings";
import type { Act, Expectation } from "../situation";
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
      async play(stage) {
        await stage.makeReady();
        await stage.put("COMPLETE");
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
      async play(stage) {
        await stage.makeReady();
        await stage.put("LIVE");
        await stage.local.clock.advance({ minutes: 5 });
        await stage.put("COMPLETE");
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
      async play(stage) {
        await stage.makeReady();
        await stage.put("FAILED");
      },
    },
    {
      name: "a channel that does not stop",
      done: "MediaLive refused StopChannel once the stream was COMPLETE; undone by a sweep after MediaLive was mended",
      expected: { ...completed, alarms: "StreamTeardown-ExecutionsFailed" },
      async play(stage) {
        await stage.makeReady();
        const mend = stage.local.faults.fail({ ...stopChannel, error: denied, times: Infinity });
        await stage.put("COMPLETE");
        await stage.local.clock.advance({ minutes: 2 });
        mend();
        // It was tried a moment ago: the first sweep leaves it alone.
        await stage.untilSwept();
        await stage.untilSwept();
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
      async play(stage) {
        await stage.makeReady();
        const mend = stage.local.faults.fail({ ...stopChannel, error: denied, times: Infinity });
        await stage.put("COMPLETE");
        await stage.untilSwept();
        await stage.untilSwept();
        await stage.local.clock.advance({ minutes: 2 });
        mend();
      },
    },
    {
      name: "a teardown stopped by an operator",
      done: "StreamTeardown was stopped as it had taken the playback entry out; taken up by a sweep after an hour",
      expected: { ...completed, alarms: "StreamTeardown-ExecutionsAborted" },
      async play(stage) {
        await stage.makeReady();
        const update = { service: "CloudFront", action: "UpdateDistribution", when: "after" } as const;
        stage.local.faults.meanwhile(update, () =>
          stage.stop(stage.executions("StreamTeardown").at(-1)?.arn),
        );
        await stage.put("COMPLETE");
        await stage.local.clock.advance({ hours: 1, minutes: 10 });
      },
    },
    {
      name: "an end that reached nobody, swept",
      done: "the event of COMPLETE could not be delivered to StreamTeardown; undone by the next sweep",
      expected: { ...completed, left: deadLetter, alarms: "dead-letters" },
      async play(stage) {
        await endUnheard(stage);
        await stage.untilSwept();
      },
    },
    {
      name: "an end that reached nobody, redriven",
      done: "the event of COMPLETE could not be delivered to StreamTeardown, and was handed over from the dead-letter queue",
      expected: { ...completed, alarms: "dead-letters" },
      async play(stage) {
        await endUnheard(stage);
        await stage.local.clock.advance({ minutes: 2 });
        await redrive(stage);
      },
    },
    {
      name: "a stream that nobody ends",
      done: "READY for an hour, as long as maxLiveHours allows; ended by its schedule",
      config: { maxLiveHours: "1" },
      expected: overdue,
      async play(stage) {
        await stage.makeReady();
        await stage.local.clock.advance({ hours: 1 });
      },
    },
    {
      name: "a stream that nobody ends, without its schedule",
      done: "Scheduler refused the schedule; READY for longer than maxLiveHours allows; ended by a sweep",
      config: { maxLiveHours: "1" },
      expected: overdue,
      async play(stage) {
        const create = { service: "Scheduler", action: "CreateSchedule" } as const;
        stage.local.faults.fail({ ...create, error: denied, times: Infinity });
        await stage.makeReady();
        await stage.local.clock.advance({ hours: 1, minutes: 10 });
      },
    },
    {
      name: "a stream that nobody limits",
      done: "READY for a day where maxLiveHours is 0",
      config: { maxLiveHours: "0", sweepIntervalMinutes: "240" },
      expected: { ...ready, left: inUse.replace(", schedule", "") },
      async play(stage) {
        await stage.makeReady();
        await stage.local.clock.advance({ days: 1 });
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

async function endUnheard(stage: Stage): Promise<void> {
  await stage.makeReady();
  stage.local.faults.refuse({ forGood: true, target: "streams-StreamTeardown" });
  await stage.put("COMPLETE");
}
