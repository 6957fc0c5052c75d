import { setImmediate as nextTurn } from "node:timers/promises";
import { SteppedClock as LocalClock } from "../../testing/stepped-clock";

/** The testing entry's clock, for parts that count nothing that is under way. */
export class SteppedClock extends LocalClock {
  /** @param settle resolves once everything that needs no time has happened. */
  constructor(time = Date.parse("2026-01-02T03:04:05Z"), settle = settled) {
    super(time, settle);
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}
