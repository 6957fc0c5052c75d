import { type FreeChannel, startRecordId } from "../../contracts/internal";
import { isSettled, isStart } from "../shared/store/late-call-records";
import type { LeasesAndRecords } from "./read-leases-table";
import type { Sweep } from "./sweep";

/**
 * Finds the channels of the pool that no attempt has leased, and which of them this component may have started after their
 * attempts were cleaned up. It leases none: a lease that outlives the sweep would keep a stream from the channel.
 *
 * @returns the channels, in the pool's order.
 */
export function findFreeChannels(
  { deps, channels }: Sweep,
  { leases, records }: LeasesAndRecords,
): FreeChannel[] {
  const now = deps.now().toISOString();
  const leased = new Set(
    leases.flatMap(({ purpose, channelId }) => (purpose === "sweep" ? [] : [channelId])),
  );
  const starts = new Map(records.filter(isStart).map((record) => [record.channelId, record]));
  return channels.flatMap(({ channelId }) => {
    if (leased.has(channelId)) return [];
    const record = starts.get(startRecordId(channelId));
    return {
      channelId,
      startedAt: record?.startedAt ?? null,
      startIsSettled: record !== undefined && isSettled(record, now),
    };
  });
}
