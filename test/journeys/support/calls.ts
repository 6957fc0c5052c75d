import type { CallGate, ServiceCall } from "../../../local/calls/calls";
import type { JsonObject } from "../../../local/json";

type Service = ServiceCall["service"];
type Around = (action: string, input: JsonObject, call: () => Promise<JsonObject>) => Promise<JsonObject>;

/** A call that was stopped on its way to a service. */
export interface HeldCall {
  /** Resolves once the call is made. */
  readonly reached: Promise<JsonObject>;
  /** Lets it go on. */
  release(): void;
}

/** Steps between a service and whoever calls it, the workflow and the functions alike, until the test is over. */
export class Calls {
  private readonly restores: (() => void)[] = [];

  constructor(private readonly gate: CallGate) {}

  /** Puts a function around every call of a service. */
  around(service: Service, around: Around): void {
    this.restores.push(
      this.gate.use(async <T>(made: ServiceCall, proceed: () => Promise<T>) => {
        if (made.service !== service) return proceed();
        const call = proceed as () => Promise<unknown> as () => Promise<JsonObject>;
        return (await around(made.action, made.input as JsonObject, call)) as T;
      }),
    );
  }

  /** Fails the first `times` calls of an action with an error, or of those whose input `matches`. */
  fail(
    service: Service,
    action: string,
    error: Error,
    times = 1,
    matches: (input: JsonObject) => boolean = () => true,
  ): void {
    let left = times;
    this.around(service, (called, input, call) => {
      if (called !== action || left === 0 || !matches(input)) return call();
      left -= 1;
      return Promise.reject(error);
    });
  }

  /** Holds the first call of an action that `matches`. */
  hold(service: Service, action: string, matches: (input: JsonObject) => boolean = () => true): HeldCall {
    let reach: (input: JsonObject) => void = () => undefined;
    let release: () => void = () => undefined;
    const reached = new Promise<JsonObject>((resolve) => {
      reach = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = false;
    this.around(service, async (called, input, call) => {
      if (!held && called === action && matches(input)) {
        held = true;
        reach(input);
        await released;
      }
      return call();
    });
    return { reached, release };
  }

  restore(): void {
    for (const restore of this.restores.splice(0).reverse()) restore();
  }
}
