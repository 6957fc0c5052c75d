import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { StreamStatus } from "../../../contracts";
import { type Attempt, attemptExpression, attemptIndexes, attemptNames } from "../../../contracts/internal";
import { QueryCommand } from "../aws/dynamodb";
import type { AttemptTable } from "./attempts";
import { pagesOf } from "./dynamodb";

/** What the index `byRequest` has of an attempt. */
export type IndexEntry = Pick<Attempt, "streamId" | "attempt" | "status" | "requestedAt">;

/** A place in the order of attempts. */
export type Place = Pick<IndexEntry, "requestedAt" | "streamId" | "attempt">;

/** @returns a number below zero where `one` comes first: the attempt that was requested later. */
function compare(one: Place, other: Place): number {
  return (
    compareTexts(other.requestedAt, one.requestedAt) ||
    compareTexts(one.streamId, other.streamId) ||
    other.attempt - one.attempt
  );
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Reads the attempts of some statuses that come next, the one that was requested last first. An attempt keeps its place for ever, whatever
 * its status: neither writes nor new attempts move what comes behind a place.
 *
 * @param statuses in the lifecycle's order, in which they are read, one after the other: an attempt that changes its status meanwhile is found
 * under the former one or under the later one, or under both, which is one entry. The index may be some milliseconds behind the table.
 * @param after where to go on; undefined for the beginning.
 * @returns `count` entries, or fewer where there are no more.
 */
export async function attemptsInOrder(
  table: AttemptTable,
  statuses: readonly StreamStatus[],
  after: Place | undefined,
  count: number,
): Promise<IndexEntry[]> {
  const found = new Map<string, IndexEntry>();
  for (const status of statuses) {
    for (const entry of await ofStatus(table, status, after, count)) {
      found.set(`${entry.streamId}_${entry.attempt}`, entry);
    }
  }
  return [...found.values()].sort(compare).slice(0, count);
}

/** At least `count` entries, if there are as many. Entries of one time have no order in an index: the last time that counts is read to its end. */
async function ofStatus(
  table: AttemptTable,
  status: StreamStatus,
  after: Place | undefined,
  count: number,
): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  const pages = pagesOf((from) =>
    table.dynamodb.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: attemptIndexes.byRequest.name,
        KeyConditionExpression: attemptExpression<string>(
          after ? "#status = :status AND requestedAt <= :from" : "#status = :status",
        ),
        ExpressionAttributeNames: attemptNames,
        ExpressionAttributeValues: {
          ":status": { S: status },
          ...(after && { ":from": { S: after.requestedAt } }),
        },
        ScanIndexForward: false,
        Limit: count + 1,
        ...from,
      }),
    ),
  );
  for await (const items of pages) {
    const read = items.map((item) => unmarshall(item) as IndexEntry);
    // Entries of the time of `after` are read again, so that a page may bring fewer than `count`.
    entries.push(...read.filter((entry) => !after || compare(entry, after) > 0));
    const last = entries[count - 1];
    if (last && entries.at(-1)?.requestedAt !== last.requestedAt) break;
  }
  return entries;
}
