import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import {
  type EntryRecord,
  lateCallSeconds,
  leaseExpression,
  type StartRecord,
  staleRecordSeconds,
} from "../../../contracts/internal";
import { DeleteItemCommand, ScanCommand } from "../aws/dynamodb";
import { held, readPages } from "./dynamodb";
import type { LeaseTable } from "./leases";

/** What a cleanup leaves for a call that may take effect after it: the start of a channel, or the update that adds a playback entry. */
export type LateCallRecord = StartRecord | EntryRecord;

/** @returns every such record, read consistently. The table is as small as the pool. */
export async function scanLateCallRecords(table: LeaseTable): Promise<LateCallRecord[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new ScanCommand({
        TableName: table.leaseTableName,
        ConsistentRead: true,
        FilterExpression: leaseExpression("attribute_exists(startedBy) OR attribute_exists(playbackEntry)"),
        ...from,
      }),
    ),
  );
  return items.map((item) => unmarshall(item) as LateCallRecord);
}

/** @returns whether there was such a record; a newer one is never touched. */
export function removeLateCallRecord(table: LeaseTable, record: LateCallRecord): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new DeleteItemCommand({
        TableName: table.leaseTableName,
        Key: marshall({ channelId: record.channelId }),
        ConditionExpression: isStart(record)
          ? leaseExpression("startedAt = :at")
          : leaseExpression("cleanedAt = :at"),
        ExpressionAttributeValues: { ":at": { S: timeOf(record) } },
      }),
    ),
  );
}

export function isStart(record: LateCallRecord): record is StartRecord {
  return "startedBy" in record;
}

/** @returns whether a record is too old to tell anything. */
export function isStale(record: LateCallRecord, at: string): boolean {
  return ageSeconds(record, at) > staleRecordSeconds;
}

/** @returns whether the call would have taken effect by now. */
export function isSettled(record: LateCallRecord, at: string): boolean {
  return ageSeconds(record, at) > lateCallSeconds;
}

function ageSeconds(record: LateCallRecord, at: string): number {
  return (Date.parse(at) - Date.parse(timeOf(record))) / 1000;
}

/** The call was made at this time at the latest. */
function timeOf(record: LateCallRecord): string {
  return isStart(record) ? record.startedAt : record.cleanedAt;
}
