import { against, type Finding } from "../guarantees";
import type { World } from "../world";

/** After this many sweeps a start that was under way has taken effect, or never will. */
const settledSweeps = 5;

/** Guarantee 3: the record of a start that may land late goes once it cannot land any more. Time passes only where there is one. */
export async function checkStartRecords(world: World): Promise<Finding[]> {
  if ((await world.startRecords()).length === 0) return [];
  await world.rest(settledSweeps);
  const left = await world.startRecords();
  return against(
    "leftover",
    left.map((key) => `The item ${key} is still there.`),
  );
}
