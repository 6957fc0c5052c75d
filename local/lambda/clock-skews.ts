import type { Clock } from "../time/clock";

/** How far the clocks of functions are off. */
export class ClockSkews {
  private readonly skews = new Set<{ isMeant: (functionName: string) => boolean; milliseconds: number }>();

  /** @returns how to set the clocks right again. */
  add(isMeant: (functionName: string) => boolean, milliseconds: number): () => void {
    const skew = { isMeant, milliseconds };
    this.skews.add(skew);
    return () => {
      this.skews.delete(skew);
    };
  }

  /** @returns a clock as a function reads it; what it waits for takes as long as ever. */
  clockOf(functionName: string, clock: Clock): Clock {
    return {
      now: () => clock.now() + this.of(functionName),
      wait: (...span) => clock.wait(...span),
      ...(clock.working && { working: clock.working }),
    };
  }

  private of(functionName: string): number {
    let sum = 0;
    for (const { isMeant, milliseconds } of this.skews) if (isMeant(functionName)) sum += milliseconds;
    return sum;
  }
}
