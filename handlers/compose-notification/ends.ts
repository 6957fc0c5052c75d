import type { Attempt } from "../../contracts/internal";
import { idOfEnd, type Notice, readId } from "./notice";

/** Stands between a notification's id and who sends it. */
export const ofClaim = "#";

/** What of a kind of incident the title of its end says. */
const endTitles = { channel: "its trouble is over", failure: "its failed attempt is cleaned up" } as const;

/** The ends of an attempt's incidents of a kind that were told and last. */
export function endsOf(
  { streamId, attempt, notices }: Attempt,
  kind: keyof typeof endTitles,
  happened: string,
  occurredAt: string,
): Notice[] {
  const opened = [...(notices ?? [])].filter((id) => {
    if (id.includes(ofClaim)) return false;
    const { incident, phase } = readId(id);
    return phase === "opened" && incident.endsWith(`/${kind}`);
  });
  return opened.map((id) => {
    const { incident, severity } = readId(id);
    return {
      ...{ incident, severity, streamId, attempt, occurredAt, happened, kind },
      ...{ id: idOfEnd(id), phase: "resolved", done: [], left: [] },
      title: `Stream ${streamId}: ${endTitles[kind]}`,
    } as const;
  });
}
