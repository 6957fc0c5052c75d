import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { Problems } from "./problems";

/**
 * Follows every transition of a group of states from its first one. Reports a StartAt or a transition that names no state,
 * states that no path leads to, and a group that can never end.
 */
export function checkPaths(startAt: Json | undefined, states: JsonObject, problems: Problems): void {
  const exists = (name: Json | undefined) => typeof name === "string" && Object.hasOwn(states, name);
  for (const [name, state] of Object.entries(states)) {
    for (const target of targets(state)) {
      if (!exists(target))
        problems.of(`State '${name}'`).add(`it leads to '${target}', which does not exist.`);
    }
  }
  if (!exists(startAt)) {
    problems.add(`the field 'StartAt' must name a state but is ${JSON.stringify(startAt)}.`);
    return;
  }
  const reached = reachedFrom(String(startAt), states);
  for (const name of Object.keys(states)) {
    if (!reached.has(name)) problems.of(`State '${name}'`).add("no path from StartAt leads to it.");
  }
  if (![...reached].some((name) => isTerminal(states[name]))) {
    problems.add(
      "there is no terminal state: no path from StartAt ends in a Succeed, a Fail, or a state with End.",
    );
  }
}

function reachedFrom(startAt: string, states: JsonObject): Set<string> {
  const reached = new Set([startAt]);
  // A set's iteration also visits what is added meanwhile.
  for (const name of reached) for (const target of targets(states[name])) reached.add(target);
  return reached;
}

/** A value that is no state is reported elsewhere; whether it would end is unknown. */
function isTerminal(state: Json | undefined): boolean {
  if (state === undefined) return false;
  return !isJsonObject(state) || state.Type === "Succeed" || state.Type === "Fail" || state.End === true;
}

/** @returns the names of the states that a state may lead to. */
function targets(state: Json | undefined): string[] {
  if (!isJsonObject(state)) return [];
  const rules = [state.Choices, state.Catch].flatMap((list) => (Array.isArray(list) ? list : []));
  const next = rules.map((rule) => (isJsonObject(rule) ? rule.Next : undefined));
  return [state.Next, state.Default, ...next].filter((name) => typeof name === "string");
}
