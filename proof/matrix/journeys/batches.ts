import { against, type Finding } from "../guarantees";
import type { Place } from "../sites";
import { Story } from "../story";
import type { Journey } from "./journey";

/** The calls that have to do with updates of the distribution. */
const isAboutUpdates = (place: Place) =>
  place.kind === "call" &&
  place.callerKind === "state-machine" &&
  /Turn|Playback|Removal|Configure/.test(place.site);

const three = {
  isAlone: true,
  // One more than there are streams: a guard that dies for good keeps the channels of all three.
  config: { channelIds: "1001,1002,1003,1004" },
  isLookedAt: isAboutUpdates,
};

/** Requests the stream and two more at once: one of them takes the lock on the distribution, and the others wait for its update. */
async function requestThree(story: Story): Promise<Story[]> {
  const all = [
    story,
    ...["second", "third"].map((name) => new Story(story.world, `${story.streamId}-${name}`)),
  ];
  story.others.push(...all.slice(1).map(({ streamId }) => streamId));
  story.mark("three are requested at once");
  await Promise.all(all.map((each) => each.request()));
  for (const each of all) await each.untilWaiting();
  return all;
}

async function makeThreeReady(story: Story): Promise<Story[]> {
  const all = await requestThree(story);
  for (const each of all) {
    await each.put("READY");
    await each.untilEnded();
  }
  return all;
}

/** Whether all went the same way, whoever had the lock. */
async function checkOthers(story: Story, status: string): Promise<Finding[]> {
  const latest = await Promise.all(
    story.others.map(async (streamId) => (await story.world.local.streams.attempts(streamId)).at(-1)),
  );
  const wrong = latest.filter((attempt) => attempt?.status !== status);
  return against(
    "stuck",
    wrong.map(
      (attempt) => `The stream '${attempt?.streamId}' beside it is ${attempt?.status}, and not ${status}.`,
    ),
  );
}

/** Streams that update the distribution at the same time. */
export const batches: readonly Journey[] = [
  {
    name: "three at once, and ready",
    ...three,
    async play(story) {
      await makeThreeReady(story);
    },
    check: (story) => checkOthers(story, "READY"),
  },
  {
    name: "three at once, and failed at once",
    ...three,
    // Three attempts that fail within 15 minutes have an alarm.
    raisesAlarms: true,
    async play(story) {
      const all = await requestThree(story);
      story.mark("three are reported FAILED at once");
      await Promise.all(all.map((each) => each.putAtOnce("FAILED")));
      for (const each of all) await each.untilEnded();
    },
    check: (story) => checkOthers(story, "FAILED"),
  },
  {
    name: "three at once, and complete at once",
    ...three,
    async play(story) {
      const all = await makeThreeReady(story);
      story.mark("three are reported COMPLETE at once");
      await Promise.all(all.map((each) => each.putAtOnce("COMPLETE")));
    },
    check: (story) => checkOthers(story, "COMPLETE"),
  },
];
