import type { Lease } from "../../contracts/internal";
import {
  isStale,
  type LateCallRecord,
  removeLateCallRecord,
  scanLateCallRecords,
} from "../shared/store/late-call-records";
import { scanLeases } from "../shared/store/leases";
import type { Sweep } from "./sweep";

/** What the leases table holds once the sweep has mended what it could. */
export interface LeasesAndRecords {
  leases: Lease[];
  records: LateCallRecord[];
}

/**
 * Reads the leases and then the records of late calls: a cleanup writes its record first and gives the lease back then, so that an attempt
 * without a lease has its record here. Removes the records that are stale.
 *
 * @returns undefined where either cannot be read.
 */
export async function readLeasesTable({ deps, steps }: Sweep): Promise<LeasesAndRecords | undefined> {
  const leases = await steps.take("The free channels could not be found.", () => scanLeases(deps));
  const records =
    leases &&
    (await steps.take("The records of late calls could not be read.", async () => {
      const now = deps.now().toISOString();
      const found = await scanLateCallRecords(deps);
      for (const record of found) if (isStale(record, now)) await removeLateCallRecord(deps, record);
      return found.filter((record) => !isStale(record, now));
    }));
  return leases && records && { leases, records };
}
