/**
 * Most channels start within 3 minutes, and up to 10 are normal. MediaLive's user guide, "Starting, stopping, and deleting a
 * channel"; the SDK's waiter ChannelRunning asks 120 times, every five seconds.
 */
export const channelStartSeconds = 600;

/** The SDK's waiter ChannelStopped asks 60 times, every five seconds. */
export const channelStopSeconds = 300;

/** What the calls around a wait take, and what a channel takes beyond AWS's own figures. */
const marginSeconds = 120;

/** How long a cleanup waits for a channel that is starting: MediaLive may refuse StopChannel until the channel runs. */
export const maxWaitToStopSeconds = channelStartSeconds + marginSeconds;

/** How long an attempt waits for a channel that is stopping, being created or being updated: StartChannel needs IDLE. */
export const maxWaitToStartSeconds = channelStopSeconds + marginSeconds;

/**
 * How long a call of StartChannel or UpdateDistribution may be under way before it takes effect. AWS states no limit; Step Functions
 * gives up after a minute, and repeats the call for some nine.
 */
export const lateCallSeconds = 1800;

/** A record of a late call counts until the second sweep after `lateCallSeconds`, at the longest interval between sweeps: a day. */
export const staleRecordSeconds = lateCallSeconds + 2 * 86_400;

/** How long a writer waits for the lock on a distribution before it goes on without the lock. */
export const maxWaitForLockSeconds = 600;

/** How long StreamTeardown waits for the attempt's own workflow to end: as long as the retries of its last calls take. */
export const maxWaitForOrchestrationSeconds = 600;

/**
 * An execution of StreamTeardown ends after this time at the latest, so an older mark of one on an item is stale. The time for which it
 * first waits, with `playback.graceMinutes`, comes on top; the mark is written after that.
 */
export const teardownTimeoutSeconds = 3600;

/** An execution of StreamSweep ends after this time at the latest: before the next sweep begins, ten minutes later. */
export const sweepTimeoutSeconds = 540;

/** How long the sweep may have held its lease on a channel when it calls StopChannel. After that it takes the lease again. */
export const sweepStopSeconds = 90;

/**
 * How long a lease of the sweep counts. A StopChannel that begins `sweepStopSeconds` after the lease takes a minute with all its
 * tries; the rest is for a call that takes effect late, and for the difference between clocks.
 */
export const sweepLeaseSeconds = sweepStopSeconds + 60 + 90;

/** How long a lease of a sweep counts that does not say so itself: one of an earlier release, which held it for the whole sweep. */
export const formerSweepLeaseSeconds = sweepTimeoutSeconds + 60;

/**
 * How long a request waits for a channel that is being given back. The lease goes back once the channel can be stopped, or
 * expires if it is that of a sweep that died.
 */
export const maxWaitForReleaseSeconds =
  Math.max(maxWaitToStopSeconds, sweepLeaseSeconds, formerSweepLeaseSeconds) + marginSeconds;
