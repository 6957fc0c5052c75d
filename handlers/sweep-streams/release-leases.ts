import { hasEnded } from "../../contracts";
import type {
  Attempt,
  AttemptLease,
  Lease,
  PlayingAttempt,
  SweepLease,
  TeardownInput,
} from "../../contracts/internal";
import { recoverAttempt } from "../shared/recovery/recover-attempt";
import { isHandled } from "../shared/recovery/recover-status";
import { failedLately, isTornDown, isUnclaimed, startTeardown } from "../shared/recovery/start-teardown";
import { attemptOfExecution, isInGrace } from "../shared/store/attempts";
import { giveBackLease, isFree, removeSweepLease, scanLeases } from "../shared/store/leases";
import { requestOf } from "../shared/store/read-request";
import { inParallel } from "./in-parallel";
import { count, maxAtOnce, type Sweep } from "./sweep";

/**
 * Looks after every lease: what an ended attempt has is cleaned up, a lease without an attempt is given back, and a stream
 * that was up for too long is ended. Notes the attempts that viewers play.
 *
 * @param maxLiveHours how long a stream may be up after it was ready; 0 for ever.
 */
export async function releaseLeases(sweep: Sweep, maxLiveHours: number): Promise<void> {
  const { deps, steps, before } = sweep;
  const leases = await steps.take("The leases could not be read.", () => scanLeases(deps));
  const settled = (leases ?? []).filter(({ leasedAt }) => leasedAt < before);
  await inParallel(settled, maxAtOnce, async (lease) => {
    await steps.take(`The lease on channel ${lease.channelId} could not be looked after.`, () =>
      lease.purpose === "sweep" ? releaseSwept(sweep, lease) : release(sweep, lease, maxLiveHours),
    );
  });
}

/** Removes the expired lease of a sweep that died while it looked at the channel. */
async function releaseSwept({ deps, counts }: Sweep, lease: SweepLease): Promise<void> {
  if (!isFree(lease, deps.now().toISOString())) return;
  if (await removeSweepLease(deps, lease)) counts.returned += 1;
}

async function release(sweep: Sweep, lease: AttemptLease, maxLiveHours: number): Promise<void> {
  const { deps, executions, recovered, counts } = sweep;
  const own = await attemptOfExecution(deps, lease.streamId, lease.leasedBy);
  if (own && !hasEnded(own.status) && !isUnclaimed(own, lease)) {
    const overdue = findOverdue(own, maxLiveHours, deps.now());
    if (overdue) {
      await tearDown(sweep, own, lease, overdue.reason, { overdue: true, planned: overdue.planned });
    } else if (own.readyAt !== undefined) {
      sweep.playing.push(toPlaying(sweep, own, lease));
    }
    return;
  }
  const ended = await executions.ended(lease.leasedBy, lease.leasedAt);
  // An execution may have two leases, and its recovery looks after both.
  if (!ended || recovered.has(lease.leasedBy)) return;
  if (!own || (hasEnded(own.status) && !isHandled(own))) {
    recovered.add(ended.executionArn);
    count(sweep, await recoverAttempt(deps, ended));
  } else if (isUnclaimed(own, lease)) {
    if (await giveBackLease(deps, lease.channelId, lease.leasedBy)) counts.returned += 1;
  } else {
    await tearDown(sweep, own, lease, "The attempt has ended, and its channel is still leased.");
  }
}

/** A stream has its playback entry before it is ready. */
function toPlaying(
  { channels }: Sweep,
  { streamId, attempt }: Attempt,
  { channelId, originId, distributionId }: AttemptLease,
): PlayingAttempt {
  const channel = channels.find((each) => each.channelId === channelId);
  return {
    request: { streamId },
    attempt,
    originId: originId ?? null,
    distributionId: distributionId ?? null,
    channel: channel
      ? {
          channelId,
          originDomainName: channel.originDomainName ?? null,
          originPath: channel.originPath ?? "",
        }
      : null,
  };
}

async function tearDown(
  { deps, counts }: Sweep,
  own: Attempt,
  lease: Lease,
  reason: string,
  end: Pick<TeardownInput, "overdue" | "planned"> = {},
) {
  const now = deps.now();
  // Its teardown waits; one that died is replaced once the time is over.
  if (isInGrace(own, now.toISOString())) return;
  if (isTornDown(own, now) || failedLately(own, now)) return;
  await startTeardown(deps, own, lease, reason, end);
  counts.tornDown += 1;
}

/** How long after its `endTime` a stream is left to its own schedule. */
const endMarginMilliseconds = 60_000;

/** @returns why a stream that is up has to end; undefined where it may go on. One without `readyAt` is still its workflow's. */
function findOverdue(
  attempt: Attempt,
  maxLiveHours: number,
  now: Date,
): { planned: boolean; reason: string } | undefined {
  const { readyAt } = attempt;
  if (readyAt === undefined) return undefined;
  const { endTime } = requestOf(attempt) ?? {};
  if (endTime !== undefined && now.getTime() - Date.parse(endTime) > endMarginMilliseconds) {
    return { planned: true, reason: "The endTime of the stream has come." };
  }
  const isTooLong = maxLiveHours > 0 && now.getTime() - Date.parse(readyAt) > maxLiveHours * 3_600_000;
  return isTooLong
    ? { planned: false, reason: `The stream was ready ${maxLiveHours} hours ago, and nobody has ended it.` }
    : undefined;
}
