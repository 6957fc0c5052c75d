import type { Story } from "../story";
import type { Circumstances } from "../troubles";
import { bystander } from "../world";

/** What a message says of a part of the cleanup that costs money, or keeps others from a channel. */
const isLeft = /may still run|is still in the distribution|may still be added|may still be leased/;

/**
 * Guarantee 10: on-call hears of a stream that failed, or that nobody ended, and of nothing that was asked for. While a trouble lasts, on-call
 * also hears what the cleanup of a stream could not do, whoever ended it: nobody else can give back a permission that was taken away.
 */
export async function checkPages(
  story: Story,
  { isQuiet, hindersCleanup = false }: Circumstances,
): Promise<string[]> {
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
    ...world.notifications().flatMap(({ subject = "", message }) => {
      const about = streamIds.find((streamId) => subject.includes(`Stream ${streamId}:`));
      const isUndone = hindersCleanup && subject.includes("ACTION NEEDED") && isLeft.test(message);
      return about === undefined || troubled.has(about) || isUndone ? [] : [`On-call was told '${subject}'.`];
    }),
    ...(isQuiet ? world.alarms().map((name) => `The alarm ${name} went off.`) : []),
  ];
}
