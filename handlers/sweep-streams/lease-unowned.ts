import type { Channel } from "../../contracts/internal";
import { isFree, scanLeases, takeLease } from "../shared/store/leases";
import { inParallel } from "./in-parallel";
import { maxAtOnce, type Sweep } from "./sweep";

/**
 * Leases every free channel to the sweep, so that no attempt starts one while the sweep looks at it.
 *
 * @returns the channels that the sweep has now, in the pool's order, those of an earlier invocation among them.
 */
export async function leaseUnowned(
  { deps, steps, executionArn }: Sweep,
  channels: readonly Channel[],
): Promise<string[]> {
  const ids = channels.map(({ channelId }) => channelId);
  const found = await steps.take("The free channels could not be found.", () => scanLeases(deps));
  if (!found) return [];
  const leases = new Map(found.map((lease) => [lease.channelId, lease]));
  const taken = new Set<string>();
  await inParallel(ids, maxAtOnce, async (channelId) => {
    const lease = leases.get(channelId);
    const leasedAt = deps.now().toISOString();
    if (lease?.leasedBy !== executionArn && !isFree(lease, leasedAt)) return;
    const mine = { channelId, leasedBy: executionArn, leasedAt, purpose: "sweep" } as const;
    await steps.take(`Channel ${channelId} could not be leased to be looked at.`, async () => {
      if (await takeLease(deps, mine)) taken.add(channelId);
    });
  });
  return ids.filter((channelId) => taken.has(channelId));
}
