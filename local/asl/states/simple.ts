import type { ChoiceState, FailState, PassState, SucceedState } from "../definition";
import { StateFailure } from "../errors";
import type { Done, Step } from "../step";

/** Passes its input on, or what its Output makes of it. */
export function runPassState(step: Step, state: PassState): Done {
  return step.finish(state, state.Next, step.input);
}

/** Ends its sequence well. */
export function runSucceedState(step: Step, state: SucceedState): Done {
  return step.finish(state, undefined, step.input);
}

/** Ends its sequence with an error. */
export function runFailState(step: Step, state: FailState): never {
  const { Error: error, Cause: cause } = state;
  throw new StateFailure(
    error === undefined ? undefined : step.evaluateTo("string", error, "Error"),
    cause === undefined ? undefined : step.evaluateTo("string", cause, "Cause"),
  );
}

/** Goes where the first rule that holds points, or to the Default, which alone uses the state's own Output and Assign. */
export function runChoiceState(step: Step, state: ChoiceState): Done {
  const { input } = step;
  for (const [index, rule] of state.Choices.entries()) {
    const location = `Choices[${index}]/`;
    if (step.evaluateTo("boolean", rule.Condition, `${location}Condition`)) {
      return step.finish(rule, rule.Next, input, {}, location);
    }
  }
  if (state.Default !== undefined) return step.finish(state, state.Default, input);
  throw new StateFailure(
    "States.NoChoiceMatched",
    step.explain("Failed to transition out of the state. The state does not point to a next state."),
  );
}
