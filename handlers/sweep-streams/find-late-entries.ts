import type { LateEntry } from "../../contracts/internal";
import { isSettled, isStart } from "../shared/store/late-call-records";
import type { LeasesAndRecords } from "./read-leases-table";
import type { Sweep } from "./sweep";

/**
 * Finds the attempts whose playback entry may have come into a distribution after they were cleaned up. One that still has its lease has another
 * cleanup before it, which looks itself. Another attempt at the stream has another origin, and no attempt gets a lease again.
 *
 * @returns where each entry would be.
 */
export function findLateEntries({ deps }: Sweep, { leases, records }: LeasesAndRecords): LateEntry[] {
  const now = deps.now().toISOString();
  const marked = new Set(leases.map((lease) => (lease.purpose === "sweep" ? undefined : lease.originId)));
  return records.flatMap((record) => {
    if (isStart(record) || marked.has(record.playbackEntry.originId)) return [];
    return { ...record.playbackEntry, cleanedAt: record.cleanedAt, isSettled: isSettled(record, now) };
  });
}
