import { isJsonObject, type JsonObject } from "../json";
import { PermanentDeliveryError } from "../services";
import type { Clock } from "../time/clock";
import type { Delivery, DeliveryInterceptor } from "../wiring/deliveries";
import { isNamed, nameOfArn } from "./named";
import { countTurns, type Turns } from "./turns";

/** Deliveries of events from a bus to the targets of its rules. */
export interface DeliverySite extends Turns {
  /** The target's name, as the program or Pulumi names it. @default - any target */
  readonly target?: string;
  /** @default - events of any type */
  readonly detailType?: string;
  /** Narrows it further, by the event's detail. @default - any detail */
  readonly matches?: (detail: JsonObject) => boolean;
}

/** @returns what hands events over only after a time. */
export function delayDeliveries(site: DeliverySite, milliseconds: number, clock: Clock): DeliveryInterceptor {
  const isMeant = deliveryMatcher(site);
  return async (delivery, proceed) => {
    if (isMeant(delivery)) await clock.wait(milliseconds);
    await proceed();
  };
}

/** @returns what hands events over more than once, as at-least-once delivery may. */
export function duplicateDeliveries(site: DeliverySite, copies: number): DeliveryInterceptor {
  const isMeant = deliveryMatcher(site);
  return async (delivery, proceed) => {
    const count = isMeant(delivery) ? copies : 1;
    for (let made = 0; made < count; made += 1) await proceed();
  };
}

/** Deliveries that are held back. */
export interface HeldDeliveries {
  readonly intercept: DeliveryInterceptor;
  /** Lets those go that still wait for others. */
  release(): void;
}

/** @returns what holds events back until so many are together, and then hands them over last to first. */
export function reorderDeliveries(site: DeliverySite, count: number): HeldDeliveries {
  const isMeant = deliveryMatcher({ ...site, times: count });
  /** The last to come is the first here. */
  const held: (() => void)[] = [];
  const next = () => held.shift()?.();
  return {
    intercept: async (delivery, proceed) => {
      if (!isMeant(delivery)) return proceed();
      const turn = new Promise<void>((resolve) => {
        held.unshift(resolve);
      });
      if (held.length === count) next();
      await turn;
      try {
        await proceed();
      } finally {
        next();
      }
    },
    release: next,
  };
}

/** @returns what makes a target out of reach: for good, or for so many attempts. */
export function refuseDeliveries(site: DeliverySite, isPermanent: boolean): DeliveryInterceptor {
  const isMeant = deliveryMatcher(site);
  return async (delivery, proceed) => {
    if (!isMeant(delivery)) return proceed();
    if (!isPermanent) throw new Error("The target is out of reach.");
    throw new PermanentDeliveryError("NO_PERMISSIONS", "The rule is not authorized to invoke the target.");
  };
}

function deliveryMatcher(site: DeliverySite): (delivery: Delivery) => boolean {
  const isMeant = countTurns(site);
  return ({ targetArn, event }) => {
    const envelope = isJsonObject(event) ? event : {};
    const detail = isJsonObject(envelope.detail) ? envelope.detail : {};
    return (
      (site.target === undefined || isNamed(nameOfArn(targetArn), site.target)) &&
      (site.detailType === undefined || envelope["detail-type"] === site.detailType) &&
      (site.matches?.(detail) ?? true) &&
      isMeant()
    );
  };
}
