import { type FreeChannel, startRecordId } from "../../contracts/internal";
import { scanLeases } from "../shared/store/leases";
import { isSettled, isStale, removeStartRecord, scanStartRecords } from "../shared/store/start-records";
import type { Sweep } from "./sweep";

/**
 * Finds the channels of the pool that no attempt has leased, and reads which of them this component may have started after their
 * attempts were cleaned up. It leases none: a lease that outlives the sweep would keep a stream from the channel.
 *
 * @returns the channels, in the pool's order; none where the leases or the records of starts cannot be read.
 */
export async function findFreeChannels({ deps, steps, channels }: Sweep): Promise<FreeChannel[]> {
  const leases = await steps.take("The free channels could not be found.", () => scanLeases(deps));
  const starts =
    leases && (await steps.take("The records of starts could not be read.", () => findStarts(deps)));
  if (!starts) return [];
  const now = deps.now().toISOString();
  const leased = new Set(
    leases.flatMap(({ purpose, channelId }) => (purpose === "sweep" ? [] : [channelId])),
  );
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

/** Removes the records that are stale. @returns the others, by key. */
async function findStarts(deps: Sweep["deps"]) {
  const now = deps.now().toISOString();
  const records = await scanStartRecords(deps);
  for (const record of records) if (isStale(record, now)) await removeStartRecord(deps, record);
  return new Map(
    records.filter((record) => !isStale(record, now)).map((record) => [record.channelId, record]),
  );
}
