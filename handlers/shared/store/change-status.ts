import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type StreamStatus, statusesAfter, transition } from "../../../contracts";
import {
  type Attempt,
  type AttemptTable,
  attemptKey,
  type HistoryEntry,
  latestAttempt,
  toAttempt,
} from "./attempts";
import { ifHeld } from "./conditional-write";
import { markUnpublished } from "./publication";

/** What became of a change, and the attempt as it is after it. */
export type StatusChange =
  | { outcome: "changed" | "repeated" | "forbidden" | "foreign"; attempt: Attempt }
  | { outcome: "unknown" };

/** Statuses only go forward, and at most three times: who loses more races than that is not racing. */
const mostTries = 6;

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
 * appends to the history. Whoever loses a race reads again and decides again.
 *
 * @returns `changed` after the write; without one `repeated`, `forbidden` or `foreign`, and `unknown` where there is no
 * such stream.
 */
export async function changeStatus(
  table: AttemptTable,
  streamId: string,
  entry: HistoryEntry,
  { unpublished, concerns = () => true }: StatusChangeOptions,
): Promise<StatusChange> {
  for (let tries = 0; tries < mostTries; tries++) {
    const attempt = await latestAttempt(table, streamId);
    if (!attempt) return { outcome: "unknown" };
    if (!concerns(attempt)) return { outcome: "foreign", attempt };
    const { outcome, condition } = decide(attempt, entry.status);
    if (outcome !== "changed") return { outcome, attempt };
    const written = await writeStatus(table, attempt, entry, { condition, unpublished });
    if (written) return { outcome, attempt: written };
  }
  throw new Error(`The status of stream '${streamId}' changed ${mostTries} times meanwhile. Try again.`);
}

/**
 * A start that is held can be cancelled, and cannot be ready: it has no channel yet. Where the hold begins or ends before
 * the write, the condition fails.
 */
function decide(attempt: Attempt, to: StreamStatus) {
  const condition = "#status = :from";
  if (to === "COMPLETE" && isHeld(attempt)) {
    return { outcome: "changed", condition: `${condition} AND attribute_exists(heldUntil)` } as const;
  }
  if (to === "READY" && isHeld(attempt)) return { outcome: "forbidden", condition } as const;
  const outcome = transition(attempt.status, to);
  return {
    outcome,
    condition: to === "READY" ? `${condition} AND attribute_not_exists(heldUntil)` : condition,
  };
}

/** @returns the attempt after the write; undefined when it was no longer as `attempt` says. */
async function writeStatus(
  table: AttemptTable,
  attempt: Attempt,
  entry: HistoryEntry,
  { condition, unpublished }: { condition: string; unpublished: boolean },
): Promise<Attempt | undefined> {
  const written = await ifHeld(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(attempt.streamId, attempt.attempt),
        UpdateExpression: `SET #status = :to, updatedAt = :now,
          #history = list_append(if_not_exists(#history, :none), :entry)${unpublished ? markUnpublished : ""}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: { "#status": "status", "#history": "history" },
        ExpressionAttributeValues: marshall({
          ":from": attempt.status,
          ":to": entry.status,
          ":now": entry.at,
          ":none": [],
          ":entry": [entry],
        }),
        ReturnValues: "ALL_NEW",
      }),
    ),
  );
  return toAttempt(written?.Attributes);
}

/** @returns the entry with which an attempt last came to a status. */
export function lastEntry(attempt: Attempt, status: StreamStatus): HistoryEntry | undefined {
  return attempt.history.findLast((entry) => entry.status === status);
}

/** @returns the statuses to which an attempt may go. */
export function statusesAllowed(attempt: Attempt): readonly StreamStatus[] {
  return isHeld(attempt) ? ["FAILED", "COMPLETE"] : statusesAfter(attempt.status);
}

function isHeld({ status, heldUntil }: Attempt): boolean {
  return status === "PROVISIONING" && heldUntil !== undefined;
}
