import { becomeReady, type Journey } from "./journey";

/** Streams that are asked for more than once. */
export const repetitions: readonly Journey[] = [
  {
    name: "requested twice at once",
    async play(story) {
      await Promise.all([story.request(), story.request()]);
      await story.untilWaiting();
      await story.put("READY");
      await story.untilEnded();
    },
  },
  {
    name: "failed, and requested again at once",
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.put("FAILED");
      await becomeReady(story);
    },
  },
  {
    name: "complete, and requested again on the only channel",
    config: { channelIds: "1001" },
    isAlone: true,
    async play(story) {
      await becomeReady(story);
      await story.put("COMPLETE");
      await becomeReady(story);
    },
  },
];
