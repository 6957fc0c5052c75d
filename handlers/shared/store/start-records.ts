import { type Lease, type StartRecord, startRecordId } from "../../../contracts/internal";
import { isStale } from "./late-call-records";
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
