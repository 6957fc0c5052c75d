import { setMaxListeners } from "node:events";

/** An AbortController that also follows another signal, until it is released. */
export class LinkedAbort {
  private readonly controller = new AbortController();
  private readonly follow = () => this.controller.abort(this.parent.reason);

  constructor(private readonly parent: AbortSignal) {
    // A Map has up to forty iterations at once, each of which follows: Node.js warns beyond ten.
    setMaxListeners(0, this.controller.signal);
    if (parent.aborted) this.follow();
    else parent.addEventListener("abort", this.follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** Stops following; the signal no longer fires for the other one. */
  release(): void {
    this.parent.removeEventListener("abort", this.follow);
  }
}

/** @returns what the work yields. @throws the signal's reason as soon as it fires, whatever the work does then. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
