import { brokenCase, type CaseResult, type MatrixCase, recordedResult, runCase } from "./case";
import { Worlds } from "./worlds";

export interface RunOptions {
  /** @default - worlds of their own */
  readonly worlds?: Worlds;
  readonly onResult?: (result: CaseResult) => void;
}

/** Runs cases, one after the other. What leaves a mess behind ends its world: the next case gets a new one. */
export async function runCases(
  cases: readonly MatrixCase[],
  { worlds = new Worlds(), onResult }: RunOptions = {},
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const known = new Set<string>();
  try {
    for (const one of cases) {
      // The plan was made with the program as it is, and has played each journey alone.
      const recorded = worlds.isPlain ? recordedResult(one) : undefined;
      if (recorded) {
        take(recorded);
        continue;
      }
      const world = await worlds.of(one.journey);
      const result = await runCase(world, one, known).catch((error: unknown) => brokenCase(one, error));
      take(result);
      if (!result.isClean) await worlds.discard(one.journey);
    }
  } finally {
    await worlds.stop();
  }
  return results;

  function take(result: CaseResult): void {
    results.push(result);
    onResult?.(result);
  }
}
