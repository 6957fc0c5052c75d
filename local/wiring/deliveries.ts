import type { Json } from "../json";

/** One attempt of EventBridge to hand an event to a rule's target. */
export interface Delivery {
  readonly targetArn: string;
  /** What the target gets. */
  readonly event: Json;
}

/**
 * Stands between a bus and the targets of its rules: may put a delivery off, repeat it or refuse it.
 *
 * @param proceed hands the event over.
 * @throws {PermanentDeliveryError} for the dead-letter queue; any other error has EventBridge try again.
 */
export type DeliveryInterceptor = (delivery: Delivery, proceed: () => Promise<void>) => Promise<void>;

/** The one way by which every event comes from a bus to a target. */
export class Deliveries {
  private interceptors: readonly DeliveryInterceptor[] = [];

  /** Adds an interceptor; those added first see a delivery first. @returns how to take it out again. */
  use(interceptor: DeliveryInterceptor): () => void {
    this.interceptors = [...this.interceptors, interceptor];
    return () => {
      this.interceptors = this.interceptors.filter((other) => other !== interceptor);
    };
  }

  /** Makes a delivery, past every interceptor. */
  perform(delivery: Delivery, proceed: () => Promise<void>): Promise<void> {
    const inward = this.interceptors.reduceRight<() => Promise<void>>(
      (next, interceptor) => () => interceptor(delivery, next),
      proceed,
    );
    return inward();
  }
}
