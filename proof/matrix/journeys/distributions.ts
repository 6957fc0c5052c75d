import { untilSwept } from "../../shared/sweeps";
import { becomeReady, type Journey, withPauses } from "./journey";

/** What another program does to the distribution, and what stays in it for a while. */
export const distributions: readonly Journey[] = [
  {
    name: "removed from the distribution",
    raisesAlarms: true,
    async play(story) {
      await becomeReady(story);
      story.mark("its entry is removed");
      await story.world.foreign.redeploy();
      await untilSwept(story.world.local);
    },
  },
  {
    name: "complete, and still watched",
    config: withPauses,
    async play(story) {
      await becomeReady(story);
      await story.put("COMPLETE");
    },
  },
  {
    name: "complete, still watched, and requested again",
    config: withPauses,
    async play(story) {
      await becomeReady(story);
      await story.put("COMPLETE");
      await story.request();
      await story.untilWaiting();
      await story.put("READY");
      await story.untilEnded();
    },
  },
];
