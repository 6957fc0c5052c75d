import type { Interceptor } from "../calls/calls";
import { type CallSite, siteMatcher } from "./call-faults";

/** Calls that are held back before they take effect. */
export interface HeldCalls {
  /** How many there were so far. */
  readonly count: number;
  /** Lets them go on, and holds no more. */
  release(): void;
}

/** @returns what holds the calls at a site, and the calls that it holds. */
export function holdCalls(site: CallSite): { readonly intercept: Interceptor; readonly held: HeldCalls } {
  const isMeant = siteMatcher(site);
  const waiting: (() => void)[] = [];
  let count = 0;
  let isReleased = false;
  return {
    intercept: async (call, proceed) => {
      if (!isReleased && isMeant(call)) {
        count += 1;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      return proceed();
    },
    held: {
      get count() {
        return count;
      },
      release() {
        isReleased = true;
        for (const resolve of waiting.splice(0)) resolve();
      },
    },
  };
}
