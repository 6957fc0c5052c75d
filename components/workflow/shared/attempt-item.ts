import type { StreamStatus } from "../../../contracts";
import {
  type Attempt,
  type AttemptExpression,
  attemptNames,
  type HistoryEntry,
} from "../../../contracts/internal";
import type { Template } from "./asl";
import { enteredTime } from "./expressions";
import { jsonata, type SentItem } from "./jsonata";

/** The key of the attempt's item. */
export const attemptKey = {
  streamId: { S: jsonata("$provision.request.streamId") },
  attempt: { N: jsonata("$string($provision.attempt)") },
} satisfies SentItem<Pick<Attempt, "streamId" | "attempt">>;

/** One entry of an item's history, as a list, so that it can be the first entry or be appended. */
export function historyEntry(status: HistoryEntry["status"], reason?: string) {
  const entry: SentItem<HistoryEntry> = {
    status: { S: status },
    ...(reason !== undefined && { reason: { S: reason } }),
    at: { S: enteredTime },
    origin: { S: "orchestrator" },
  };
  return { L: [{ M: entry }] };
}

/** @returns a status, as a placeholder stands for it. */
export function statusValue<Status extends StreamStatus>(status: Status) {
  return { S: status };
}

/** @returns the set of one status, as `:unpublished` and `:announced` stand for it. */
export function statusSet<Status extends StreamStatus>(status: Status) {
  return { SS: [status] };
}

/** What placeholders of an expression stand for, in DynamoDB's form. */
export interface Values {
  readonly [placeholder: string]: Template;
}

/** Makes the arguments of a conditional update of the attempt's item; its expressions are checked as they are typed. */
export function updateAttempt<const Update extends string, const Condition extends string>(
  tableName: string,
  write: {
    readonly update: AttemptExpression<Update>;
    readonly condition: AttemptExpression<Condition>;
    readonly values: Values;
  },
): { readonly [argument: string]: Template } {
  const update: string = write.update;
  const condition: string = write.condition;
  const isNamed = `${update} ${condition}`.includes("#status");
  return {
    TableName: tableName,
    Key: attemptKey,
    UpdateExpression: update,
    ConditionExpression: condition,
    ...(isNamed && { ExpressionAttributeNames: attemptNames }),
    ExpressionAttributeValues: write.values,
  };
}
