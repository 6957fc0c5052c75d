import type { Json } from "../json";
import type { Frame } from "./context";
import type { State, StateGroup } from "./definition";
import { BranchAborted } from "./errors";
import { whole } from "./history";
import { runMapState } from "./states/map";
import { runParallelState } from "./states/parallel";
import { runChoiceState, runFailState, runPassState, runSucceedState } from "./states/simple";
import { runTaskState } from "./states/task";
import { runWaitState } from "./states/wait";
import { type Done, Step } from "./step";

/** The states that AWS's history shows as aborted when a sibling branch fails. */
const abortable: readonly State["Type"][] = ["Task", "Wait", "Parallel", "Map"];

/**
 * Runs states from the first to one that ends.
 * @returns the last state's output.
 * @throws {StateFailure} when a state fails and nothing catches it; the frame's abort reason when it must stop.
 */
export async function runStates(group: StateGroup, input: Json, frame: Frame): Promise<Json> {
  let name: string | undefined = group.StartAt;
  let data = input;
  while (name !== undefined) {
    frame.signal.throwIfAborted();
    const state = group.States[name] as State;
    const step: Step = new Step(frame, name, state.Type, data);
    const { output, assigned, next }: Done = await runState(step, state);
    step.record(`${state.Type}StateExited`, {
      stateExitedEventDetails: {
        name,
        output: JSON.stringify(output),
        outputDetails: whole,
        ...assignedVariables(assigned),
      },
    });
    frame.scope.assign(assigned);
    data = output;
    name = next;
  }
  return data;
}

async function runState(step: Step, state: State): Promise<Done> {
  try {
    return await runByType(step, state);
  } catch (problem) {
    if (problem instanceof BranchAborted && abortable.includes(state.Type)) {
      step.record(`${state.Type}StateAborted`);
    }
    throw problem;
  }
}

function runByType(step: Step, state: State): Promise<Done> {
  switch (state.Type) {
    case "Task":
      return runTaskState(step, state);
    case "Pass":
      return runPassState(step, state);
    case "Choice":
      return runChoiceState(step, state);
    case "Wait":
      return runWaitState(step, state);
    case "Succeed":
      return runSucceedState(step, state);
    case "Fail":
      return runFailState(step, state);
    case "Parallel":
      return runParallelState(step, state);
    case "Map":
      return runMapState(step, state);
  }
}

function assignedVariables(assigned: Record<string, Json>) {
  const entries = Object.entries(assigned);
  if (entries.length === 0) return {};
  return {
    assignedVariables: Object.fromEntries(entries.map(([key, value]) => [key, JSON.stringify(value)])),
    assignedVariablesDetails: whole,
  };
}
