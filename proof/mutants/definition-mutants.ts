import type {
  Catcher,
  ChoiceRule,
  Recoverable,
  Retrier,
  State,
  StateGroup,
} from "../../local/asl/definition";
import { expressionIn } from "../../local/asl/jsonata";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type Weakened, weakenCondition, weakenGuards, weakenJsonata } from "./clauses";
import { anyError, facts } from "./facts";

/** A definition from which one mechanism was taken away. */
export interface DefinitionMutant {
  /** `StreamTeardown.MarkLease: catch of States.ALL`: says what is gone. */
  readonly id: string;
  readonly machine: string;
  readonly state: string;
  /** What an execution has to do for the mechanism to matter, as facts that a survey takes down; any of them will do. */
  readonly matters: readonly string[];
  /** The whole definition without it, as JSON text. */
  readonly definition: string;
}

interface Change {
  readonly what: string;
  readonly matters: readonly string[];
  /** Changes a copy of the state. */
  readonly apply: (state: State) => void;
}

/**
 * Takes every condition, choice, guard, operand, assignment, catch and retrier out of a definition, one at a time.
 * @param machine the state machine's name, without that of its component.
 */
export function mutantsOfDefinition(machine: string, text: string): DefinitionMutant[] {
  const definition = JSON.parse(text) as StateGroup;
  const found = new Map<string, DefinitionMutant>();
  for (const { state, name, path } of statesIn(definition)) {
    for (const change of changesOf(machine, name, state)) {
      const copy = JSON.parse(text) as StateGroup;
      change.apply(stateAt(copy, path));
      const plain = `${machine}.${name}: ${change.what}`;
      // The same words twice in one state: the second is told by its number.
      let id = plain;
      for (let number = 2; found.has(id); number += 1) id = `${plain} (${number})`;
      const { matters } = change;
      found.set(id, { id, machine, state: name, matters, definition: JSON.stringify(copy) });
    }
  }
  return [...found.values()];
}

interface Placed {
  readonly name: string;
  readonly state: State;
  readonly path: readonly string[];
}

/** Every state, those within Maps and Parallels among them. */
function statesIn(group: StateGroup, path: readonly string[] = []): Placed[] {
  return Object.entries(group.States).flatMap(([name, state]): Placed[] => {
    const own = [...path, "States", name];
    const within =
      state.Type === "Map"
        ? statesIn(state.ItemProcessor, [...own, "ItemProcessor"])
        : state.Type === "Parallel"
          ? state.Branches.flatMap((branch, index) => statesIn(branch, [...own, "Branches", String(index)]))
          : [];
    return [{ name, state, path: own }, ...within];
  });
}

function stateAt(group: StateGroup, path: readonly string[]): State {
  return path.reduce<unknown>((value, key) => (value as JsonObject)[key], group) as State;
}

function changesOf(machine: string, name: string, state: State): Change[] {
  const entered = [facts.entered(machine, name)];
  const went = (next: string | undefined) =>
    next === undefined ? entered : [facts.went(machine, name, next)];
  const changes: Change[] = [];
  if (state.Type === "Task") changes.push(...conditionChanges(state.Arguments, machine, name));
  if (state.Type === "Choice") {
    for (const [index, rule] of state.Choices.entries()) {
      changes.push({
        what: `choice of ${rule.Next}${conditionOf(rule, state.Choices)}`,
        matters: went(rule.Next),
        apply: (copy) => {
          if (copy.Type === "Choice") withoutChoice(copy, index);
        },
      });
      changes.push(
        ...assignChanges(rule, `choice of ${rule.Next}`, went(rule.Next), (copy) =>
          copy.Type === "Choice" ? copy.Choices[index] : undefined,
        ),
      );
    }
  }
  if (state.Type === "Task" || state.Type === "Map" || state.Type === "Parallel") {
    changes.push(...recoveryChanges(machine, name, state));
  }
  if ("Assign" in state || "Next" in state) {
    const next = state.Type === "Choice" ? state.Default : (state as Recoverable).Next;
    changes.push(...assignChanges(state, "", went(next), (copy) => copy as Recoverable));
  }
  // A guard's error is caught by the state, which leads elsewhere.
  const refused = [facts.failed(machine, name, "States.QueryEvaluationError")];
  changes.push(...expressionChanges(state, "guard", refused, weakenGuards));
  changes.push(...expressionChanges(state, "operand", entered, weakenJsonata));
  return changes;
}

/** Two rules that lead to one state are told apart by their conditions. */
function conditionOf(rule: ChoiceRule, all: readonly ChoiceRule[]): string {
  const isAlone = all.filter(({ Next }) => Next === rule.Next).length === 1;
  return isAlone ? "" : ` where ${shortened(String(rule.Condition))}`;
}

/** Step Functions refuses a Choice without rules: one that never holds takes the place of the last one. */
function withoutChoice(state: { Choices: ChoiceRule[]; Default?: string }, index: number): void {
  const [gone] = state.Choices.splice(index, 1);
  if (state.Choices.length === 0 && gone) state.Choices.push({ ...gone, Condition: "{% false %}" });
}

/** A condition that held makes no difference without one of its clauses, unless only that had it hold. */
function conditionChanges(template: Json | undefined, machine: string, name: string): Change[] {
  const failed = ["DynamoDB", "DynamoDb"].map((prefix) =>
    facts.failed(machine, name, `${prefix}.ConditionalCheckFailedException`),
  );
  const changes: Change[] = [];
  for (const member of ["ConditionExpression", "FilterExpression"]) {
    const condition = isJsonObject(template) ? template[member] : undefined;
    if (typeof condition !== "string" || expressionIn(condition) !== undefined) continue;
    for (const { part, text, becomes } of weakenCondition(condition)) {
      const isWrite = member === "ConditionExpression";
      changes.push({
        what: `condition ${shortened(part)}`,
        matters: isWrite && becomes === "looser" ? failed : [facts.entered(machine, name)],
        apply: (copy) => {
          if (copy.Type === "Task" && isJsonObject(copy.Arguments)) copy.Arguments[member] = text;
        },
      });
    }
  }
  return changes;
}

function recoveryChanges(machine: string, name: string, { Retry = [], Catch = [] }: Recoverable): Change[] {
  const retries = Retry.map(
    ({ ErrorEquals }, index): Change => ({
      what: `retrier of ${listed(ErrorEquals)}`,
      matters: ErrorEquals.map((error) =>
        facts.failed(machine, name, /^States\.(ALL|TaskFailed)$/.test(error) ? anyError : error),
      ),
      apply: (copy) => remove<Retrier>((copy as Recoverable).Retry, index),
    }),
  );
  const catches = Catch.flatMap(({ ErrorEquals, Next, Assign }, index): Change[] => {
    const matters = [facts.went(machine, name, Next)];
    const what = `catch of ${listed(ErrorEquals)}`;
    return [
      { what, matters, apply: (copy) => remove<Catcher>((copy as Recoverable).Catch, index) },
      ...assignChanges(
        { ...(Assign && { Assign }) },
        what,
        matters,
        (copy) => (copy as Recoverable).Catch?.[index],
      ),
    ];
  });
  return [...retries, ...catches];
}

function remove<T>(items: T[] | undefined, index: number): void {
  items?.splice(index, 1);
}

function assignChanges(
  { Assign = {} }: { readonly Assign?: JsonObject },
  where: string,
  matters: readonly string[],
  find: (state: State) => { Assign?: JsonObject } | undefined,
): Change[] {
  return Object.keys(Assign).map((variable) => ({
    what: `assignment of $${variable}${where && `, ${where}`}`,
    matters,
    apply: (copy) => {
      const { [variable]: _, ...rest } = find(copy)?.Assign ?? {};
      const owner = find(copy);
      if (owner) owner.Assign = rest;
    },
  }));
}

/** What a state evaluates itself; the states within a Map are looked at on their own. */
function expressionChanges(
  state: State,
  kind: "guard" | "operand",
  matters: readonly string[],
  weaken: (source: string) => Weakened[],
): Change[] {
  const changes: Change[] = [];
  for (const [field, value] of Object.entries(state)) {
    if (field === "ItemProcessor" || field === "Branches") continue;
    for (const { path, source } of expressionsIn(value as Json, [field])) {
      for (const { part, text } of weaken(source)) {
        changes.push({
          what: `${kind} ${shortened(part)}`,
          matters,
          apply: (copy) => replaceAt(copy, path, `{% ${text} %}`),
        });
      }
    }
  }
  return changes;
}

function expressionsIn(value: Json, path: readonly string[]): { path: readonly string[]; source: string }[] {
  const source = expressionIn(value);
  if (source !== undefined) return [{ path, source }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => expressionsIn(member, [...path, key]));
}

function replaceAt(target: object, path: readonly string[], value: string): void {
  const owner = path.slice(0, -1).reduce<unknown>((one, key) => (one as JsonObject)[key], target);
  (owner as JsonObject)[path.at(-1) ?? ""] = value;
}

function listed([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Expressions are told in one line, and alike in every configuration: ids and numbers are left out. */
function shortened(text: string): string {
  const line = text
    .replace(/\s+/g, " ")
    .replace(/"[^"]*[_\d][^"]*"/g, '"…"')
    .replace(/\b\d{2,}\b/g, "N");
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
