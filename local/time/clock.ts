/** Where the runtime gets the time from: everything that waits, waits on one of these. */
export interface Clock {
  /** @returns milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves once `milliseconds` have passed.
   * @param what says what waits, for people who wonder what a clock that stands still holds up.
   * @throws the signal's reason when `signal` is aborted first.
   */
  wait(milliseconds: number, signal?: AbortSignal, what?: string): Promise<void>;
  /**
   * Times what takes the processor's own time: the timers and the timeout of a function, the timeout of a call.
   * @default - this clock
   */
  readonly working?: Pick<Clock, "now" | "wait">;
}

/** @returns the clock on which functions and calls have the time that they need. */
export function workingClock(clock: Clock): Pick<Clock, "now" | "wait"> {
  return clock.working ?? clock;
}

/** Node's timers hold at most 2^31-1 milliseconds; a longer delay would fire at once. */
const longestTimerMilliseconds = 2 ** 31 - 1;

/** The machine's own clock. A pending wait does not keep the process alive by itself. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async wait(milliseconds, signal) {
    const until = Date.now() + milliseconds;
    do {
      const remaining = Math.min(Math.max(until - Date.now(), 0), longestTimerMilliseconds);
      await sleep(remaining, signal);
    } while (Date.now() < until);
  },
};

/**
 * Makes a clock that starts at the present and runs faster, or slower, than the machine's. Nothing computes any faster on it: 25 seconds of a
 * function stay 25 seconds.
 *
 * @param speed seconds that pass in one second; above 0.
 */
export function fastClock(speed: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    wait: (milliseconds, signal) => systemClock.wait(Math.ceil(milliseconds / speed), signal),
    working: systemClock,
  };
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    timer.unref();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
