import { hasEnded } from "../../contracts";
import { type AttemptTable, readAttempt } from "./attempts";
import { namedError } from "./errors";
import { type Lease, type LeaseTable, readLeases, takeLease } from "./leases";

/** One MediaLive channel of the pool, which the workflow's definition holds and its functions are told. */
export interface Channel {
  channelId: string;
  originDomainName?: string;
  originPath?: string;
}

/** A channel that an attempt may use. */
export interface LeasedChannel extends Channel {
  /** Left running by an attempt that has ended, so that it is this one's to stop. */
  takenOver: boolean;
}

/**
 * Leases a channel of the pool to an attempt: its own again if it has one, else a free one, else one whose attempt was
 * ready and has ended. Each stream begins at another place of the pool, so that streams seldom meet.
 *
 * An ended attempt that never was ready gives its lease back itself, once its workflow has stopped the channel.
 *
 * @param last the channel of the attempt before, which is tried last: it may be at fault, or still be stopping.
 * @throws {Error} `NoChannelAvailable` when every channel is leased.
 */
export async function leaseChannel(
  tables: AttemptTable & LeaseTable,
  pool: Channel[],
  claim: Omit<Lease, "channelId">,
  last?: string,
): Promise<LeasedChannel> {
  const leases = await readLeases(
    tables,
    pool.map(({ channelId }) => channelId),
  );
  const isLast = ({ channelId }: Channel) => Number(channelId === last);
  const channels = rotate(pool, claim.streamId).sort((a, b) => isLast(a) - isLast(b));

  for (const channel of channels) {
    const lease = leases.get(channel.channelId);
    if (lease?.leasedBy === claim.leasedBy) return { ...channel, takenOver: lease.takenOver ?? false };
  }
  for (const channel of channels) {
    const { channelId } = channel;
    if (!leases.has(channelId) && (await takeLease(tables, { ...claim, channelId }))) {
      return { ...channel, takenOver: false };
    }
  }
  for (const channel of channels) {
    const lease = leases.get(channel.channelId);
    if (lease && (await takeOver(tables, lease, claim))) return { ...channel, takenOver: true };
  }
  throw namedError(
    "NoChannelAvailable",
    `Each of the ${pool.length} encoder channels is leased to a stream. Try again when one has ended, or configure more channels.`,
  );
}

/** @returns whether the lease changed hands: only that of an attempt which was ready and has ended does. */
async function takeOver(
  tables: AttemptTable & LeaseTable,
  old: Lease,
  claim: Omit<Lease, "channelId">,
): Promise<boolean> {
  const owner = await readAttempt(tables, old.streamId, old.attempt);
  if (owner?.executionArn !== old.leasedBy || !hasEnded(owner.status) || !owner.readyAt) return false;
  return takeLease(tables, { ...claim, channelId: old.channelId, takenOver: true }, old.leasedBy);
}

function rotate<T>(items: T[], key: string): T[] {
  let hash = 0;
  for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  const start = items.length > 0 ? hash % items.length : 0;
  return [...items.slice(start), ...items.slice(0, start)];
}
