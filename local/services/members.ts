import { isJsonObject, type Json, type JsonObject } from "../json";

/** @returns the same value with its members renamed, those of values within it included. */
export function renameMembers(value: JsonObject, rename: (member: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [rename(member), renameWithin(content, rename)]),
  );
}

function renameWithin(value: Json, rename: (member: string) => string): Json {
  if (Array.isArray(value)) return value.map((element) => renameWithin(element, rename));
  return isJsonObject(value) ? renameMembers(value, rename) : value;
}

/** @returns the same result with dates as text: API models have them as seconds since the Unix epoch. */
export function withDates(result: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(result).map(([member, value]) => [
      member,
      /date$/i.test(member) && typeof value === "number"
        ? new Date(Math.round(value * 1000)).toISOString()
        : datesWithin(value),
    ]),
  );
}

function datesWithin(value: Json): Json {
  if (Array.isArray(value)) return value.map(datesWithin);
  return isJsonObject(value) ? withDates(value) : value;
}

export function upperFirst(member: string): string {
  return `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
}

export function lowerFirst(member: string): string {
  return `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
}
