import type { WaitState } from "../definition";
import type { Done, Step } from "../step";
import { parseTimestamp } from "../timestamp";

/** Source: Step Functions Developer Guide, "Wait workflow state". */
const longestWaitSeconds = 99_999_999;

/** Waits for a number of seconds, or until a moment, which may be in the past. */
export async function runWaitState(step: Step, state: WaitState): Promise<Done> {
  const { frame, input } = step;
  const { clock } = frame.run;
  const remaining = waitEnd(step, state) - clock.now();
  if (remaining > 0) await clock.wait(remaining, frame.signal, `the state ${step.name}`);
  return step.finish(state, state.Next, input);
}

function waitEnd(step: Step, state: WaitState): number {
  const { Seconds = 0, Timestamp } = state;
  if (Timestamp === undefined) {
    const seconds = step.evaluateCount(Seconds, "Seconds", 0, longestWaitSeconds);
    return step.frame.run.clock.now() + seconds * 1000;
  }
  const text = step.evaluateTo("string", Timestamp, "Timestamp");
  const moment = parseTimestamp(text);
  if (moment !== undefined) return moment;
  throw step.evaluationFailure(
    `The field 'Timestamp' must be an RFC 3339 timestamp such as 2030-01-02T03:04:05Z, but was ${JSON.stringify(text)}.`,
    "Timestamp",
  );
}
