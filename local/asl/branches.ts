import type { Json } from "../json";
import { LinkedAbort } from "./abort";
import type { Frame } from "./context";
import { BranchAborted } from "./errors";
import type { Progress } from "./progress";

/**
 * Runs sequences of states side by side. When one fails, the others are stopped, and it waits for them to wind down.
 * @param count how many there are.
 * @param concurrency how many may run at once.
 * @param part runs one of them in a frame of its own; those that ended well before a redrive are not run again.
 * @returns the parts' results, in order.
 * @throws the first failure, leaving the outer frame's history at what the failed part recorded last.
 */
export async function runBranches(
  outer: Frame,
  count: number,
  concurrency: number,
  part: (index: number, frame: Frame) => Promise<Json>,
): Promise<Json[]> {
  const results = new Array<Json>(count).fill(null);
  const parts = outer.progress.takeParts(count);
  const abort = new LinkedAbort(outer.signal);
  const started = outer.thread.previous;
  let next = 0;
  let failed: { reason: unknown; previous: number } | undefined;

  const work = async () => {
    // A worker's next part follows its last one in the history, as in AWS's.
    const thread = { previous: started };
    while (next < count && !abort.signal.aborted) {
      const index = next++;
      const progress = parts[index] as Progress;
      if (progress.output) {
        results[index] = progress.output.value;
        continue;
      }
      thread.previous = progress.previous ?? thread.previous;
      try {
        results[index] = await part(index, {
          ...outer,
          thread,
          progress,
          signal: abort.signal,
          isPart: true,
        });
      } catch (reason) {
        progress.previous = thread.previous;
        failed ??= { reason, previous: thread.previous };
        abort.abort(new BranchAborted());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, work));

  abort.release();
  outer.signal.throwIfAborted();
  if (failed) {
    outer.thread.previous = failed.previous;
    throw failed.reason;
  }
  return results;
}
