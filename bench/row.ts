import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

export const page = resolve(__dirname, "..", "docs", "performance.md");

/** One figure that is measured, beside what it is measured against in the same run. */
export interface Row {
  /** What is measured, with its unit. */
  readonly what: string;
  readonly figure: number;
  /** What it stands beside, and its figure in the same run. Missing where the target is an absolute one. */
  readonly peer?: { readonly name: string; readonly figure: number };
  /** The ratio to the peer where there is one, the figure itself where there is none. */
  readonly target?: number;
  /** Digits behind the point. @default 1 */
  readonly digits?: number;
}

/** What the target of a row is about. */
function comparable({ figure, peer }: Row): number {
  return peer ? figure / peer.figure : figure;
}

/** @returns whether a row keeps its target; undefined for one without. */
export function isMet(row: Row): boolean | undefined {
  // As it is printed: a hundredth more is noise.
  return row.target === undefined ? undefined : Math.round(comparable(row) * 100) / 100 <= row.target;
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @returns the rows as a table of Markdown. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const digits = row.digits ?? 1;
    const verdict = { true: "yes", false: "**no**", undefined: "" }[String(isMet(row))] ?? "";
    const cells = [
      row.what,
      row.peer ? comparable(row).toFixed(2) : "",
      row.figure.toFixed(digits),
      row.peer ? `${row.peer.figure.toFixed(digits)} (${row.peer.name})` : "",
      row.target === undefined ? "" : `≤ ${row.target}`,
      verdict,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| what | ratio | figure | beside it | target | met |",
    "| --- | --: | --: | --- | --: | --- |",
    ...lines,
  ].join("\n");
}

/** Writes the table of one of the page's sections anew. */
export function writeSection(name: string, rows: readonly Row[]): void {
  const text = readFileSync(page, "utf8");
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`].map((mark) => text.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin) {
    throw new Error(`${page} has no section '${name}'.`);
  }
  const before = text.slice(0, text.indexOf("\n", begin));
  writeFileSync(page, `${before}\n${table(rows)}\n${text.slice(end)}`);
}
