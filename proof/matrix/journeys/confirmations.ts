import { becomeReady, type Journey } from "./journey";

const startChannel = { service: "MediaLive", action: "StartChannel" } as const;

/** What a request may come to. */
export const confirmations: readonly Journey[] = [
  { name: "ready", play: becomeReady },
  {
    name: "ready by an event",
    confirmedByEvent: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.announce("READY");
      await story.untilEnded();
    },
  },
  {
    name: "failed",
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.put("FAILED");
      await story.untilEnded();
    },
  },
  {
    name: "failed by an event",
    confirmedByEvent: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.announce("FAILED");
      await story.untilEnded();
    },
  },
  {
    name: "timeout",
    async play(story) {
      await story.request();
      await story.untilWaiting();
      story.mark("nobody confirms it");
      await story.untilEnded();
    },
  },
  {
    name: "channel refused",
    async play(story) {
      const matches = () => {
        story.mark("the channel is refused");
        return true;
      };
      const error = { code: "BadRequestException", message: "The channel has no input." };
      const mend = story.world.local.faults.fail({ ...startChannel, error, matches, times: Infinity });
      await story.request();
      await story.untilEnded();
      // Another stream may have the channel afterwards.
      mend();
    },
  },
];
