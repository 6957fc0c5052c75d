import type { Clock } from "../../local/clock";

/** A clock that moves when the test says so. */
export class SteppedClock implements Clock {
  private readonly waits = new Set<{ until: number; resolve: () => void }>();

  /** @param settle resolves once everything that needs no time has happened. */
  constructor(
    private time = Date.parse("2026-01-02T03:04:05Z"),
    private readonly settle = settled,
  ) {}

  /** How many waits are pending: none may be left once everything has stopped. */
  get pending(): number {
    return this.waits.size;
  }

  now(): number {
    return this.time;
  }

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        this.waits.delete(wait);
        reject(signal?.reason as Error);
      };
      const wait = {
        until: this.time + milliseconds,
        resolve: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      this.waits.add(wait);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets time pass, ending each wait at its own moment. */
  async advance(seconds: number): Promise<void> {
    const end = this.time + seconds * 1000;
    await this.settle();
    for (let wait = this.firstUntil(end); wait; wait = this.firstUntil(end)) {
      this.waits.delete(wait);
      this.time = Math.max(wait.until, this.time);
      wait.resolve();
      await this.settle();
    }
    this.time = end;
  }

  private firstUntil(end: number) {
    return [...this.waits].sort((a, b) => a.until - b.until).find(({ until }) => until <= end);
  }
}

/** Resolves when everything that needs no time has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
