import { type ChildProcess, fork } from "node:child_process";
import type { Answer, Order } from "./worker";

/** A worker ends itself when a trial takes too much processor time. One that only waits does not, and is ended after this time. */
const maxSeconds = 1200;

/** A process of its own, in which programs run. One that dies or hangs is replaced by another. */
export class Worker {
  private process: ChildProcess | undefined;

  /** @returns the answer; or in words how the process ended instead. */
  ask(order: Order): Promise<Answer | string> {
    this.process ??= fork(require.resolve("./worker"), { execArgv: ["-r", "tsx/cjs"] });
    const { process } = this;
    return new Promise((resolve) => {
      const end = (outcome: Answer | string) => {
        clearTimeout(timer);
        process.off("message", onMessage).off("exit", onExit);
        if (typeof outcome === "string") this.stop();
        resolve(outcome);
      };
      const onMessage = (answer: Answer) => end(answer);
      const onExit = (code: number | null) => end(`The process ended with ${code ?? "a signal"}.`);
      const timer = setTimeout(() => end(`It did not end within ${maxSeconds} seconds.`), maxSeconds * 1000);
      process.on("message", onMessage).on("exit", onExit);
      process.send(order);
    });
  }

  stop(): void {
    this.process?.kill("SIGKILL");
    this.process = undefined;
  }
}

/** Hands items out to workers, each of which takes the next one when it is done. */
export async function inWorkers<T>(
  count: number,
  items: readonly T[],
  work: (worker: Worker, item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const workers = Array.from({ length: Math.min(count, items.length) }, () => new Worker());
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(worker, item);
      }),
    );
  } finally {
    for (const worker of workers) worker.stop();
  }
}
