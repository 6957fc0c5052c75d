import type { Json } from "../json";
import type { Frame } from "./context";
import type { State, StateGroup } from "./definition";
import { BranchAborted, StateFailure } from "./errors";
import { whole } from "./history";
import type { Place } from "./progress";
import { runMapState } from "./states/map";
import { runParallelState } from "./states/parallel";
import { runChoiceState, runFailState, runPassState, runSucceedState } from "./states/simple";
import { runTaskState } from "./states/task";
import { runWaitState } from "./states/wait";
import { type Done, Step } from "./step";

/** The states that AWS's history shows as aborted when a sibling branch fails. */
const abortable: readonly State["Type"][] = ["Task", "Wait", "Parallel", "Map"];

/**
 * Runs states from the first, or the one that a redrive resumes, to one that ends.
 * @returns the last state's output.
 * @throws {StateFailure} when a state fails and nothing catches it; the frame's abort reason when it must stop.
 */
export async function runStates(group: StateGroup, input: Json, frame: Frame): Promise<Json> {
  const { progress } = frame;
  let place: Place | undefined = progress.resumedPlace;
  if (!place) {
    place = { name: group.StartAt, input };
    progress.enter(place);
  }
  for (;;) {
    frame.signal.throwIfAborted();
    const { name }: Place = place;
    const state = group.States[name] as State;
    const step: Step = new Step(frame, place, state.Type);
    progress.place = step.place;
    const { output, assigned, next }: Done = await runState(step, state);
    step.record(`${state.Type}StateExited`, {
      stateExitedEventDetails: {
        name,
        output: JSON.stringify(output),
        outputDetails: whole,
        ...assignedVariables(assigned),
      },
    });
    progress.scope.assign(assigned);
    if (next === undefined) {
      progress.output = { value: output };
      return output;
    }
    place = { name: next, input: output };
    progress.enter(place);
  }
}

async function runState(step: Step, state: State): Promise<Done> {
  try {
    return await runByType(step, state);
  } catch (problem) {
    if (problem instanceof BranchAborted && abortable.includes(state.Type)) {
      step.record(`${state.Type}StateAborted`);
    }
    // A Task that fails its branch shows as aborted, beside the branch's other events. Source: floci-io/floci #2868, measured on AWS.
    const { frame } = step;
    if (state.Type === "Task" && frame.isPart && problem instanceof StateFailure) {
      if (problem.error !== "States.Runtime") frame.run.history.recordAside(frame.thread, "TaskStateAborted");
    }
    throw problem;
  }
}

function runByType(step: Step, state: State): Done | Promise<Done> {
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
