import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";

/** A state of a definition, with the states that may follow. */
type WorkflowState = {
  name: string;
  type: string;
  next: { to: string; isFailure: boolean }[];
};

/** @returns the states of a state machine; undefined for one that the program does not have. */
export function viewWorkflow(graph: Graph, physicalName: string): { states: WorkflowState[] } | undefined {
  const machine = resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").find(
    ({ outputs }) => outputs.name === physicalName,
  );
  if (!machine) return undefined;
  const definition = JSON.parse(String(machine.inputs.definition)) as { readonly States: JsonObject };
  const states = Object.entries(definition.States).flatMap(([name, state]) =>
    isJsonObject(state) ? [{ name, type: String(state.Type), next: nextOf(state) }] : [],
  );
  return { states };
}

function nextOf({ Next, Default, Choices, Catch }: JsonObject): WorkflowState["next"] {
  const targets = (list: Json | undefined) =>
    Array.isArray(list) ? list.flatMap((each) => (isJsonObject(each) ? (each.Next ?? []) : [])) : [];
  const usual = [Next, Default, ...targets(Choices)].filter((to) => typeof to === "string");
  const failed = targets(Catch).filter((to) => typeof to === "string");
  const all = [
    ...usual.map((to) => ({ to, isFailure: false })),
    ...failed.filter((to) => !usual.includes(to)).map((to) => ({ to, isFailure: true })),
  ];
  return all.filter(({ to }, index) => all.findIndex((other) => other.to === to) === index);
}
