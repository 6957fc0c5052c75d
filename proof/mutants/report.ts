import type { MutantResult } from "./run";

/** Why mutants may survive: their mechanism makes no difference, or none that a stream could show. */
export interface Reason {
  readonly reason: string;
  /** The ids of mutants. */
  readonly mutants: readonly string[];
}

/** What is to be done about a run. */
export interface Verdict {
  /** The ids of mutants that survived, and that no reason names. */
  readonly unexplained: readonly string[];
  /** The ids that a reason names, of mutants that were found or that there are no more. */
  readonly stale: readonly string[];
}

/** @param isWhole whether every mutant was run: only then is one gone that has no result. */
export function judge(
  results: readonly MutantResult[],
  reasons: readonly Reason[],
  isWhole: boolean,
): Verdict {
  const named = reasons.flatMap(({ mutants }) => mutants);
  const survived = new Set(results.filter(({ killedBy }) => killedBy === undefined).map(({ id }) => id));
  const known = new Set(results.map(({ id }) => id));
  return {
    unexplained: [...survived].filter((id) => !named.includes(id)),
    stale: named.filter((id) => !survived.has(id) && (isWhole || known.has(id))),
  };
}

/** A line about a mutant. */
export function lineOf({ id, killedBy, trials }: MutantResult): string {
  const count = trials === 1 ? "1 trial" : `${trials} trials`;
  return killedBy === undefined
    ? `SURVIVES ${id} (${trials === 0 ? "no trial comes by" : count})`
    : `killed   ${id} (${count}: ${firstLine(killedBy)})`;
}

export function summaryOf(results: readonly MutantResult[], { unexplained, stale }: Verdict): string {
  const survivors = results.filter(({ killedBy }) => killedBy === undefined);
  const refused = results.filter(({ killedBy, trials }) => killedBy !== undefined && trials === 0);
  const unmet = survivors.filter(({ trials }) => trials === 0);
  return [
    `${results.length} mutants: ${results.length - survivors.length} found (${refused.length} of them refused by CreateStateMachine),`,
    `${survivors.length} survive (${unmet.length} of them met by no trial), ${unexplained.length} of these without a reason;`,
    `${stale.length} reasons are stale.`,
  ].join(" ");
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
