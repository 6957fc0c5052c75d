import type { Recoverable, Retrier } from "./definition";
import { matchesError, StateFailure } from "./errors";
import type { Done, Step } from "./step";

/**
 * Runs a state that may recover: retries it as its `Retry` says, then hands over to the first `Catch` that matches.
 * @param attempt one try, all of which is repeated: evaluating, calling, and evaluating the result.
 */
export async function withRecovery(
  step: Step,
  state: Recoverable,
  attempt: () => Promise<Done>,
): Promise<Done> {
  const { Retry = [], Catch = [] } = state;
  const { clock, random } = step.frame.run;
  const retries = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      const retrier = Retry.find(({ ErrorEquals }) => matchesError(ErrorEquals, failure));
      const done = retrier ? (retries.get(retrier) ?? 0) : 0;
      if (retrier && done < (retrier.MaxAttempts ?? 3)) {
        retries.set(retrier, done + 1);
        // In whole milliseconds, as all times of AWS are: an event that tells a time in parts of one is refused.
        const delay = Math.round(retryDelaySeconds(retrier, done, random) * 1000);
        await clock.wait(delay, step.frame.signal, `another try of the state ${step.name}`);
        step.retryCount += 1;
        continue;
      }
      const index = Catch.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, failure));
      const catcher = Catch[index];
      if (!catcher) {
        recordFailed(step, failure);
        throw failure;
      }
      const { output: errorOutput } = failure;
      return recordedFailed(step, failure, () =>
        step.finish(catcher, catcher.Next, errorOutput, { errorOutput }, `Catch[${index}]/`),
      );
    }
  }
}

/**
 * A Parallel or Map that is not tried again leaves an event of its own, unless the runtime itself failed. Source for this and the following:
 * floci-io/floci #2868, measured on AWS.
 */
function recordFailed(step: Step, { error }: StateFailure): void {
  const { type } = step;
  if ((type === "Parallel" || type === "Map") && error !== "States.Runtime")
    step.record(`${type}StateFailed`);
}

/** The events of a Catch whose own expressions fail follow what was before that event, and the state fails once more. */
function recordedFailed(step: Step, failure: StateFailure, finish: () => Done): Done {
  const { thread } = step.frame;
  const before = thread.previous;
  recordFailed(step, failure);
  const failed = thread.previous;
  thread.previous = before;
  try {
    const done = finish();
    thread.previous = failed;
    return done;
  } catch (problem) {
    if (problem instanceof StateFailure) recordFailed(step, problem);
    throw problem;
  }
}

/**
 * @param done how many retries this retrier has had.
 * @returns the seconds to wait before the next one.
 */
function retryDelaySeconds(retrier: Retrier, done: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** done, MaxDelaySeconds);
  return retrier.JitterStrategy === "FULL" ? delay * random() : delay;
}
