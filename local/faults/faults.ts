import type { CallGate, Interceptor } from "../calls/calls";
import type { Invocations } from "../lambda/invocations";
import type { Clock } from "../time/clock";
import type { Deliveries, DeliveryInterceptor } from "../wiring/deliveries";
import {
  actAtCall,
  type CallFault,
  type CallSite,
  delayEffects,
  failCalls,
  type Kill,
  killAtCall,
  type LateEffect,
  loseEntries,
  type Moment,
  slowCalls,
} from "./call-faults";
import { CallLog, type LoggedCall } from "./call-log";
import {
  type DeliverySite,
  delayDeliveries,
  duplicateDeliveries,
  refuseDeliveries,
  reorderDeliveries,
} from "./delivery-faults";
import { type HeldCalls, holdCalls } from "./held-calls";
import { isNamed } from "./named";

export type { CallFault, CallSite, FaultError, Kill, LateEffect, Moment } from "./call-faults";
export type { LoggedCall } from "./call-log";
export type { DeliverySite } from "./delivery-faults";
export type { HeldCalls } from "./held-calls";

/** What of a runtime faults are put into. */
export interface FaultsOptions {
  readonly gate: CallGate;
  readonly deliveries: Deliveries;
  readonly invocations: Invocations;
  readonly clock: Clock;
}

/**
 * Makes things go wrong on purpose. Each method sets up one fault and returns how to take it out again; several stand
 * side by side, and each counts its own matches from the moment it was set up.
 *
 * ```ts
 * local.faults.fail({ service: "MediaLive", action: "StartChannel", error: "throttle", times: 3 });
 * local.faults.kill({ function: "streams-update-stream-status", at: { service: "EventBridge", action: "PutEvents" }, when: "before" });
 * ```
 */
export class Faults {
  private readonly log = new CallLog();
  private removals: (() => void)[] = [];

  constructor(private readonly options: FaultsOptions) {
    options.gate.use(this.log.intercept);
  }

  /**
   * Fails calls of an action. A caller that tries again makes another call: `times` must outlast it for the fault to be
   * felt beyond it. The AWS SDK in the functions makes three tries, the workflow's states six or nine more.
   */
  fail(fault: CallFault): () => void {
    return this.put(failCalls(fault));
  }

  /** Has PutEvents answer that its entries failed, which is no error of the call, and lose the events. */
  loseEntries(site: Omit<CallSite, "service" | "action"> = {}): () => void {
    return this.put(loseEntries(site));
  }

  /**
   * Kills a function at one of its calls. The invocation ends with `Runtime.ExitError`, nothing that its code does
   * afterwards takes effect, and the next one starts cold. Whoever invoked it tries again by its own rules.
   */
  kill(kill: Kill): () => void {
    return this.put(killAtCall(kill, this.options.invocations));
  }

  /**
   * Holds calls back before they take effect, until they are released or the faults are cleared. What does not wait for them goes on.
   *
   * ```ts
   * const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
   * await local.streams.request("spring-launch");
   * await local.streams.update("spring-launch", "READY");
   * held.release();
   * ```
   */
  hold(site: CallSite): HeldCalls {
    const { intercept, held } = holdCalls(site);
    const remove = this.options.gate.use(intercept);
    this.remember(() => {
      remove();
      held.release();
    });
    return held;
  }

  /**
   * Has calls take time, of which others make use: otherwise nothing that a workflow calls takes any.
   * @param site as for {@link fail}; every call that matches, unless `times` says how many. `seconds`: how long each takes. @default 1
   */
  slow({ seconds = 1, times = Infinity, ...site }: CallSite & { readonly seconds?: number }): () => void {
    return this.put(slowCalls({ ...site, times }, seconds * 1000, this.options.clock));
  }

  /**
   * Has a call take effect after its caller has given it up: the caller loses its connection at once, or dies. It then takes effect even if the
   * faults are cleared meanwhile.
   *
   * ```ts
   * local.faults.late({ service: "MediaLive", action: "StartChannel", seconds: 180 });
   * ```
   */
  late(late: LateEffect): () => void {
    const { invocations, clock } = this.options;
    return this.put(delayEffects(late, invocations, clock));
  }

  /**
   * Does something else at the very moment of a call, which waits for it: what a race would do once in a thousand runs.
   */
  meanwhile(site: CallSite & Moment, act: () => Promise<unknown>): () => void {
    return this.put(actAtCall(site, act));
  }

  /** Puts deliveries off. */
  delay({ seconds, ...site }: DeliverySite & { readonly seconds: number }): () => void {
    return this.putDelivery(delayDeliveries(site, seconds * 1000, this.options.clock));
  }

  /** Makes deliveries more than once. @param site `copies`: how often in all. */
  duplicate({ copies = 2, ...site }: DeliverySite & { readonly copies?: number } = {}): () => void {
    return this.putDelivery(duplicateDeliveries(site, copies));
  }

  /** Holds deliveries back until `count` are together, and makes them last to first. @param site `count`: 2 if unset. */
  reorder({
    count = 2,
    ...site
  }: Omit<DeliverySite, "times"> & { readonly count?: number } = {}): () => void {
    const { intercept, release } = reorderDeliveries(site, count);
    const remove = this.options.deliveries.use(intercept);
    return this.remember(() => {
      remove();
      release();
    });
  }

  /**
   * Refuses deliveries. EventBridge tries again, or, where it is for good, sends the event to the rule's dead-letter
   * queue.
   */
  refuse({ forGood = false, ...site }: DeliverySite & { readonly forGood?: boolean } = {}): () => void {
    return this.putDelivery(refuseDeliveries(site, forGood));
  }

  /** Sets the clock of a function wrong: behind, where `seconds` is negative. */
  skew({ function: name, seconds }: { readonly function: string; readonly seconds: number }): () => void {
    const { skews } = this.options.invocations;
    return this.remember(skews.add((functionName) => isNamed(functionName, name), seconds * 1000));
  }

  /** Takes every fault out, and lets go what is held back. */
  clear(): void {
    for (const remove of this.removals.splice(0)) remove();
  }

  /** @returns every call of an AWS API so far, in their order. */
  calls(): readonly LoggedCall[] {
    return this.log.calls;
  }

  private put(interceptor: Interceptor): () => void {
    return this.remember(this.options.gate.use(interceptor));
  }

  private putDelivery(interceptor: DeliveryInterceptor): () => void {
    return this.remember(this.options.deliveries.use(interceptor));
  }

  private remember(remove: () => void): () => void {
    this.removals.push(remove);
    return remove;
  }
}
