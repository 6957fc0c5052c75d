import type { Clock } from "../time/clock";
import type { Answer } from "./exchange";

/** An object in the cache. */
export interface CachedObject {
  readonly answer: Answer;
  /** Whole seconds since the origin answered. */
  readonly age: number;
}

/** One edge location's objects, by their keys, until they expire on the runtime's clock. */
export class EdgeCache {
  private readonly objects = new Map<string, { answer: Answer; storedAt: number; expiresAt: number }>();

  constructor(private readonly clock: Clock) {}

  get(key: string): CachedObject | undefined {
    const found = this.objects.get(key);
    if (!found) return undefined;
    const now = this.clock.now();
    if (now >= found.expiresAt) {
      this.objects.delete(key);
      return undefined;
    }
    return { answer: found.answer, age: Math.floor((now - found.storedAt) / 1000) };
  }

  /** @param seconds how long it is kept; nothing is, for 0. */
  put(key: string, answer: Answer, seconds: number): void {
    if (seconds <= 0) return;
    const now = this.clock.now();
    this.objects.set(key, { answer, storedAt: now, expiresAt: now + seconds * 1000 });
  }
}
