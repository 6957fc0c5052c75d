import { becomeReady, type Journey } from "./journey";

const startChannel = { service: "MediaLive", action: "StartChannel" } as const;

/** Workflows that somebody stops, and what nobody is told of. */
export const interruptions: readonly Journey[] = [
  {
    name: "stopped while it waits",
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.stop();
    },
  },
  {
    name: "stopped while it provisions",
    async play(story) {
      story.world.local.faults.meanwhile({ ...startChannel, when: "after" }, () => story.stop());
      await story.request();
      await story.untilEnded();
    },
  },
  {
    name: "stopped, and its channel starts later",
    async play(story) {
      const { faults, clock } = story.world.local;
      const held = faults.hold(startChannel);
      await story.request();
      await story.untilStarting();
      await story.stop();
      await story.untilEnded();
      await clock.advance({ seconds: 30 });
      story.mark("the start takes effect");
      held.release();
    },
  },
  {
    name: "stopped, and found by the sweep",
    leavesLetters: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      story.mark("the end is not delivered");
      story.world.local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
      await story.stop();
    },
  },
  {
    name: "complete, and found by the sweep",
    leavesLetters: true,
    async play(story) {
      await becomeReady(story);
      story.mark("the end is not delivered");
      story.world.local.faults.refuse({ forGood: true, target: "streams-StreamTeardown" });
      await story.put("COMPLETE");
    },
  },
  {
    name: "ready, and not announced",
    // Three answers of 5xx within five minutes have an alarm.
    raisesAlarms: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      story.mark("the announcement dies");
      story.world.local.faults.kill({
        function: "streams-update-stream-status",
        at: { service: "EventBridge", action: "PutEvents", times: 3 },
      });
      await story.put("READY");
      await story.untilEnded();
    },
  },
];
