import type { Caller, Interceptor, ServiceCall } from "../calls/calls";
import type { Json } from "../json";
import { type Invocations, killed } from "../lambda/invocations";
import { AwsError, apis, ConnectionLost, type ServiceName } from "../services";
import type { Clock } from "../time/clock";
import { isNamed } from "./named";
import { countTurns, type Turns } from "./turns";

/** How a call fails: as its service throttles, as it breaks down, without any answer, or with an error of one's own. */
export type FaultError =
  | "throttle"
  | "5xx"
  | "timeout"
  | { readonly code: string; readonly message: string; readonly statusCode?: number };

/** Calls of one action. */
export interface CallSite extends Turns {
  /** Such as `DynamoDB`; `Lambda` for the invocations of functions. */
  readonly service: ServiceName;
  /** The action's name in the service's API model, such as `PutItem`. */
  readonly action: string;
  /**
   * Whose calls: the name of a function or a state machine, as the program or Pulumi names it, or a kind of caller.
   * @default - everybody's
   */
  readonly caller?: string;
  /** Narrows it further, by the call's input. @default - any input */
  readonly matches?: (input: object) => boolean;
}

/** When at a call. */
export interface Moment {
  /** Before the call took effect, or after it did and before its answer is there. @default "before" */
  readonly when?: "before" | "after";
}

/** A call that fails, or, where it took effect, whose answer is lost. */
export interface CallFault extends CallSite, Moment {
  /** @default "5xx" before the effect, "timeout" after it */
  readonly error?: FaultError;
}

/** A call that takes effect after its caller has given it up. */
export interface LateEffect extends CallSite {
  /** How long after the call it takes effect. */
  readonly seconds: number;
  /** Whether the function that makes the call dies at it. Otherwise its connection is lost. @default false */
  readonly kills?: boolean;
}

/** A function that dies. */
export interface Kill extends Moment {
  /** The function's name, as the program or Pulumi names it. */
  readonly function: string;
  /** At which of its calls. */
  readonly at: Omit<CallSite, "caller">;
}

/** @returns what fails the calls of a fault. */
export function failCalls(fault: CallFault): Interceptor {
  const { when = "before", error = when === "before" ? "5xx" : "timeout" } = fault;
  const isMeant = siteMatcher(fault);
  return async (call, proceed) => {
    if (!isMeant(call)) return proceed();
    if (when === "after") await proceed();
    throw faultError(call.service, error);
  };
}

/**
 * @returns what takes PutEvents calls and loses their entries: the call itself succeeds, and says in its answer that
 * each entry failed.
 */
export function loseEntries(site: Omit<CallSite, "service" | "action">): Interceptor {
  const isMeant = siteMatcher({ ...site, service: "EventBridge", action: "PutEvents" });
  return async <T>(call: ServiceCall, proceed: () => Promise<T>): Promise<T> => {
    if (!isMeant(call)) return proceed();
    const { Entries } = call.input as { Entries?: Json[] };
    const failed = { ErrorCode: "InternalFailure", ErrorMessage: "An internal error occurred." };
    const entries = (Entries ?? []).map(() => failed);
    // The gate passes every service's answers on as they are.
    return { FailedEntryCount: entries.length, Entries: entries } as T;
  };
}

/** @returns what does something else at the very moment of a call, which waits for it. */
export function actAtCall(site: CallSite & Moment, act: () => Promise<unknown>): Interceptor {
  const isMeant = siteMatcher(site);
  return async (call, proceed) => {
    if (!isMeant(call)) return proceed();
    if (site.when !== "after") await act();
    try {
      return await proceed();
    } finally {
      // A refusal is an answer, too.
      if (site.when === "after") await act();
    }
  };
}

/** @returns what has calls take time before they take effect. */
export function slowCalls(site: CallSite, milliseconds: number, clock: Clock): Interceptor {
  const isMeant = siteMatcher(site);
  return async (call, proceed) => {
    if (isMeant(call))
      await clock.wait(milliseconds, undefined, `${call.service} ${call.action}, slowed down`);
    return proceed();
  };
}

/** @returns what takes calls from their callers at once, and has them take effect only after a time. */
export function delayEffects(late: LateEffect, invocations: Invocations, clock: Clock): Interceptor {
  const isMeant = siteMatcher(late);
  return async (call, proceed) => {
    if (!isMeant(call)) return proceed();
    const { service, action, caller } = call;
    // Nobody is left who could be told whether it fails.
    clock
      .wait(late.seconds * 1000, undefined, `the effect of ${service} ${action}`)
      .then(proceed)
      .catch(() => undefined);
    const invocation = late.kills ? invocations.find(caller.invocationId) : undefined;
    if (!invocation) throw faultError(service, "timeout");
    invocation.kill();
    throw killed();
  };
}

/** @returns what kills a function's invocation at a call. */
export function killAtCall(kill: Kill, invocations: Invocations): Interceptor {
  const isMeant = siteMatcher({ ...kill.at, caller: kill.function });
  return async (call, proceed) => {
    const invocation = invocations.find(call.caller.invocationId);
    if (!invocation || !isMeant(call)) return proceed();
    if (kill.when === "after") await proceed();
    invocation.kill();
    throw killed();
  };
}

/** @returns what tells whether a call is meant, and counts it where it matches. */
export function siteMatcher(site: CallSite): (call: ServiceCall) => boolean {
  const isMeant = countTurns(site);
  return ({ service, action, caller, input }) =>
    service === site.service &&
    action === site.action &&
    (site.caller === undefined || isCaller(caller, site.caller)) &&
    (site.matches?.(input) ?? true) &&
    isMeant();
}

function isCaller({ kind, name }: Caller, wanted: string): boolean {
  return kind === wanted || isNamed(name, wanted);
}

/** @returns what the caller of a service sees. */
function faultError(service: ServiceName, error: FaultError): AwsError {
  if (error === "timeout") return new ConnectionLost();
  if (typeof error === "object") return new AwsError(error.code, error.message, error.statusCode ?? 400);
  const { throttle, broken } = apis[service].faults;
  return new AwsError(...(error === "throttle" ? throttle : broken));
}
