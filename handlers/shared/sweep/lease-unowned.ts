import { inParallel } from "../in-parallel";
import type { Channel } from "../lease-channel";
import { giveBackLease, scanLeases, takeLease } from "../leases";
import { mostAtOnce, type Sweep } from "./sweep";

/**
 * Leases every free channel to the sweep, so that no attempt starts one while the sweep looks at it.
 *
 * @returns the channels that the sweep has now, in the pool's order, those of an earlier invocation among them.
 */
export async function leaseUnowned({ deps, executionArn }: Sweep, channels: Channel[]): Promise<string[]> {
  const ids = channels.map(({ channelId }) => channelId);
  const leases = new Map((await scanLeases(deps)).map((lease) => [lease.channelId, lease]));
  const taken = new Set<string>();
  await inParallel(ids, mostAtOnce, async (channelId) => {
    const lease = leases.get(channelId);
    if (lease && lease.leasedBy !== executionArn) return;
    const leasedAt = deps.now().toISOString();
    const mine = { channelId, leasedBy: executionArn, leasedAt, purpose: "sweep" } as const;
    if (await takeLease(deps, mine)) taken.add(channelId);
  });
  return ids.filter((channelId) => taken.has(channelId));
}

/** Gives back what an earlier invocation of the same sweep has leased, for one that comes to nothing. */
export async function giveBackUnowned({ deps, executionArn }: Sweep): Promise<void> {
  for (const { channelId } of await scanLeases(deps, executionArn)) {
    await giveBackLease(deps, channelId, executionArn);
  }
}
