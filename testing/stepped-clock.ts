import type { Clock } from "../local/time/clock";
import { WaitError } from "./wait-error";

/** A span of time; its parts add up. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

interface Wait {
  /** Milliseconds since the Unix epoch. */
  readonly until: number;
  readonly what: string;
  readonly resolve: () => void;
}

const partsInMilliseconds: { readonly [part in keyof Duration]-?: number } = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
};

/** A clock that stands still until it is advanced. */
export class SteppedClock implements Clock {
  private readonly waits = new Set<Wait>();
  private last: Promise<void> = Promise.resolve();
  private advances = 0;

  /**
   * @param time where it starts, in milliseconds since the Unix epoch.
   * @param settle resolves once all that can happen without time passing has happened.
   */
  constructor(
    private time: number,
    private readonly settle: () => Promise<void>,
  ) {}

  /** @returns milliseconds since the Unix epoch. */
  /** @returns the time, in milliseconds since 1970. */
  now(): number {
    return this.time;
  }

  /** Resolves once the clock has been advanced that far. @param what names the wait in {@link pending}. */
  wait(milliseconds: number, signal?: AbortSignal, what = "a wait"): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        this.waits.delete(wait);
        reject(signal?.reason as Error);
      };
      const wait: Wait = {
        until: this.time + Math.max(milliseconds, 0),
        what,
        resolve: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      this.waits.add(wait);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Whether time is passing just now. */
  get isAdvancing(): boolean {
    return this.advances > 0;
  }

  /** When the next wait ends, in milliseconds since the Unix epoch; undefined where nothing waits. */
  get nextWait(): number | undefined {
    return this.first()?.until;
  }

  /** What waits for time to pass, and until when: a line each, the next one first. */
  pending(): string[] {
    return [...this.waits]
      .sort((a, b) => a.until - b.until)
      .map(({ until, what }) => `${what}, until ${new Date(until).toISOString()}`);
  }

  /**
   * Lets time pass. Each wait ends at its own moment, in order, and what it sets off comes to rest before the next one ends. It
   * resolves when all is at rest at the new time. Advances that overlap happen one after the other.
   *
   * @throws {RangeError} when a part is negative or no number, unknown, or missing altogether.
   *
   * @example
   * await local.clock.advance({ minutes: 15 });
   */
  advance(duration: Duration): Promise<void> {
    const milliseconds = millisecondsOf(duration);
    return this.queue(() => this.passTo(this.time + milliseconds));
  }

  /**
   * Lets time pass, from one pending wait to the next, until something is there. No time passes where it is there already.
   *
   * @param what it is, in words that complete "Waited for …".
   * @param find looks for it; undefined while it is not there.
   * @param within how far time may pass. @default one hour
   * @returns what `find` found.
   * @throws {WaitError} that lists what is pending, when nothing waits for time to pass, or nothing within that span.
   *
   * @example
   * await local.clock.advanceUntil("the channel to run", () => local.encoder.get("1001").state === "RUNNING" || undefined);
   */
  async advanceUntil<T>(
    what: string,
    find: () => T | undefined | Promise<T | undefined>,
    within: Duration = { hours: 1 },
  ): Promise<T> {
    const end = this.time + millisecondsOf(within);
    for (;;) {
      await this.settle();
      const found = await find();
      if (found !== undefined) return found;
      const next = this.nextWait;
      if (next === undefined || next > end) {
        const reason = next === undefined ? "nothing waits for time to pass" : "nothing more happens by then";
        throw new WaitError(
          [
            `Waited for ${what} until ${new Date(end).toISOString()}, but ${reason}.`,
            `It is ${new Date(this.time).toISOString()}.`,
            ...(next === undefined ? [] : ["Pending:", ...this.pending().map((line) => `  - ${line}`)]),
          ].join("\n"),
        );
      }
      await this.queue(() => this.passTo(next));
    }
  }

  private async passTo(end: number): Promise<void> {
    await this.settle();
    for (let wait = this.first(); wait && wait.until <= end; wait = this.first()) {
      this.waits.delete(wait);
      this.time = Math.max(wait.until, this.time);
      wait.resolve();
      await this.settle();
    }
    this.time = Math.max(end, this.time);
  }

  /** Has time pass once the advances before are over. */
  private queue(pass: () => Promise<void>): Promise<void> {
    this.advances += 1;
    this.last = this.last.then(pass).finally(() => {
      this.advances -= 1;
    });
    return this.last;
  }

  /** Waits of the same moment end in the order in which they began. */
  private first(): Wait | undefined {
    let first: Wait | undefined;
    for (const wait of this.waits) if (!first || wait.until < first.until) first = wait;
    return first;
  }
}

/** @throws {RangeError} when it is not a duration. */
function millisecondsOf(duration: Duration): number {
  const entries = Object.entries(duration as { [part: string]: unknown });
  const known: { readonly [part: string]: number } = partsInMilliseconds;
  let total = 0;
  for (const [part, value] of entries) {
    const factor = known[part];
    if (factor === undefined || typeof value !== "number" || !(value >= 0) || !Number.isFinite(value)) {
      throw new RangeError(
        `A duration has ${Object.keys(known).join(", ")}, each a number from 0; received '${part}': ${String(value)}.`,
      );
    }
    total += value * factor;
  }
  if (entries.length === 0) {
    throw new RangeError("A duration is missing: say how far to advance, such as advance({ minutes: 15 }).");
  }
  return total;
}
