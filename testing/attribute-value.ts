import { isJsonObject, type Json, type JsonObject } from "../local/json";

/** Turns a DynamoDB item into plain JSON; sets become arrays, and binary stays base 64. */
export function plainItem(item: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(attribute: Json): Json {
  const [[type, value] = ["NULL", null]] = Object.entries(isJsonObject(attribute) ? attribute : {});
  switch (type) {
    case "N":
      return Number(value);
    case "NULL":
      return null;
    case "NS":
      return Array.isArray(value) ? value.map(Number) : [];
    case "L":
      return Array.isArray(value) ? value.map(plain) : [];
    case "M":
      return plainItem(isJsonObject(value) ? value : {});
    default:
      return value ?? null;
  }
}
