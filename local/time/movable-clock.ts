import type { Clock } from "./clock";

interface Wait {
  readonly until: number;
  readonly end: () => void;
}

/** A clock that runs by itself and can be put forward. */
export interface MovableClock extends Clock {
  /**
   * Puts the clock forward. Each wait ends at its own moment, in order, and what it sets off comes to rest before the next one ends.
   * It resolves once that is done. Moves that overlap happen one after the other.
   */
  advance(milliseconds: number): Promise<void>;
}

/**
 * Makes a clock that can be put forward.
 *
 * @param base runs beneath it. Functions and calls have their time from it, whatever the clock is put to.
 * @param settle resolves once everything that can happen without time passing has happened.
 */
export function movableClock(base: Clock, settle: () => Promise<void>): MovableClock {
  let ahead = 0;
  let last: Promise<void> = Promise.resolve();
  const waits = new Set<Wait>();
  const now = () => base.now() + ahead;

  const wait: Clock["wait"] = (milliseconds, signal, what) => {
    const until = now() + Math.max(milliseconds, 0);
    // The wait on the base ends when this one does, or with the caller's signal.
    const over = new AbortController();
    const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    return new Promise<void>((resolve, reject) => {
      const entry = {
        until,
        end: () => {
          waits.delete(entry);
          resolve();
          over.abort();
        },
      };
      waits.add(entry);
      base.wait(milliseconds, ends, what).then(entry.end, (error: unknown) => {
        waits.delete(entry);
        reject(error);
      });
    });
  };

  const passTo = async (end: number) => {
    await settle();
    for (let next = firstOf(waits); next && next.until <= end; next = firstOf(waits)) {
      ahead += Math.max(next.until - now(), 0);
      next.end();
      await settle();
    }
    ahead += Math.max(end - now(), 0);
  };

  return {
    now,
    wait,
    working: base.working ?? base,
    advance: (milliseconds) => {
      last = last.then(() => passTo(now() + milliseconds));
      return last;
    },
  };
}

/** The first of the waits to end; of those of the same moment, the one that began first. */
function firstOf(waits: ReadonlySet<Wait>): Wait | undefined {
  let first: Wait | undefined;
  for (const wait of waits) if (!first || wait.until < first.until) first = wait;
  return first;
}
