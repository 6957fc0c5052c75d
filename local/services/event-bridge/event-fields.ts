import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { Matcher, Scalar } from "./event-matchers";

/** A value of an event, and the elements of arrays that it is in: the index by the array. */
interface Field {
  readonly value: Scalar;
  readonly elements: ReadonlyMap<object, number>;
}

/** An event's values by their path: the names from the root, joined by dots. Empty objects and arrays have none. */
export type Fields = ReadonlyMap<string, readonly Field[]>;

export function fieldsOf(event: JsonObject): Fields {
  const fields = new Map<string, Field[]>();
  const visit = (value: Json, path: string, elements: ReadonlyMap<object, number>): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const isNested = typeof item === "object" && item !== null;
        visit(item, path, isNested ? new Map([...elements, [value, index]]) : elements);
      }
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        visit(member, path === "" ? name : `${path}.${name}`, elements);
      }
    } else {
      const field = { value, elements };
      const known = fields.get(path);
      if (known) known.push(field);
      else fields.set(path, [field]);
    }
  };
  visit(event, "", new Map());
  return fields;
}

/** Whether a value can be found for every path, all of them within the same elements of arrays that they share. */
export function matchesTogether(rule: ReadonlyMap<string, readonly Matcher[]>, fields: Fields): boolean {
  const choices: (readonly Field[])[] = [];
  for (const [path, matchers] of rule) {
    const present = fields.get(path) ?? [];
    if (present.length === 0 && matchers.includes("absent")) continue;
    const matching = present.filter(({ value }) =>
      matchers.some((matcher) => matcher !== "absent" && matcher(value)),
    );
    if (matching.length === 0) return false;
    choices.push(matching);
  }
  return choose(choices, new Map());
}

function choose(
  [first, ...others]: readonly (readonly Field[])[],
  chosen: ReadonlyMap<object, number>,
): boolean {
  if (first === undefined) return true;
  return first.some(({ elements }) => {
    const isConsistent = [...elements].every(([array, index]) => (chosen.get(array) ?? index) === index);
    return isConsistent && choose(others, new Map([...chosen, ...elements]));
  });
}
