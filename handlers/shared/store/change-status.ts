import { type StreamStatus, statusesAfter, transition } from "../../../contracts";
import { type Attempt, attemptExpression, type HistoryEntry } from "../../../contracts/internal";
import { type AttemptTable, latestAttempt } from "./attempts";
import { writeStatus } from "./write-status";

/** What became of a change, and the attempt as it is after it. */
export type StatusChange =
  | { outcome: "changed" | "repeated" | "forbidden" | "foreign"; attempt: Attempt }
  | { outcome: "unknown" };

/** A status only goes forward, and at most three times: a writer that loses more races than that does not race. */
const maxTries = 6;

export interface StatusChangeOptions {
  /**
   * Whether the change is still to be announced. A change that came with an event of the bus is not: it was announced
   * by that event.
   */
  unpublished: boolean;
  /** Tells whether an attempt is the one that is meant; otherwise the outcome is `foreign`. */
  concerns?: (attempt: Attempt) => boolean;
}

/**
 * Takes a stream's latest attempt to another status, if the lifecycle allows it, in one conditional write that also
 * appends to the history. A writer that loses a race reads again and decides again.
 *
 * @param wanted the entry of the history, or what makes it from the attempt as it is.
 * @returns `changed` after the write; without one `repeated`, `forbidden` or `foreign`, and `unknown` where there is no
 * such stream.
 */
export async function changeStatus(
  table: AttemptTable,
  streamId: string,
  wanted: HistoryEntry | ((attempt: Attempt) => HistoryEntry),
  { unpublished, concerns = () => true }: StatusChangeOptions,
): Promise<StatusChange> {
  for (let tries = 0; tries < maxTries; tries++) {
    const attempt = await latestAttempt(table, streamId);
    if (!attempt) return { outcome: "unknown" };
    if (!concerns(attempt)) return { outcome: "foreign", attempt };
    const entry = typeof wanted === "function" ? wanted(attempt) : wanted;
    const { outcome, condition } = decide(attempt, entry.status);
    if (outcome !== "changed") return { outcome, attempt };
    const values = { ":from": attempt.status };
    const told = entry.status === "READY" ? { ...entry, evidence: describeChannel(attempt) } : entry;
    const written = await writeStatus(table, attempt, told, { condition, values, unpublished });
    if (written) return { outcome, attempt: written };
  }
  throw new Error(`The status of stream '${streamId}' changed ${maxTries} times meanwhile. Try again.`);
}

/**
 * A scheduled start can be cancelled, and cannot be ready: it has no channel yet. Where the workflow begins or ends to wait
 * for it before the write, the condition fails.
 */
function decide(attempt: Attempt, to: StreamStatus) {
  const condition = attemptExpression("#status = :from");
  if (to === "COMPLETE" && isScheduled(attempt)) {
    return {
      outcome: "changed",
      condition: attemptExpression("#status = :from AND attribute_exists(heldUntil)"),
    } as const;
  }
  if (to === "READY" && (isScheduled(attempt) || waitsForChannel(attempt))) {
    return { outcome: "forbidden", condition } as const;
  }
  return {
    outcome: transition(attempt.status, to),
    condition:
      to === "READY" ? attemptExpression("#status = :from AND attribute_not_exists(heldUntil)") : condition,
  };
}

/** @returns the entry with which an attempt last came to a status. */
export function lastEntry(attempt: Attempt, status: StreamStatus): HistoryEntry | undefined {
  return attempt.history.findLast((entry) => entry.status === status);
}

/** @returns the statuses to which an attempt may go. */
export function statusesAllowed(attempt: Attempt): readonly StreamStatus[] {
  return isScheduled(attempt) ? ["FAILED", "COMPLETE"] : statusesAfter(attempt.status);
}

/** @returns whether READY has to wait until the attempt's channel runs. */
export function waitsForChannel(attempt: Attempt): boolean {
  return attempt.requireRunning === true && attempt.status === "PROVISIONING" && !runs(attempt);
}

/** What is known of the channel of a stream that becomes READY, for the history. */
function describeChannel(attempt: Attempt): string {
  const { channelId = "(none)", runningAt } = attempt;
  return runs(attempt)
    ? `Channel ${channelId} runs, as MediaLive said at ${runningAt}.`
    : `MediaLive has not said that channel ${channelId} runs.`;
}

function runs({ runningAt }: Attempt): boolean {
  return runningAt !== undefined;
}

/** @returns whether an attempt waits for its scheduled start, and so has no channel yet. */
export function isScheduled({ status, heldUntil }: Attempt): boolean {
  return status === "PROVISIONING" && heldUntil !== undefined;
}

/** @returns whether a caller of the API ended the attempt while it was being provisioned. On-call is not paged for that. */
export function wasCancelled({ history }: Attempt): boolean {
  return history.some(({ cancelled }) => cancelled === true);
}
