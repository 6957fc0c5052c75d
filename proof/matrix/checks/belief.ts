import { forgedKey } from "../forged";
import type { Story } from "../story";

/** The schedule counts from when READY was confirmed, and the item says when the workflow recorded it. */
const toleranceHours = 5 / 60;

/**
 * Guarantee 9: nobody but StreamTeardown ends a stream for having been up too long, and only when it was; and the words of an event of
 * others stand nowhere as they came.
 */
export async function checkBelief({ world }: Story): Promise<string[]> {
  const attempts = await world.local.streams.all();
  const ends = attempts.flatMap(({ streamId, attempt, history, readyAt }) =>
    history.flatMap(({ status, origin, at }) => {
      if (status !== "COMPLETE" || origin !== "orchestrator") return [];
      const hours = (Date.parse(at) - Date.parse(readyAt ?? at)) / 3_600_000;
      return hours >= world.maxLiveHours - toleranceHours
        ? []
        : [`Attempt ${attempt} of ${streamId} was ended as overdue after ${hours.toFixed(1)} hours.`];
    }),
  );
  return [...ends, ...(await findForgedKey(world, attempts))];
}

/** Where the key stands that only the event of an outsider had. */
async function findForgedKey(
  world: Story["world"],
  attempts: Awaited<ReturnType<Story["attempts"]>>,
): Promise<string[]> {
  const sent = world.events().filter(({ detail }) => !isForged(detail));
  const places = {
    "An item has": attempts,
    "An event of ours has": sent,
    "A message has": world.notifications(),
  };
  return Object.entries(places).flatMap(([where, what]) =>
    JSON.stringify(what).includes(forgedKey) ? [`${where} the stream key of an event that lies.`] : [],
  );
}

/** @returns whether the detail of an event is that of one that a case forged. */
export function isForged(detail: unknown): boolean {
  return typeof detail === "object" && detail !== null && "forged" in detail;
}
