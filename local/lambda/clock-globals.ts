import { type Clock, workingClock } from "../time/clock";

/** The globals by which code tells and passes the time, on a clock. */
export interface ClockGlobals {
  readonly Date: DateConstructor;
  readonly setTimeout: (
    callback: (...values: unknown[]) => void,
    delay?: number,
    ...values: unknown[]
  ) => ClockTimer;
  readonly clearTimeout: (timer: unknown) => void;
  readonly setInterval: ClockGlobals["setTimeout"];
  readonly clearInterval: ClockGlobals["clearTimeout"];
}

/**
 * Makes `Date` and the timers of one function. `Date` tells the time of all logs and items; a timer has its real time, as those of an SDK
 * have to.
 *
 * @param onError takes what a timer's callback throws.
 */
export function clockGlobals(clock: Clock, onError: (error: unknown) => void): ClockGlobals {
  const start =
    (isRepeated: boolean): ClockGlobals["setTimeout"] =>
    (callback, delay = 0, ...values) =>
      new ClockTimer(workingClock(clock), () => callback(...values), delay, isRepeated, onError);
  const clear = (timer: unknown) => {
    if (timer instanceof ClockTimer) timer.close();
    // One of Node.js's own, from code that has its own way to them.
    else clearTimeout(timer as NodeJS.Timeout | undefined);
  };
  return {
    Date: clockDate(clock),
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

/** A `Date` whose present is the clock's. Its dates are plain ones: `instanceof` and all else hold on both sides. */
function clockDate(clock: Clock): DateConstructor {
  const now = () => Math.floor(clock.now());
  const proxy: DateConstructor = new Proxy(Date, {
    construct: (target, values, newTarget) =>
      Reflect.construct(
        target,
        values.length > 0 ? values : [now()],
        newTarget === proxy ? target : newTarget,
      ) as Date,
    apply: () => new Date(now()).toString(),
    get: (target, member) => (member === "now" ? now : (Reflect.get(target, member) as unknown)),
  });
  return proxy;
}

/** What `setTimeout` and `setInterval` return. */
class ClockTimer {
  private ended = new AbortController();

  constructor(
    private readonly clock: Pick<Clock, "wait">,
    private readonly callback: () => void,
    private readonly delay: number,
    private readonly isRepeated: boolean,
    private readonly onError: (error: unknown) => void,
  ) {
    this.start();
  }

  private start(): void {
    const { signal } = this.ended;
    // Node.js takes anything below one millisecond, or no number, for one.
    const milliseconds = this.delay >= 1 ? this.delay : 1;
    this.clock.wait(milliseconds, signal, "a timer of a function").then(
      () => {
        try {
          this.callback();
        } catch (error) {
          this.onError(error);
        }
        if (this.isRepeated && !signal.aborted) this.start();
      },
      () => undefined,
    );
  }

  refresh(): this {
    this.close();
    this.ended = new AbortController();
    this.start();
    return this;
  }

  close(): this {
    this.ended.abort(new Error("The timer was cleared."));
    return this;
  }

  /** A timer keeps nothing alive here. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}
