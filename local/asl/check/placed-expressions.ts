import { isJsonObject, type Json } from "../../json";
import type { ChoiceState, FailState, Results, State, StateGroup } from "../definition";
import { expressionIn } from "../jsonata";

/** An expression of a state, and what it may read. */
export interface PlacedExpression {
  /** Its field, such as `Catch[0]/Output/error`. */
  readonly location: string;
  readonly source: string;
  /** The members of `$states` that exist where it stands. */
  readonly statesMembers: readonly string[];
}

/** Source: Amazon States Language specification, "Reserved variable: $states". */
const always = ["input", "context"];
const withResult = [...always, "result"];
const withError = [...always, "errorOutput"];

/** The fields that are evaluated before there is a result, in all types of states. */
const fieldsBefore = [
  "Arguments",
  "Items",
  "ItemSelector",
  "MaxConcurrency",
  "TimeoutSeconds",
  "HeartbeatSeconds",
  "Seconds",
  "Timestamp",
] as const;

/** @returns every expression of one state, those of states within it left out. */
export function expressionsOf(state: State): PlacedExpression[] {
  const fields = state as unknown as { [field: string]: Json };
  const before = [...fieldsBefore, ...errorFields(state)].flatMap((field) =>
    expressionsIn(fields[field], field, always),
  );
  const after = "Catch" in state || recovers(state) ? withResult : always;
  const rules = state.Type === "Choice" ? rulesOf(state) : [];
  const catchers = "Catch" in state ? (state.Catch ?? []) : [];
  return [
    ...before,
    ...resultsOf(state as Results, "", after),
    ...rules,
    ...catchers.flatMap((catcher, index) => resultsOf(catcher, `Catch[${index}]/`, withError)),
  ];
}

/** @returns the groups of states within a state: a Parallel's branches, a Map's item processor. */
export function groupsWithin(state: State): readonly StateGroup[] {
  if (state.Type === "Parallel") return state.Branches;
  return state.Type === "Map" ? [state.ItemProcessor] : [];
}

function errorFields(state: State): readonly (keyof FailState)[] {
  return state.Type === "Fail" ? ["Error", "Cause"] : [];
}

function recovers({ Type }: State): boolean {
  return Type === "Task" || Type === "Parallel" || Type === "Map";
}

function rulesOf({ Choices }: ChoiceState): PlacedExpression[] {
  return Choices.flatMap((rule, index) => [
    ...expressionsIn(rule.Condition, `Choices[${index}]/Condition`, always),
    ...resultsOf(rule, `Choices[${index}]/`, always),
  ]);
}

function resultsOf(
  { Output, Assign }: Results,
  prefix: string,
  statesMembers: readonly string[],
): PlacedExpression[] {
  return [
    ...expressionsIn(Output, `${prefix}Output`, statesMembers),
    ...expressionsIn(Assign, `${prefix}Assign`, statesMembers),
  ];
}

function expressionsIn(
  template: Json | undefined,
  location: string,
  statesMembers: readonly string[],
): PlacedExpression[] {
  const source = expressionIn(template);
  if (source !== undefined) return [{ location, source, statesMembers }];
  if (Array.isArray(template)) {
    return template.flatMap((item, index) => expressionsIn(item, `${location}[${index}]`, statesMembers));
  }
  if (!isJsonObject(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    expressionsIn(value, `${location}/${key}`, statesMembers),
  );
}
