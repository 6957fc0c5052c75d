import { maskUrls } from "../../contracts";
import type { Json } from "../../local/json";

/** Members that let whoever has them answer for a workflow. */
const secretMembers = /^(task)?token$/i;

/** @returns a value with every URL masked as the API masks them, and without task tokens: both may be secrets. */
export function masked(value: Json): Json {
  if (typeof value === "string") return maskUrls(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      maskUrls(name),
      secretMembers.test(name) && typeof member === "string" ? "…" : masked(member),
    ]),
  );
}
