import type { Local } from "../../testing";

/** How often StreamSweep starts, unless it is configured otherwise: at full ten minutes, since the clock starts at midnight. */
export const sweepMilliseconds = 10 * 60_000;

/** Lets time pass until the next sweep starts, and what needs no time after that. */
export async function untilNextSweep({ clock }: Local): Promise<void> {
  await clock.advance({ milliseconds: sweepMilliseconds - (clock.now() % sweepMilliseconds) });
}

/** Lets time pass until the next sweep has ended, and what it set off with it. */
export async function untilSwept(local: Local): Promise<void> {
  await untilNextSweep(local);
  await local.clock.advance({ seconds: 30 });
}
