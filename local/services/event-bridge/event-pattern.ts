import { isJsonObject, type Json, type JsonObject } from "../../json";
import { compileMatcher, invalidPattern, type Matcher } from "./event-matchers";

/** Whether an event matches; made by {@link compileEventPattern}. */
export type EventPattern = (event: JsonObject) => boolean;

/**
 * One node of a pattern. `value` is the one candidate looked at, `everywhere` all values the event has at this
 * path: an `exists: false` speaks of the whole path, even where an array of objects is looked at one by one.
 */
type Test = (value: Json | undefined, everywhere: readonly Json[]) => boolean;

/**
 * Compiles an EventBridge event pattern.
 * Source: EventBridge user guide, "Event patterns" and "Comparison operators".
 * @param pattern the pattern, or its JSON text as a rule's `EventPattern` holds it.
 * @throws {AwsError} `InvalidEventPatternException` that names the path of the first wrong part.
 */
export function compileEventPattern(pattern: JsonObject | string): EventPattern {
  const parsed = typeof pattern === "string" ? parse(pattern) : pattern;
  const test = compileObject(parsed, "$");
  return (event) => test(event, [event]);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return invalidPattern("$", `the pattern is not JSON: ${text.slice(0, 80)}`);
  }
}

function compileObject(pattern: Json, path: string): Test {
  if (!isJsonObject(pattern)) return invalidPattern(path, "expected an object");
  const entries = Object.entries(pattern);
  if (entries.length === 0) return invalidPattern(path, "an empty object is not allowed");

  const tests = entries.map(([name, child]): Test => {
    const childPath = `${path}.${name}`;
    if (name === "$or") return compileOr(child, childPath, path);
    const test = Array.isArray(child) ? compileLeaf(child, childPath) : compileField(child, childPath);
    return (value, everywhere) =>
      test(
        value === undefined ? undefined : member(value, name)[0],
        everywhere.flatMap((one) => member(one, name)),
      );
  });
  const all: Test = (value, everywhere) => tests.every((test) => test(value, everywhere));

  return (value, everywhere) => {
    // Fields of one object pattern have to match within one and the same element of an array.
    const candidates = flatten(value).filter(isJsonObject);
    const objects = everywhere.flatMap(flatten).filter(isJsonObject);
    return candidates.length === 0
      ? all(undefined, objects)
      : candidates.some((candidate) => all(candidate, objects));
  };
}

function compileField(pattern: Json, path: string): Test {
  if (isJsonObject(pattern)) return compileObject(pattern, path);
  return invalidPattern(path, `expected an array or an object but received ${JSON.stringify(pattern)}`);
}

function compileOr(alternatives: Json, path: string, parentPath: string): Test {
  if (!Array.isArray(alternatives) || alternatives.length < 2) {
    return invalidPattern(path, "$or takes an array of at least two objects");
  }
  const tests = alternatives.map((alternative, index) => {
    if (!isJsonObject(alternative)) return invalidPattern(`${path}[${index}]`, "expected an object");
    return compileObject(alternative, parentPath);
  });
  return (value, everywhere) => tests.some((test) => test(value, everywhere));
}

function compileLeaf(alternatives: readonly Json[], path: string): Test {
  if (alternatives.length === 0) return invalidPattern(path, "an empty array is not allowed");
  const matchers = alternatives.map((one, index): Matcher => compileMatcher(one, `${path}[${index}]`));
  return (value, everywhere) => {
    const present = flatten(value).filter(isScalar);
    const absentEverywhere = !everywhere.flatMap(flatten).some(isScalar);
    return matchers.some((matcher) =>
      matcher === "absent" ? absentEverywhere : present.some((scalar) => matcher(scalar)),
    );
  };
}

/** Arrays are sets to a pattern, whatever their depth: their elements are what is matched. */
function flatten(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

function member(value: Json, name: string): Json[] {
  const found = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return found === undefined ? [] : [found];
}

function isScalar(value: Json): value is string | number | boolean | null {
  return value === null || typeof value !== "object";
}
