import { isDeepStrictEqual } from "node:util";
import type { JsonSchema } from "../../contracts";

/**
 * Which way values travel. A `request` breaks where it takes less than before; an `answer` (or an event) breaks where it has something that readers do
 * not expect. Readers pass over members that they do not know.
 */
export type Direction = "request" | "answer";

/** Keywords that say nothing about which values fit. */
const remarks = new Set(["$schema", "title", "description", "default", "examples", "deprecated"]);

/** Keywords that {@link compareSchemas} judges. Any other one that differs is reported, since it may break something. */
const judged = new Set([
  ...[
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "pattern",
    "format",
  ],
  ...["minLength", "minItems", "minimum", "maxLength", "maxItems", "maximum"],
]);

/**
 * Finds what breaks those who rely on a schema.
 *
 * @param path of the value, for the sentences.
 * @returns a sentence for each change; none where nothing breaks.
 */
export function compareSchemas(
  before: JsonSchema,
  after: JsonSchema,
  direction: Direction,
  path: string,
): string[] {
  const changes = [
    ...compareTypes(before, after, direction),
    ...compareValues(before, after, direction),
    ...compareLimits(before, after, direction),
    ...compareOthers(before, after),
  ].map((change) => `${path} ${change}`);
  return [
    ...changes,
    ...compareMembers(before, after, direction, path),
    ...compareItems(before, after, direction, path),
  ];
}

/** @returns what a list allows that the other one does not; everything where there is no other list. */
function beyond(wider: readonly unknown[] | undefined, narrower: readonly unknown[] | undefined): unknown[] {
  if (narrower === undefined) return [];
  return wider === undefined
    ? ["any"]
    : wider.filter((one) => !narrower.some((other) => isDeepStrictEqual(one, other)));
}

function compareTypes(before: JsonSchema, after: JsonSchema, direction: Direction): string[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  const [wider, narrower] = direction === "request" ? [old, now] : [now, old];
  // An integer is a number.
  const surplus = beyond(wider, narrower).filter(
    (type) => !(type === "integer" && narrower?.includes("number")),
  );
  return surplus.length > 0 ? [`has another type: ${showList(now)}, before ${showList(old)}.`] : [];
}

function typesOf({ type }: JsonSchema): unknown[] | undefined {
  return type === undefined ? undefined : [type].flat();
}

function compareValues(before: JsonSchema, after: JsonSchema, direction: Direction): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (direction === "request") {
    if (old === undefined && now !== undefined) return [`takes nothing but ${showList(now)} now.`];
    const refused = beyond(old, now);
    return refused.length > 0 ? [`no longer takes ${showList(refused)}.`] : [];
  }
  const added = beyond(now, old);
  return added.length > 0 ? [`has values that readers do not know: ${showList(added)}.`] : [];
}

function valuesOf(schema: JsonSchema): unknown[] | undefined {
  return "const" in schema ? [schema.const] : (schema.enum as unknown[] | undefined);
}

function compareLimits(before: JsonSchema, after: JsonSchema, direction: Direction): string[] {
  // Readers rely on what a text is, such as a date-time; writers on every limit.
  if (direction === "answer") {
    const isSame = before.format === undefined || before.format === after.format;
    return isSame ? [] : [`is no longer of the format ${String(before.format)}.`];
  }
  const lower = ["minLength", "minItems", "minimum"].filter(
    (name) => numberOf(after, name) > numberOf(before, name),
  );
  const upper = ["maxLength", "maxItems", "maximum"].filter(
    (name) =>
      numberOf(after, name, Number.POSITIVE_INFINITY) < numberOf(before, name, Number.POSITIVE_INFINITY),
  );
  const forms = ["pattern", "format"].filter(
    (name) => after[name] !== undefined && after[name] !== before[name],
  );
  return [...lower, ...upper, ...forms].map(
    (name) => `takes less: ${name} ${String(after[name])}, before ${String(before[name] ?? "none")}.`,
  );
}

function numberOf(schema: JsonSchema, name: string, absent = Number.NEGATIVE_INFINITY): number {
  return typeof schema[name] === "number" ? schema[name] : absent;
}

function compareOthers(before: JsonSchema, after: JsonSchema): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter(
      (name) => !remarks.has(name) && !judged.has(name) && !isDeepStrictEqual(before[name], after[name]),
    )
    .map((name) => `changed in ${name}, which has to be looked at by hand.`);
}

type Members = { readonly [name: string]: JsonSchema };

function compareMembers(before: JsonSchema, after: JsonSchema, direction: Direction, path: string): string[] {
  const [old, now] = [before, after].map(({ properties }) => (properties ?? {}) as Members) as [
    Members,
    Members,
  ];
  const [wasRequired, isRequired] = [before, after].map(({ required }) => (required ?? []) as string[]) as [
    string[],
    string[],
  ];
  const changes: string[] = [];
  for (const [name, schema] of Object.entries(old)) {
    const next = now[name];
    if (next === undefined) changes.push(`${path}.${name} was removed.`);
    else changes.push(...compareSchemas(schema, next, direction, `${path}.${name}`));
  }
  if (direction === "request") {
    const added = isRequired.filter((name) => !wasRequired.includes(name));
    changes.push(...added.map((name) => `${path}.${name} is required now.`));
  } else {
    const missing = wasRequired.filter((name) => name in now && !isRequired.includes(name));
    changes.push(...missing.map((name) => `${path}.${name} may be missing now.`));
  }
  const [others, nextOthers] = [before.additionalProperties ?? true, after.additionalProperties ?? true];
  if (direction === "request" && others !== false && nextOthers === false) {
    changes.push(`${path} no longer takes other members.`);
  }
  if (isSchema(others) && isSchema(nextOthers)) {
    changes.push(...compareSchemas(others, nextOthers, direction, `${path}.*`));
  }
  return changes;
}

function compareItems(before: JsonSchema, after: JsonSchema, direction: Direction, path: string): string[] {
  if (!isSchema(before.items) || !isSchema(after.items)) return [];
  return compareSchemas(before.items, after.items, direction, `${path}[]`);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function showList(values: readonly unknown[] | undefined): string {
  return values === undefined ? "any" : values.map(String).join(", ");
}
