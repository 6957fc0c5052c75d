import { hasEnded } from "../../../contracts";
import {
  type AttemptLease,
  type Channel,
  channelStopSeconds,
  type Lease,
  maxWaitForReleaseSeconds,
  type StartRecord,
  startRecordId,
  workflowError,
} from "../../../contracts/internal";
import { namedError } from "../runtime/errors";
import { type AttemptTable, isInGrace, readAttempt } from "./attempts";
import { isStale } from "./late-call-records";
import { isFree, type LeaseTable, readItems, readLeases, takeLease } from "./leases";

/** Between its lease and its item, an execution needs a second; one that is repeating the write, half a minute. */
const maxMillisecondsWithoutItem = 60_000;

/** Leases and records of starts, by key. */
type LeasesAndStarts = Map<string, Lease | StartRecord>;

/** A channel that was leased to an attempt. */
export interface LeasedChannel extends Channel {
  /** Whether it may be up by a late start of an earlier attempt. */
  readonly startedHere: boolean;
}

/** For a channel whose stream is COMPLETE and still watched, a request waits when this much is left, and is refused before. */
const maxMillisecondsUntilRelease = (maxWaitForReleaseSeconds - channelStopSeconds) * 1000;

/**
 * Leases a channel of the pool to an attempt: its own again if it has one, else a free one that is not draining. Each stream
 * begins at another place of the pool, so that streams seldom meet.
 *
 * @param options `last`: the channel of the attempt before, which is tried last: it may be at fault, or still be stopping. `isPart`: whether the deployment
 * has further channels, which cannot take the stream.
 * @throws {Error} where every channel is leased: `ChannelReleasePending` when one of them will soon be given back, else
 * `NoChannelAvailable`.
 */
export async function leaseChannel(
  tables: AttemptTable & LeaseTable,
  pool: readonly Channel[],
  claim: Omit<AttemptLease, "channelId">,
  { last, isPart = false }: { last?: string | undefined; isPart?: boolean } = {},
): Promise<LeasedChannel> {
  const open = pool.filter(({ draining }) => draining !== true);
  const idsOf = (list: readonly Channel[]) => list.map(({ channelId }) => channelId);
  const items = await readLeasesAndStarts(tables, idsOf(pool));
  const isLast = ({ channelId }: Channel) => Number(channelId === last);
  const channels = rotate(open, claim.streamId).sort((a, b) => isLast(a) - isLast(b));
  const take = ({ channelId }: Channel) => takeLease(tables, { ...claim, channelId });
  const leased = (channel: Channel) => ({
    ...channel,
    startedHere: wasStartedHere(items, channel.channelId, claim.leasedAt),
  });

  for (const channel of pool) {
    // Written again, since the attempt's number may be another than before.
    if (leaseOn(items, channel)?.leasedBy === claim.leasedBy && (await take(channel))) return leased(channel);
  }
  for (const channel of channels) {
    if (isFree(leaseOn(items, channel), claim.leasedAt) && (await take(channel))) return leased(channel);
  }
  const each = `Each of the ${open.length} encoder channels${isPart ? " that can take the stream" : ""} is leased`;
  const pending = await countPending(tables, idsOf(open), claim.leasedAt);
  if (pending > 0) {
    throw namedError(
      workflowError("ChannelReleasePending"),
      `${each}; ${pending} of them will be free once what is under way there has ended. Try again in some seconds.`,
    );
  }
  throw namedError(
    workflowError("NoChannelAvailable"),
    `${each} to a stream. Try again when one has ended, or configure more channels.`,
  );
}

function leaseOn(items: LeasesAndStarts, { channelId }: Channel): Lease | undefined {
  const item = items.get(channelId);
  return item && "leasedBy" in item ? item : undefined;
}

/** Reads the leases once more: others may have taken or given back some meanwhile. */
async function countPending(
  tables: AttemptTable & LeaseTable,
  channelIds: string[],
  now: string,
): Promise<number> {
  const leases = await readLeases(tables, channelIds);
  const pending = await Promise.all(
    channelIds.map((channelId) => isBeingReleased(tables, leases.get(channelId), now)),
  );
  return pending.filter(Boolean).length;
}

/** @returns whether a lease is given back, or will be before any stream has to end. */
async function isBeingReleased(
  tables: AttemptTable,
  lease: Lease | undefined,
  now: string,
): Promise<boolean> {
  if (!lease || lease.purpose === "sweep") return true;
  const attempt = await readAttempt(tables, lease.streamId, lease.attempt);
  // Without an item the execution is about to write it, or died before it did, and the sweep gives the lease back.
  if (!attempt) return Date.parse(now) - Date.parse(lease.leasedAt) > maxMillisecondsWithoutItem;
  const soon = new Date(Date.parse(now) + maxMillisecondsUntilRelease).toISOString();
  if (isInGrace(attempt, soon)) return false;
  // Where the number went to another execution, this one fails.
  return hasEnded(attempt.status) || attempt.executionArn !== lease.leasedBy;
}

function rotate<T>(items: readonly T[], key: string): T[] {
  let hash = 0;
  for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  const start = items.length > 0 ? hash % items.length : 0;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** @returns the leases on these channels and the records of their starts, read consistently. */
function readLeasesAndStarts(table: LeaseTable, channelIds: string[]): Promise<LeasesAndStarts> {
  return readItems(table, [...channelIds, ...channelIds.map(startRecordId)]);
}

/** @returns whether an earlier attempt was about to start a channel, and nothing is known to have stopped it since. */
function wasStartedHere(items: LeasesAndStarts, channelId: string, at: string): boolean {
  const record = items.get(startRecordId(channelId));
  return record !== undefined && "startedBy" in record && !isStale(record, at);
}
