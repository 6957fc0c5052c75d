import type { Results, State, StateGroup } from "../definition";

/** A way out of a state. */
interface Edge {
  readonly to: string;
  /** The variables that are assigned on it. */
  readonly assigns: readonly string[];
}

/**
 * Follows every path through a group of states.
 * @param outside the variables that are assigned before the group is entered.
 * @returns for each state that can be reached, the variables that are assigned on every path to it.
 */
export function assignedBefore(
  { StartAt, States }: StateGroup,
  outside: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>([[StartAt, outside]]);
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    const before = known.get(name);
    if (!state || !before) continue;
    for (const { to, assigns } of edgesOf(state)) {
      const arriving = new Set([...before, ...assigns]);
      const sofar = known.get(to);
      const common = sofar ? new Set([...sofar].filter((variable) => arriving.has(variable))) : arriving;
      // What is common only ever shrinks, so that this ends, whatever loops there are.
      if (sofar && common.size === sofar.size) continue;
      known.set(to, common);
      open.push(to);
    }
  }
  return known;
}

/** @returns the names of all variables that a state assigns, whatever way it ends. */
export function assignedBy(state: State): string[] {
  const results: Results[] = [state as Results];
  if (state.Type === "Choice") results.push(...state.Choices);
  if ("Catch" in state) results.push(...(state.Catch ?? []));
  return results.flatMap(({ Assign = {} }) => Object.keys(Assign));
}

function edgesOf(state: State): Edge[] {
  switch (state.Type) {
    case "Succeed":
    case "Fail":
      return [];
    case "Choice":
      return [
        ...state.Choices.map((rule) => edge(rule.Next, rule)),
        ...(state.Default === undefined ? [] : [edge(state.Default, state)]),
      ];
    case "Pass":
    case "Wait":
      return nextEdge(state);
    case "Task":
    case "Parallel":
    case "Map":
      return [...nextEdge(state), ...(state.Catch ?? []).map((catcher) => edge(catcher.Next, catcher))];
  }
}

function nextEdge(state: Results & { Next?: string }): Edge[] {
  return state.Next === undefined ? [] : [edge(state.Next, state)];
}

function edge(to: string, { Assign = {} }: Results): Edge {
  return { to, assigns: Object.keys(Assign) };
}
