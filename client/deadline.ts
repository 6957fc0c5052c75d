/** When a try is given up: because its time is over, or because the caller aborts. */
export interface Deadline {
  /** Is aborted then. */
  readonly signal: AbortSignal;
  /** Resolves to what the work resolves to; rejects at the deadline, also where the work heeds no signal. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Lets the timer go. */
  end(): void;
}

export function startDeadline(seconds: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort();
  const timer = setTimeout(abort, seconds * 1000);
  outer?.addEventListener("abort", abort, { once: true });
  return {
    signal,
    race: (work) =>
      Promise.race([
        work,
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("The deadline has passed.")), {
            once: true,
          });
        }),
      ]),
    end() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", abort);
    },
  };
}
