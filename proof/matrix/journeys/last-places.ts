import { fillUp, fillUpOrigins } from "../foreign/edits";
import { against, type Finding } from "../guarantees";
import type { Place } from "../sites";
import { Story } from "../story";
import { becomeReady, type Journey } from "./journey";

/** The calls that have to do with a place in the distribution. */
const isAboutPlaces = (place: Place) =>
  place.kind === "call" &&
  place.callerKind === "state-machine" &&
  /Turn|Place|Playback|Configure/.test(place.site);

/** Two streams that ask for the last place of a distribution at once: one gets it, and the other starts nothing. */
async function requestBoth(story: Story): Promise<void> {
  const rival = new Story(story.world, `${story.streamId}-rival`);
  story.others.push(rival.streamId);
  story.mark("two are requested");
  await Promise.all([story.request(), rival.request()]);
  for (const each of [story, rival]) {
    await each.untilWaiting();
    if ((await each.attempts()).at(-1)?.status === "PROVISIONING") await each.put("READY");
    await each.untilEnded();
  }
  story.answers.push(...rival.answers);
}

async function checkBoth(story: Story): Promise<Finding[]> {
  const { world } = story;
  const rival = story.others[0] ?? "";
  const attempts = [...(await story.attempts()), ...(await world.local.streams.attempts(rival))];
  const ready = attempts.filter(({ status }) => status === "READY").length;
  const starts = world.watch.starts.length;
  return [
    ...against("stuck", ready === 1 ? [] : [`${ready} of two streams got the last place.`]),
    ...against("double", starts === 1 ? [] : [`${starts} channels were started for the last place.`]),
  ];
}

/** Distributions in which others have left one place. */
export const lastPlaces: readonly Journey[] = [
  {
    name: "ready in the last place, and complete",
    dimension: "foreign",
    takesLastPlace: true,
    isAlone: true,
    isLookedAt: isAboutPlaces,
    async play(story) {
      await story.world.foreign.change(fillUp(1));
      story.mark("one place is left");
      await becomeReady(story);
      await story.put("COMPLETE");
    },
  },
  {
    name: "two for the last behaviour",
    dimension: "foreign",
    takesLastPlace: true,
    isAlone: true,
    isLookedAt: isAboutPlaces,
    mayEndOtherwise: true,
    async play(story) {
      await story.world.foreign.change(fillUp(1));
      story.mark("one place is left");
      await requestBoth(story);
    },
    check: checkBoth,
  },
  {
    name: "two for the last origin",
    dimension: "foreign",
    takesLastPlace: true,
    // Its quota is another one: no behaviour is missing.
    config: { cacheBehaviorQuota: "175" },
    isAlone: true,
    isLookedAt: isAboutPlaces,
    mayEndOtherwise: true,
    async play(story) {
      await story.world.foreign.change(fillUpOrigins(1));
      story.mark("one origin is left");
      await requestBoth(story);
    },
    check: checkBoth,
  },
];
