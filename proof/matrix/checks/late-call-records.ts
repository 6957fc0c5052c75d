import { against, type Finding } from "../guarantees";
import type { World } from "../world";

/** After this many sweeps a call that was under way has taken effect, or never will. */
const settledSweeps = 5;

/** Guarantee 3: the record of a call that may land late goes once it cannot land any more. Time passes only where there is one. */
export async function checkLateCallRecords(world: World): Promise<Finding[]> {
  if ((await world.lateCallRecords()).length === 0) return [];
  await world.rest(settledSweeps);
  const left = await world.lateCallRecords();
  return against(
    "leftover",
    left.map((key) => `The item ${key} is still there.`),
  );
}
