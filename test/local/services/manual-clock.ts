import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../../local/clock";

interface Waiter {
  due: number;
  wake: () => void;
}

/** A clock that a test moves by hand: nothing waits for real. */
export class ManualClock implements Clock {
  readonly #waiters = new Set<Waiter>();

  /** @param time where it starts, in milliseconds since the Unix epoch. */
  constructor(private time = Date.parse("2026-03-01T12:00:00.250Z")) {}

  now(): number {
    return this.time;
  }

  /** How many waits are pending. */
  get pending(): number {
    return this.#waiters.size;
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiters.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        due: this.time + milliseconds,
        wake: () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
      };
      if (signal?.aborted) {
        stop();
        return;
      }
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Moves on, waking in their order all waits that come due, those included that begin meanwhile. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#waiters.delete(next);
      this.time = Math.max(this.time, next.due);
      next.wake();
      await settle();
    }
    this.time = end;
  }

  #next(end: number): Waiter | undefined {
    const due = [...this.#waiters].filter((waiter) => waiter.due <= end);
    return due.sort((left, right) => left.due - right.due)[0];
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}
