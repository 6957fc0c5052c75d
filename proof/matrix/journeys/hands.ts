import { becomeReady, type Journey } from "./journey";

/** The deletion is the one thing that goes wrong. */
const alone = { dimension: "hand", isLookedAt: () => false } as const;

/** What somebody does by hand to what the project keeps. */
export const hands: readonly Journey[] = [
  {
    name: "ready, and its item deleted",
    ...alone,
    async play(story) {
      await becomeReady(story);
      story.mark("its item is deleted");
      await story.world.deleteItems(story.streamId);
      // What was confirmed is not known any more, and neither is the attempt.
      story.confirmations.splice(0);
    },
  },
  {
    name: "provisioning, and its item deleted",
    ...alone,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      story.mark("its item is deleted");
      await story.world.deleteItems(story.streamId);
      await story.put("READY");
      story.confirmations.splice(0);
      await story.untilEnded();
    },
  },
];
