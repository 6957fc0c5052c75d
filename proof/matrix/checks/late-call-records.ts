import { against, type Finding } from "../guarantees";
import type { World } from "../world";

/** After this many sweeps a call that was under way has taken effect, or never will. */
const settledSweeps = 5;

/** Guarantee 3: the record of a call that may land late goes once it cannot land any more. Time passes only where there is one. */
export async function checkLateCallRecords(world: World): Promise<Finding[]> {
  if ((await world.lateCallRecords()).length === 0) return [];
  await world.rest(settledSweeps);
  // The channel of a record is another stream's by now: the record goes once that stream has ended.
  const used = (await world.local.streams.leases()).map(({ channelId }) => `start/${channelId}`);
  const left = (await world.lateCallRecords()).filter((key) => !used.includes(key));
  return against(
    "leftover",
    left.map((key) => `The item ${key} is still there.`),
  );
}
