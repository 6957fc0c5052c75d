import { isJsonObject, type Json, type JsonObject } from "../../json";
import { fieldsOf, matchesTogether } from "./event-fields";
import { compileMatcher, invalidPattern, type Matcher } from "./event-matchers";

/** Whether an event matches; made by {@link compileEventPattern}. */
export type EventPattern = (event: JsonObject) => boolean;

/** The matchers of each field, by its path: the names from the event's root, joined by dots. */
type Rule = Map<string, readonly Matcher[]>;

/**
 * Compiles an EventBridge event pattern, as AWS's engine does (github.com/aws/event-ruler): a pattern is a list of rules, one for each way
 * through its `$or`, and a rule has matchers by path. So `{ a: { b: … } }` also looks at a field of the name `a.b`.
 * @param pattern the pattern, or its JSON text as a rule's `EventPattern` holds it.
 * @throws {AwsError} `InvalidEventPatternException` that names the path of the first wrong part.
 */
export function compileEventPattern(pattern: JsonObject | string): EventPattern {
  const parsed = typeof pattern === "string" ? parse(pattern) : pattern;
  const rules = readObject(parsed, [], false, [new Map()]);
  return (event) => {
    const fields = fieldsOf(event);
    return rules.some((rule) => matchesTogether(rule, fields));
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return invalidPattern("$", `the pattern is not JSON: ${text.slice(0, 80)}`);
  }
}

/**
 * Adds an object of a pattern to the rules so far.
 * @returns the rules with it. Of two matchers of one path the later one counts, whether within a `$or` or beside it.
 */
function readObject(pattern: Json, path: readonly string[], withinOr: boolean, rules: Rule[]): Rule[] {
  const at = ["$", ...path].join(".");
  if (!isJsonObject(pattern)) return invalidPattern(at, "expected an object");
  const entries = Object.entries(pattern);
  if (entries.length === 0) return invalidPattern(at, "an empty object is not allowed");
  let read = rules;
  for (const [name, child] of entries) {
    const childPath = [...path, name];
    const childAt = `${at}.${name}`;
    if (withinOr && operators.includes(name)) {
      return invalidPattern(
        childAt,
        `"${name}" is a comparison operator, which cannot name a field within $or`,
      );
    }
    if (name === "$or" && withinOr && !isOr(child)) {
      return invalidPattern(childAt, "$or within $or takes an array of at least two objects");
    }
    if (name === "$or" && isOr(child)) {
      read = child.flatMap((one) =>
        readObject(
          one,
          path,
          true,
          read.map((rule) => new Map(rule)),
        ),
      );
    } else if (Array.isArray(child)) {
      const matchers = readLeaf(child, childAt);
      for (const rule of read) rule.set(childPath.join("."), matchers);
    } else if (isJsonObject(child)) {
      read = readObject(child, childPath, withinOr, read);
    } else {
      return invalidPattern(childAt, `expected an array or an object but received ${JSON.stringify(child)}`);
    }
  }
  return read;
}

const operators: readonly string[] = [
  "exactly",
  "exists",
  "anything-but",
  "numeric",
  "cidr",
  "prefix",
  "suffix",
  "equals-ignore-case",
  "wildcard",
];

/** Any other `$or` is a field of that name. */
function isOr(value: Json): value is JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every(
      (one) =>
        isJsonObject(one) &&
        Object.keys(one).length > 0 &&
        !Object.keys(one).some((name) => operators.includes(name)),
    )
  );
}

function readLeaf(alternatives: readonly Json[], path: string): Matcher[] {
  if (alternatives.length === 0) return invalidPattern(path, "an empty array is not allowed");
  return alternatives.map((one, index) => compileMatcher(one, `${path}[${index}]`));
}
