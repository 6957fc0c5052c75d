import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { format } from "node:util";
import { Activity } from "../time/activity";
import type { Clock } from "../time/clock";
import { clockGlobals } from "./clock-globals";
import { countedFetch, httpModules, type Shortcut } from "./http-client";

/** What stands around a function's code instead of this process's own. */
export interface FunctionScope {
  /** Globals, by name. */
  readonly globals: { readonly [name: string]: unknown };
  /** Modules of Node.js, by every name that they are required by. */
  readonly modules: { readonly [id: string]: unknown };
}

/** Where functions run: on whose time, and beside which AWS endpoint. */
export interface FunctionSurroundings {
  readonly clock: Clock;
  /** Counts what the functions have under way. @default - nobody counts */
  readonly activity?: Activity | undefined;
  /** The AWS endpoint of this process. @default - it is reached like any other */
  readonly shortcut?: Shortcut | undefined;
}

/** @param onError takes what the callback of a timer throws. */
export function functionScope(
  { clock, activity = new Activity(), shortcut }: FunctionSurroundings,
  onError: (error: unknown) => void,
): FunctionScope {
  const globals = clockGlobals(clock, onError);
  const { Date: _, ...timerFunctions } = globals;
  const promises = {
    ...timersPromises,
    setTimeout: async <T>(milliseconds = 1, value?: T, { signal }: { signal?: AbortSignal } = {}) => {
      await clock.wait(milliseconds, signal, "a timer of a function");
      return value;
    },
  };
  const ownTimers = { ...timers, ...timerFunctions, promises };
  return {
    globals: { ...globals, fetch: countedFetch(activity) },
    modules: {
      timers: ownTimers,
      "node:timers": ownTimers,
      "timers/promises": promises,
      "node:timers/promises": promises,
      ...(shortcut && httpModules(shortcut, activity)),
    },
  };
}

/**
 * Tells of files, names and connections that somebody in this process waits for: as long as a function runs, it may be the one.
 */
export function fileOrNetworkAccess(): string | undefined {
  const type = process.getActiveResourcesInfo().find((name) => /Req|Connect|Job/.test(name));
  return type && `a function's access to files or the network (${type})`;
}

/** A console that hands each line to a function's log. */
export function functionConsole(onLog: (line: string) => void): Partial<Console> {
  const write = (...parts: unknown[]) => onLog(format(...parts));
  return { log: write, info: write, warn: write, error: write, debug: write, trace: write };
}
