import { becomeReady, type Journey } from "./journey";

/** How a stream that was ready ends. */
export const endings: readonly Journey[] = [
  {
    name: "complete",
    async play(story) {
      await becomeReady(story);
      await story.put("LIVE");
      await story.put("COMPLETE");
    },
  },
  {
    name: "complete in the moment of ready",
    async play(story) {
      await story.request();
      await story.untilWaiting();
      // Nothing happens in between: the workflow has not recorded READY yet.
      story.mark("put READY and COMPLETE");
      await story.putAtOnce("READY", "COMPLETE");
      await story.untilEnded();
    },
  },
  {
    name: "failed after ready",
    async play(story) {
      await becomeReady(story);
      await story.put("FAILED");
    },
  },
  {
    name: "overdue",
    config: { maxLiveHours: "1" },
    isAlone: true,
    async play(story) {
      await becomeReady(story);
      story.mark("nobody ends it");
      await story.world.local.clock.advance({ minutes: 62 });
    },
  },
];
