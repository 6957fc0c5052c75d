import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../local/json";

export const verdictsFile = join(__dirname, "verdicts.jsonl");

/** What AWS's engine says: `m` the pattern matches, `n` it does not, `r` it is refused. */
export type Verdict = readonly [verdict: "m" | "n" | "r", pattern: JsonObject, event: JsonObject];

export function readVerdicts(): Verdict[] {
  const lines = readFileSync(verdictsFile, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Verdict);
}
