import type { Story } from "../story";
import { type Journey, withPauses } from "./journey";

/** Requests a stream whose start is five minutes ahead. */
async function requestScheduled(story: Story): Promise<void> {
  const startTime = new Date(story.world.local.clock.now() + 35 * 60_000).toISOString();
  await story.request({ startTime });
  await story.untilScheduled();
}

/** Streams that begin later. */
export const schedules: readonly Journey[] = [
  {
    name: "scheduled",
    config: withPauses,
    async play(story) {
      await requestScheduled(story);
      story.mark("its time comes");
      await story.untilWaiting();
      await story.put("READY");
      await story.untilEnded();
    },
  },
  {
    name: "scheduled, and cancelled",
    config: withPauses,
    async play(story) {
      await requestScheduled(story);
      await story.put("COMPLETE");
      await story.untilEnded();
    },
  },
];
