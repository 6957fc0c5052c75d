import type { Place } from "../sites";
import { guardTroubles } from "../troubles/guards";
import { redriveTroubles } from "../troubles/redrives";
import { requestTroubles } from "../troubles/requests";
import { becomeReady, type Journey } from "./journey";

const channelId = "1001";

/** There is one channel, so that the next stream gets the very channel that the case is about. */
const onlyChannel = { channelIds: channelId };

const isOfMachine = (place: Place) => place.kind === "call" && place.callerKind === "state-machine";

/** Only what the phase itself shows: the next sweep finds nothing to do. */
const redriven = (place: Place) =>
  place.kind === "call" && place.phase === "journey" ? redriveTroubles(place) : [];

/** Ways on which each execution is stopped and redriven, and a sweep that has something to do. */
export const redrives: readonly Journey[] = [
  {
    name: "complete on the only channel",
    config: onlyChannel,
    isAlone: true,
    isLookedAt: isOfMachine,
    troublesAt: redriven,
    async play(story) {
      story.mark("there is one channel");
      await becomeReady(story);
      await story.put("COMPLETE");
    },
  },
  {
    name: "failed on the only channel",
    config: onlyChannel,
    isAlone: true,
    isLookedAt: isOfMachine,
    troublesAt: redriven,
    async play(story) {
      story.mark("there is one channel");
      await story.request();
      await story.untilWaiting();
      await story.put("FAILED");
      await story.untilEnded();
    },
  },
  {
    name: "the only channel runs for nobody, and is swept",
    config: { ...onlyChannel, stopUnowned: "true" },
    isAlone: true,
    raisesAlarms: true,
    // The stream that is requested meanwhile.
    mayEndOtherwise: true,
    isLookedAt: isOfMachine,
    troublesAt: (place) =>
      place.kind === "call" && place.phase === "journey"
        ? [
            ...redriveTroubles(place),
            ...guardTroubles(place, { config: onlyChannel }),
            ...requestTroubles(place),
          ]
        : [],
    async play(story) {
      const { encoder, streams, clock } = story.world.local;
      story.mark("the channel runs");
      encoder.setState(channelId, "RUNNING");
      await streams.sweep();
      await clock.advance({ seconds: 1 });
    },
  },
];
