import { runBranches } from "../branches";
import type { ParallelState, StateGroup } from "../definition";
import { payloadText } from "../limits";
import { withRecovery } from "../recovery";
import type { Done, Step } from "../step";

/** Runs its branches side by side; the result is the list of their outputs. */
export function runParallelState(step: Step, state: ParallelState): Promise<Done> {
  return withRecovery(step, state, async () => {
    const { frame } = step;
    const input = state.Arguments === undefined ? step.input : step.evaluate(state.Arguments, "Arguments");
    payloadText(input, step.name);
    step.record("ParallelStateStarted");
    const { length } = state.Branches;
    const result = await runBranches(frame, length, length, async (index, branch) => {
      const output = await frame.run.runStates(state.Branches[index] as StateGroup, input, branch);
      frame.thread.previous = branch.thread.previous;
      return output;
    });
    payloadText(result, step.name);
    return step.finishAfter("ParallelStateSucceeded", () =>
      step.finish(state, state.Next, result, { result }),
    );
  });
}
