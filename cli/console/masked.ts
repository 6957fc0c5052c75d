import { maskUrls } from "../../contracts";
import type { Json } from "../../local/json";

/** @returns a value with every URL in it masked as the API masks them: that of an ingest endpoint is its stream key. */
export function masked(value: Json): Json {
  if (typeof value === "string") return maskUrls(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [maskUrls(name), masked(member)]));
}
