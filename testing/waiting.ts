import { setImmediate as nextTurn } from "node:timers/promises";
import type { Activity } from "../local/time/activity";
import type { SteppedClock } from "./stepped-clock";
import { WaitError } from "./wait-error";

/** What is waited for, in words that complete "Waited for …", and what there is instead. */
export interface Awaited<T> {
  readonly what: string;
  /** Looks for it; it may be there already. */
  find(): T | undefined | Promise<T | undefined>;
  /** Says what happened instead: a line each. */
  happened(): string[] | Promise<string[]>;
}

/** Waits for what is to happen without time passing. */
export type WaitFor = <T>(awaited: Awaited<T>) => Promise<T>;

/**
 * Makes the wait of one runtime. It ends when what it looks for is there, or with an error once nothing is under way that could still
 * make it happen: never by wall time.
 */
export function createWaitFor(activity: Activity, clock: SteppedClock): WaitFor {
  return async ({ what, find, happened }) => {
    for (;;) {
      const found = (await find()) ?? (await settle(find));
      if (found !== undefined) return found;
      if (clock.isAdvancing) {
        await nextTurn();
        continue;
      }
      const lines = (entries: string[]) => entries.map((entry) => `  - ${entry}`);
      const instead = await happened();
      const waiting = clock.pending();
      throw new WaitError(
        [
          `Waited for ${what}, but nothing more can happen before time passes.`,
          ...(instead.length > 0
            ? ["What did happen:", ...lines(instead)]
            : ["Nothing like it has happened."]),
          `It is ${new Date(clock.now()).toISOString()}.`,
          ...(waiting.length > 0
            ? ["Pending:", ...lines(waiting), "Let time pass with local.clock.advance({ … })."]
            : ["Nothing waits for time to pass either."]),
        ].join("\n"),
      );
    }
  };

  async function settle<T>(find: Awaited<T>["find"]): Promise<T | undefined> {
    await activity.settled();
    return find();
  }
}
