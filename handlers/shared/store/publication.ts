import { marshall } from "@aws-sdk/util-dynamodb";
import type { StreamStatus } from "../../../contracts";
import {
  type Attempt,
  type AttemptExpression,
  attemptExpression,
  type HistoryEntry,
  isLastUnpublished,
  removePublicationMark,
} from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { type EventBus, emitLifecycleProgressed, playbackDetail } from "../events/stream-events";
import { describeError } from "../runtime/errors";
import type { Log } from "../runtime/lambda";
import { type AttemptTable, attemptKey } from "./attempts";
import { held } from "./dynamodb";

/**
 * A status is persisted first and announced then. The write of the status (see `write-status.ts`) marks it as not announced:
 * `unpublished` has the status, and `unpublishedSince` puts the item into the index that the sweep reads. A writer that dies before
 * its announcement leaves the mark, and the sweep announces the status. An event goes out at least once.
 */

/**
 * Takes the mark of an attempt's status off, which was announced. That a mark stays only means one more announcement, and is no
 * reason to fail.
 *
 * @param attempt the attempt as the change left it.
 */
export async function markPublished(table: AttemptTable & { log: Log }, attempt: Attempt): Promise<void> {
  const pending = unpublishedEntries(attempt);
  if (!pending.some(({ status }) => status === attempt.status)) return;
  // An item of an earlier release has one mark for all.
  if (!attempt.unpublished && pending.length > 1) return;
  try {
    await removeMarks(table, attempt, [attempt.status]);
  } catch (error) {
    table.log.warn("The mark of an announced status stays, and it will be announced again.", {
      reason: describeError(error),
    });
  }
}

/**
 * Announces every change of status that is not known to be announced, in their order, and takes the marks off.
 *
 * @returns how many events went out.
 * @throws {Error} when the bus did not take one; the marks stay.
 */
export async function republish(table: AttemptTable & EventBus, attempt: Attempt): Promise<number> {
  const pending = unpublishedEntries(attempt);
  for (const { status, reason, at, origin } of pending) {
    await emitLifecycleProgressed(table, {
      streamId: attempt.streamId,
      status,
      ...(reason !== undefined && { reason }),
      occurredAt: at,
      attempt: attempt.attempt,
      origin,
      ...playbackDetail(attempt, status),
    });
  }
  if (attempt.unpublishedSince !== undefined) {
    await removeMarks(
      table,
      attempt,
      pending.map(({ status }) => status),
    );
  }
  return pending.length;
}

/** @returns the statuses that an item of an earlier release marks by their time alone; none of an item of this one. */
export function formerlyUnpublished(attempt: Pick<Attempt, "history" | "unpublished" | "unpublishedSince">) {
  return attempt.unpublished ? [] : unpublishedEntries(attempt).map(({ status }) => status);
}

function unpublishedEntries({
  unpublished,
  unpublishedSince,
  history,
}: Pick<Attempt, "history" | "unpublished" | "unpublishedSince">): HistoryEntry[] {
  // An attempt comes to each status once.
  if (unpublished) return history.filter(({ status }) => unpublished.has(status));
  // By their place in the history, not by their times: one writer's clock may be behind another's.
  const first = history.findIndex(({ at }) => at === unpublishedSince);
  return first < 0 ? [] : history.slice(first);
}

async function removeMarks(table: AttemptTable, attempt: Attempt, announced: StreamStatus[]): Promise<void> {
  if (attempt.unpublished) {
    for (const status of announced) await removeMark(table, attempt, status);
    return;
  }
  // Only where nothing was appended meanwhile: another writer's change is announced by that writer, or by the sweep.
  await update(table, attempt, {
    update: removePublicationMark,
    condition: "unpublishedSince = :since AND size(history) = :entries AND attribute_not_exists(unpublished)",
    values: { ":since": attempt.unpublishedSince ?? "", ":entries": attempt.history.length },
  });
}

/** A mark comes and goes with each announcement: a writer that meets others more often than this meets none. */
const maxTries = 5;

/** Takes one status off the set, and the item out of the index with the last one. */
async function removeMark(table: AttemptTable, attempt: Attempt, status: StreamStatus): Promise<void> {
  const announced = new Set([status]);
  for (let tries = 0; tries < maxTries; tries++) {
    const wasLast = await update(table, attempt, {
      update: removePublicationMark,
      condition: isLastUnpublished,
      values: { ":announced": announced },
    });
    if (wasLast) return;
    const wasOneOfSeveral = await update(table, attempt, {
      update: "DELETE unpublished :announced",
      condition: "contains(unpublished, :status) AND size(unpublished) > :one",
      values: { ":announced": announced, ":status": status, ":one": 1 },
    });
    if (wasOneOfSeveral) return;
    // Another has taken it off, or the others off: then it is the last one now.
  }
}

/** @returns whether the condition held. */
function update<const Update extends string, const Condition extends string>(
  table: AttemptTable,
  { streamId, attempt }: Attempt,
  write: {
    update: AttemptExpression<Update>;
    condition: AttemptExpression<Condition>;
    values: { readonly [placeholder: `:${string}`]: unknown };
  },
): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(streamId, attempt),
        UpdateExpression: attemptExpression<string>(write.update),
        ConditionExpression: attemptExpression<string>(write.condition),
        ExpressionAttributeValues: marshall(write.values),
      }),
    ),
  );
}
