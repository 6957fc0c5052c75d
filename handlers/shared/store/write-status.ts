import { marshall } from "@aws-sdk/util-dynamodb";
import { type Attempt, attemptNames, changeStatus, type HistoryEntry } from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { type AttemptTable, attemptKey, toAttempt } from "./attempts";
import { ifHeld } from "./dynamodb";
import { formerlyUnpublished } from "./publication";

export interface StatusWrite {
  /** Whether the change is still to be announced. */
  unpublished: boolean;
  /** When the attempt may change. */
  condition: string;
  /** What else the update does, after the status: further assignments, and what it removes. */
  also?: string;
  /** What the placeholders of `condition` and `also` stand for. */
  values: { readonly [placeholder: `:${string}`]: unknown };
}

/**
 * Changes an attempt's status, appends to its history and marks the change as not announced, in one conditional update.
 * Every function that changes a status does so here.
 *
 * @param attempt the attempt as it was read. Statuses that an earlier release has not announced are marked as this release does it.
 * @returns the attempt after the update; undefined when the condition did not hold.
 */
export async function writeStatus(
  table: AttemptTable,
  attempt: Attempt,
  entry: HistoryEntry,
  { unpublished, condition, also = "", values }: StatusWrite,
): Promise<Attempt | undefined> {
  const written = await ifHeld(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(attempt.streamId, attempt.attempt),
        UpdateExpression: `${changeStatus(":to", { unpublished })}${also}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: attemptNames,
        ExpressionAttributeValues: marshall({
          ...values,
          ":to": entry.status,
          ":now": entry.at,
          ":entry": [entry],
          ...(unpublished && { ":unpublished": new Set([entry.status, ...formerlyUnpublished(attempt)]) }),
        }),
        ReturnValues: "ALL_NEW",
      }),
    ),
  );
  return toAttempt(written?.Attributes);
}
