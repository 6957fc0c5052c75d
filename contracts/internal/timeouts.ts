/**
 * An execution of StreamTeardown ends after this time at the latest, so an older mark of one on an item is stale. The time for which it
 * first waits, with `playback.graceMinutes`, comes on top; the mark is written after that.
 */
export const teardownTimeoutSeconds = 3600;

/** An execution of StreamSweep ends after this time at the latest: before the next sweep begins, ten minutes later. */
export const sweepTimeoutSeconds = 540;

/** A lease that is older than its sweep can be, with a minute for the difference between clocks, is stale. */
export const staleSweepLeaseSeconds = sweepTimeoutSeconds + 60;
