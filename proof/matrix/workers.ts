import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { CaseResult } from "./case";

/** Which cases a worker runs: each `of`th, beginning with `first`. */
export interface Share {
  readonly first: number;
  readonly of: number;
  /** Only cases whose names have this in them. */
  readonly only: string;
}

/**
 * Runs the matrix in processes of their own, side by side: a runtime waits for nothing, so that one of them fills a processor.
 *
 * @throws {Error} when a process ends before its cases do.
 */
export async function runInWorkers(
  count: number,
  only: string,
  onResult: (result: CaseResult) => void,
): Promise<void> {
  const workers = Array.from({ length: count }, () => fork(require.resolve("./worker")));
  try {
    await Promise.all(workers.map((worker, first) => runShare(worker, { first, of: count, only }, onResult)));
  } finally {
    for (const worker of workers) worker.kill();
  }
}

async function runShare(
  worker: ChildProcess,
  share: Share,
  onResult: (result: CaseResult) => void,
): Promise<void> {
  worker.on("message", (result: CaseResult) => onResult(result));
  worker.send(share);
  const [code] = (await once(worker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`A worker of the matrix ended with ${code ?? "a signal"}.`);
}
