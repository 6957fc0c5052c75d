import type { CaseResult } from "./case";
import { dimensions } from "./dimensions";
import { type Guarantee, guarantees } from "./guarantees";

const kinds = Object.keys(guarantees) as Guarantee[];

/** How many cases broke each guarantee, and how many broke none. */
export interface MatrixCounts extends Readonly<Record<Guarantee, number>> {
  readonly cases: number;
  readonly passed: number;
}

export function countCases(results: readonly CaseResult[]): MatrixCounts {
  const broke = (guarantee: Guarantee) =>
    results.filter(({ findings }) => findings.some((finding) => finding.guarantee === guarantee)).length;
  const counts = Object.fromEntries(kinds.map((kind) => [kind, broke(kind)]));
  return {
    cases: results.length,
    passed: results.filter(({ findings }) => findings.length === 0).length,
    ...(counts as Record<Guarantee, number>),
  };
}

/** `1200 cases: 1198 passed, 1 lost, 0 stuck, 1 left running, 0 double, 0 silent.` */
export function summaryOf(results: readonly CaseResult[]): string {
  const counts = countCases(results);
  const parts = kinds.map((kind) => `${counts[kind]} ${guarantees[kind].broken}`);
  return `${counts.cases} cases: ${counts.passed} passed, ${parts.join(", ")}.`;
}

/** @returns one line about a case that broke a guarantee. */
export function lineOf({ name, ended, saw, findings }: CaseResult): string {
  const found = findings.map(({ guarantee, text }) => `${guarantees[guarantee].broken}: ${text}`);
  return `RED ${name} | saw ${saw} | ended ${ended} | ${found.join(" ")}`;
}

/** @returns the counts as two tables: by what goes wrong, and by journey. */
export function tablesOf(results: readonly CaseResult[]): string {
  const byDimension = Object.entries(dimensions).map(([dimension, title]) => {
    const of = results.filter((result) => result.dimension === dimension);
    return [title, of] as const;
  });
  const journeys = new Map<string, CaseResult[]>();
  for (const result of results) {
    const journey = result.name.split(" | ")[0] ?? "";
    journeys.set(journey, [...(journeys.get(journey) ?? []), result]);
  }
  return [
    tableOf("What goes wrong", [...byDimension.filter(([, of]) => of.length > 0), ["all", results]]),
    tableOf("Journey", [...journeys, ["all", results]]),
  ].join("\n\n");
}

function tableOf(title: string, rows: readonly (readonly [string, readonly CaseResult[]])[]): string {
  const header = [title, "Cases", "Passed", ...kinds.map((kind) => capitalized(guarantees[kind].broken))];
  const body = rows.map(([name, of]) => {
    const counts = countCases(of);
    return [name, counts.cases, counts.passed, ...kinds.map((kind) => counts[kind])];
  });
  return [header, header.map((_title, index) => (index === 0 ? "---" : "--:")), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Puts tables between their markers in a document. @throws {Error} where it has none. */
export function insertTable(document: string, table: string): string {
  const [begin, end] = ["<!-- begin matrix -->", "<!-- end matrix -->"];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no markers '${begin}' and '${end}'.`);
  return `${document.slice(0, from + begin.length)}\n${table}\n${document.slice(to)}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
