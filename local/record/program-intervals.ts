/** The repeating timers that run while a program is recorded. */
export interface IntervalWatch {
  /** Whether one of them runs. */
  readonly any: boolean;
  stop(): void;
}

/**
 * Watches repeating timers, and lets Node.js end while they run. A timer that nothing clears would otherwise look like work for ever: it may run beside a
 * promise that never settles.
 */
export function watchIntervals(): IntervalWatch {
  const { setInterval, clearInterval, clearTimeout } = globalThis;
  const running = new Set<unknown>();
  const start = (...args: Parameters<typeof setInterval>) => {
    const timer = setInterval(...args);
    // A fake timer of a test is a number.
    timer.unref?.();
    running.add(timer);
    return timer;
  };
  const clearWith = (clear: typeof clearTimeout) => (timer: NodeJS.Timeout | undefined) => {
    running.delete(timer);
    clear(timer);
  };
  globalThis.setInterval = start;
  // Each of the two clears either kind of timer.
  globalThis.clearInterval = clearWith(clearInterval) as typeof clearInterval;
  globalThis.clearTimeout = clearWith(clearTimeout) as typeof clearTimeout;
  return {
    get any() {
      return running.size > 0;
    },
    stop: () => {
      Object.assign(globalThis, { setInterval, clearInterval, clearTimeout });
    },
  };
}
