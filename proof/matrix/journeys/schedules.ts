import type { Story } from "../story";
import type { Journey } from "./journey";

/** A channel is started 30 minutes before its time. */
const config = { leadTimeMinutes: "30" };

/** Requests a stream that is held for five minutes. */
async function requestHeld(story: Story): Promise<void> {
  const startTime = new Date(story.world.local.clock.now() + 35 * 60_000).toISOString();
  await story.request({ startTime });
  await story.untilHeld();
}

/** Streams that begin later. */
export const schedules: readonly Journey[] = [
  {
    name: "scheduled",
    config,
    async play(story) {
      await requestHeld(story);
      story.mark("its time comes");
      await story.untilWaiting();
      await story.put("READY");
      await story.untilEnded();
    },
  },
  {
    name: "scheduled, and cancelled",
    config,
    async play(story) {
      await requestHeld(story);
      await story.put("COMPLETE");
      await story.untilEnded();
    },
  },
];
