import type { State, StateMachineDefinition } from "./asl";

/** States that a definition goes without, and the state that comes in their place. */
export interface LeftOut<TName extends string> {
  readonly states: readonly string[];
  readonly next: TName;
}

/**
 * Takes states out of a definition: whatever leads to one of them leads to the state after them. States to which nothing leads any more go, too, since
 * Step Functions refuses such a state.
 */
export function withoutStates<TName extends string>(
  definition: StateMachineDefinition<TName>,
  leftOut: readonly LeftOut<TName>[],
): StateMachineDefinition<TName> {
  const exits = new Map<string, TName>(
    leftOut.flatMap(({ states, next }) => states.map((name) => [name, next])),
  );
  const after = (name: TName): TName => {
    const next = exits.get(name);
    return next === undefined ? name : after(next);
  };
  const startAt = after(definition.StartAt);
  const kept = new Map<TName, State<TName>>();
  const visit = (name: TName): void => {
    if (kept.has(name)) return;
    const state = rewire(definition.States[name], after);
    kept.set(name, state);
    for (const next of successors(state)) visit(next);
  };
  visit(startAt);
  // In the definition's order, so that a reader finds the states where they are otherwise.
  const names = (Object.keys(definition.States) as TName[]).filter((name) => kept.has(name));
  const states = Object.fromEntries(names.map((name) => [name, kept.get(name)]));
  return { ...definition, StartAt: startAt, States: states as StateMachineDefinition<TName>["States"] };
}

function rewire<TName extends string>(state: State<TName>, after: (name: TName) => TName): State<TName> {
  return {
    ...state,
    ...("Next" in state && { Next: after(state.Next) }),
    ...("Default" in state && { Default: after(state.Default) }),
    ...("Choices" in state && {
      Choices: state.Choices.map((rule) => ({ ...rule, Next: after(rule.Next) })),
    }),
    ...("Catch" in state &&
      state.Catch && { Catch: state.Catch.map((one) => ({ ...one, Next: after(one.Next) })) }),
  } as State<TName>;
}

function successors<TName extends string>(state: State<TName>): TName[] {
  return [
    ...("Next" in state ? [state.Next] : []),
    ...("Default" in state ? [state.Default] : []),
    ...("Choices" in state ? state.Choices.map(({ Next }) => Next) : []),
    ...("Catch" in state ? (state.Catch ?? []).map(({ Next }) => Next) : []),
  ];
}

/** The states of a cleanup that come before the channel's: those that take the playback entry out. */
export function removalStates(cleanup: object): string[] {
  const names = Object.keys(cleanup);
  return names.slice(0, names.indexOf("DecideChannelStop"));
}
