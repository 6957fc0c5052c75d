import { startRecordId } from "../../contracts/internal";
import { isSettled, isStale, removeStartRecord, scanStartRecords } from "../shared/store/start-records";
import type { Sweep } from "./sweep";

/** The channels, of those that the sweep has leased, that this component may have started. */
export interface StartedHere {
  startedHere: string[];
  /** Those of them whose start would have taken effect by now. */
  settledStarts: string[];
}

/**
 * Reads which channels this component may have started after their attempts were cleaned up. The sweep has leased the channels,
 * so that no attempt starts one meanwhile. Removes the records that are stale.
 *
 * @returns undefined where it started none.
 */
export async function findStartedHere(
  { deps, steps }: Sweep,
  channelIds: string[],
): Promise<StartedHere | undefined> {
  const found: StartedHere = { startedHere: [], settledStarts: [] };
  if (channelIds.length === 0) return undefined;
  await steps.take("The records of starts could not be read.", async () => {
    const now = deps.now().toISOString();
    const records = new Map((await scanStartRecords(deps)).map((record) => [record.channelId, record]));
    for (const record of records.values()) if (isStale(record, now)) await removeStartRecord(deps, record);
    for (const channelId of channelIds) {
      const record = records.get(startRecordId(channelId));
      if (!record || isStale(record, now)) continue;
      found.startedHere.push(channelId);
      if (isSettled(record, now)) found.settledStarts.push(channelId);
    }
  });
  return found.startedHere.length > 0 ? found : undefined;
}
