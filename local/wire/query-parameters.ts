import { isJsonObject, type Json, type JsonObject } from "../json";

/**
 * Reads the names of query parameters as paths: `A.member.1=x` is a list, `A.entry.1.Name=…&A.entry.1.Value=…` a map, `A.1=x` a flattened list.
 */
export function nest(parameters: readonly [path: string[], value: string][]): Json {
  const [only] = parameters;
  if (only !== undefined && only[0].length === 0) return only[1];

  const groups = new Map<string, [string[], string][]>();
  for (const [[head = "", ...tail], value] of parameters) {
    groups.set(head, [...(groups.get(head) ?? []), [tail, value]]);
  }
  const members = [...groups].map(([name, group]): [string, Json] => [name, nest(group)]);
  const [first] = members;
  if (members.every(([name]) => /^\d+$/.test(name))) {
    return members.sort(([left], [right]) => Number(left) - Number(right)).map(([, value]) => value);
  }
  if (members.length === 1 && first?.[0] === "member") return first[1];
  if (members.length === 1 && first?.[0] === "entry") return mapOf(first[1]);
  return Object.fromEntries(members);
}

/** @returns the map that a list of `{ Name, Value }` stands for. */
export function mapOf(entries: Json): JsonObject {
  const pairs = Array.isArray(entries) ? entries.filter(isJsonObject) : [];
  return Object.fromEntries(
    pairs.map((pair) => [String(pair.Name ?? pair.key), pair.Value ?? pair.value ?? ""]),
  );
}
