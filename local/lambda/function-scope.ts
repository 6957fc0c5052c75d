import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { format } from "node:util";
import type { Receivers } from "../http/receivers";
import { Activity } from "../time/activity";
import { type Clock, workingClock } from "../time/clock";
import { childModules } from "./child-processes";
import { clockGlobals } from "./clock-globals";
import { httpModules, ownFetch, ownWebSocket } from "./http-client";
import type { AwsEndpoint, Outbound, ViewerEndpoint } from "./outbound";

/** What stands around a function's code instead of this process's own. */
export interface FunctionScope {
  /** Globals, by name. */
  readonly globals: { readonly [name: string]: unknown };
  /** Modules of Node.js, by name without `node:`. */
  readonly modules: { readonly [id: string]: unknown };
}

/** Where functions run: on whose time, and beside which AWS endpoint. */
export interface FunctionSurroundings {
  readonly clock: Clock;
  /** Counts what the functions have under way. @default - nobody counts */
  readonly activity?: Activity | undefined;
  /** The AWS endpoint of this process. @default - every call to AWS is refused */
  readonly endpoint?: AwsEndpoint | undefined;
  /** The distributions of this process. @default - none */
  readonly viewers?: ViewerEndpoint | undefined;
  /** Hosts outside of AWS that somebody plays in this process. @default - none */
  readonly receivers?: Receivers | undefined;
}

export function functionScope(
  { clock, activity = new Activity() }: FunctionSurroundings,
  outbound: Outbound,
  ownProcess: NodeJS.Process,
  onLog: (line: string) => void,
): FunctionScope {
  const onError = (error: unknown) => onLog(`Uncaught Exception: ${String(error)}`);
  const globals = clockGlobals(clock, onError);
  const { Date: _, ...timerFunctions } = globals;
  const promises = {
    ...timersPromises,
    setTimeout: async <T>(milliseconds = 1, value?: T, { signal }: { signal?: AbortSignal } = {}) => {
      await workingClock(clock).wait(milliseconds, signal, "a timer of a function");
      return value;
    },
  };
  const ownTimers = { ...timers, ...timerFunctions, promises };
  const own: Record<string, unknown> = {
    ...globals,
    fetch: ownFetch(outbound, activity),
    ...("WebSocket" in globalThis && { WebSocket: ownWebSocket(outbound) }),
    process: ownProcess,
    console: functionConsole(onLog),
  };
  const ownGlobal = globalObject(own);
  return {
    globals: { ...own, globalThis: ownGlobal, global: ownGlobal },
    modules: {
      process: ownProcess,
      timers: ownTimers,
      "timers/promises": promises,
      ...httpModules(outbound, activity),
      ...childModules(outbound, ownProcess.env),
    },
  };
}

/** The global object with a function's own globals in place of this process's. */
function globalObject(own: Record<string, unknown>): object {
  return new Proxy(globalThis, {
    get: (target, name) => {
      if (name === "globalThis" || name === "global") return globalObject(own);
      return typeof name === "string" && Object.hasOwn(own, name)
        ? own[name]
        : (Reflect.get(target, name, target) as unknown);
    },
    set: (target, name, value) => {
      if (typeof name !== "string" || !Object.hasOwn(own, name)) return Reflect.set(target, name, value);
      own[name] = value;
      return true;
    },
  });
}

/**
 * Tells of files, names and connections that somebody in this process waits for: as long as a function runs, it may be the one.
 */
export function fileOrNetworkAccess(): string | undefined {
  const type = process.getActiveResourcesInfo().find((name) => /Req|Connect|Job/.test(name));
  return type && `a function's access to files or the network (${type})`;
}

/** A console that hands each line to a function's log. */
function functionConsole(onLog: (line: string) => void): Partial<Console> {
  const write = (...parts: unknown[]) => onLog(format(...parts));
  return { log: write, info: write, warn: write, error: write, debug: write, trace: write };
}
