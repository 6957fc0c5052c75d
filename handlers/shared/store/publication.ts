import {
  type Attempt,
  attemptExpression,
  type HistoryEntry,
  removePublicationMark,
} from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { type EventBus, emitLifecycleProgressed } from "../events/stream-events";
import { describeError } from "../runtime/errors";
import type { Log } from "../runtime/lambda";
import { type AttemptTable, attemptKey } from "./attempts";
import { held } from "./dynamodb";

/**
 * A status is persisted first and announced then. A writer that dies in between leaves `unpublishedSince` on the item,
 * which the write of the status has set (see `write-status.ts`): so the sweep announces it. An event goes out at least once.
 */

/**
 * Takes the mark off an attempt whose last change of status was announced, unless an earlier one is pending too. That the
 * mark stays only means one more announcement, and is no reason to fail.
 *
 * @param attempt the attempt as the change left it.
 */
export async function markPublished(table: AttemptTable & { log: Log }, attempt: Attempt): Promise<void> {
  if (unpublished(attempt).length !== 1) return;
  try {
    await removeMark(table, attempt);
  } catch (error) {
    table.log.warn("The mark of an announced status stays, and it will be announced again.", {
      reason: describeError(error),
    });
  }
}

/**
 * Announces every change of status that is not known to be announced, in their order, and takes the mark off.
 *
 * @returns how many events went out.
 * @throws {Error} when the bus did not take one; the mark stays.
 */
export async function republish(table: AttemptTable & EventBus, attempt: Attempt): Promise<number> {
  const pending = unpublished(attempt);
  for (const { status, reason, at, origin } of pending) {
    await emitLifecycleProgressed(table, {
      streamId: attempt.streamId,
      status,
      ...(reason !== undefined && { reason }),
      occurredAt: at,
      attempt: attempt.attempt,
      origin,
    });
  }
  if (attempt.unpublishedSince !== undefined) await removeMark(table, attempt);
  return pending.length;
}

/** By their place in the history, not by their times: one writer's clock may be behind another's. */
function unpublished({ unpublishedSince, history }: Attempt): HistoryEntry[] {
  const first = history.findIndex(({ at }) => at === unpublishedSince);
  return first < 0 ? [] : history.slice(first);
}

/** Only where nothing was appended meanwhile: another writer's change is announced by that writer, or by the sweep. */
async function removeMark(table: AttemptTable, attempt: Attempt): Promise<void> {
  await held(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(attempt.streamId, attempt.attempt),
        UpdateExpression: removePublicationMark,
        ConditionExpression: attemptExpression("unpublishedSince = :since AND size(history) = :entries"),
        ExpressionAttributeValues: {
          ":since": { S: attempt.unpublishedSince ?? "" },
          ":entries": { N: String(attempt.history.length) },
        },
      }),
    ),
  );
}
