import type { CaseResult } from "./case";
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
  return {
    cases: results.length,
    passed: results.filter(({ findings }) => findings.length === 0).length,
    confirmation: broke("confirmation"),
    stuck: broke("stuck"),
    leftover: broke("leftover"),
    double: broke("double"),
    silent: broke("silent"),
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

/** @returns the counts as a table, by journey, and below it what each guarantee's count is. */
export function tableOf(results: readonly CaseResult[]): string {
  const journeys = new Map<string, CaseResult[]>();
  for (const result of results) {
    const journey = result.name.split(" | ")[0] ?? "";
    journeys.set(journey, [...(journeys.get(journey) ?? []), result]);
  }
  const rows = [...journeys, ["all", results] as const].map(([journey, of]) => {
    const counts = countCases(of);
    return [journey, counts.cases, counts.passed, ...kinds.map((kind) => counts[kind])];
  });
  const header = ["Journey", "Cases", "Passed", ...kinds.map((kind) => capitalized(guarantees[kind].broken))];
  return [header, header.map((_title, index) => (index === 0 ? "---" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Puts the table between its markers in a document. @throws {Error} where it has none. */
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
