import type { Story } from "../story";
import type { Circumstances } from "../troubles";
import { bystander } from "../world";

/** Guarantee 10: on-call hears of a stream that failed, or that nobody ended, and of nothing that was asked for. */
export async function checkPages(story: Story, { isQuiet }: Circumstances): Promise<string[]> {
  const { world } = story;
  const attempts = await world.local.streams.all();
  const isTrouble = ({ status, origin }: { status: string; origin: string }) =>
    status === "FAILED" || (status === "COMPLETE" && (origin === "orchestrator" || origin === "health"));
  const isRestarted = ({ health }: { health?: { restart?: object } }) => health?.restart !== undefined;
  const troubled = new Set(
    attempts.filter((one) => one.history.some(isTrouble) || isRestarted(one)).map(({ streamId }) => streamId),
  );
  const streamIds = [bystander, story.streamId, ...story.others];
  return [
    ...world.notifications().flatMap(({ subject = "" }) => {
      const about = streamIds.find((streamId) => subject.includes(`Stream ${streamId}:`));
      return about === undefined || troubled.has(about) ? [] : [`On-call was told '${subject}'.`];
    }),
    ...(isQuiet ? world.alarms().map((name) => `The alarm ${name} went off.`) : []),
  ];
}
