import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import {
  type Lease,
  lateStartSeconds,
  leaseExpression,
  type StartRecord,
  staleStartSeconds,
  startRecordId,
} from "../../../contracts/internal";
import { DeleteItemCommand, ScanCommand } from "../aws/dynamodb";
import { held, readPages } from "./dynamodb";
import { type LeaseTable, readItems } from "./leases";

/** Leases and records of starts, by key. */
export type LeasesAndStarts = Map<string, Lease | StartRecord>;

/** @returns the leases on these channels and the records of their starts, read consistently. */
export function readLeasesAndStarts(table: LeaseTable, channelIds: string[]): Promise<LeasesAndStarts> {
  return readItems(table, [...channelIds, ...channelIds.map(startRecordId)]);
}

/** @returns whether an earlier attempt was about to start a channel, and nothing is known to have stopped it since. */
export function wasStartedHere(items: LeasesAndStarts, channelId: string, at: string): boolean {
  const record = items.get(startRecordId(channelId));
  return record !== undefined && "startedBy" in record && !isStale(record, at);
}

/** @returns every record of a start, read consistently. The table is as small as the pool. */
export async function scanStartRecords(table: LeaseTable): Promise<StartRecord[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new ScanCommand({
        TableName: table.leaseTableName,
        ConsistentRead: true,
        FilterExpression: leaseExpression("attribute_exists(startedBy)"),
        ...from,
      }),
    ),
  );
  return items.map((item) => unmarshall(item) as StartRecord);
}

/** @returns whether there was such a record; a newer one is never touched. */
export function removeStartRecord(
  table: LeaseTable,
  { channelId, startedAt }: StartRecord,
): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new DeleteItemCommand({
        TableName: table.leaseTableName,
        Key: marshall({ channelId }),
        ConditionExpression: leaseExpression("startedAt = :startedAt"),
        ExpressionAttributeValues: { ":startedAt": { S: startedAt } },
      }),
    ),
  );
}

/** @returns whether a record is too old to tell that a channel which is up was started here. */
export function isStale(record: StartRecord, at: string): boolean {
  return ageSeconds(record, at) > staleStartSeconds;
}

/** @returns whether the start would have taken effect by now. */
export function isSettled(record: StartRecord, at: string): boolean {
  return ageSeconds(record, at) > lateStartSeconds;
}

function ageSeconds({ startedAt }: StartRecord, at: string): number {
  return (Date.parse(at) - Date.parse(startedAt)) / 1000;
}
