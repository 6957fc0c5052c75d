import { type CaseResult, type MatrixCase, runCase } from "./case";
import { World, type WorldOptions } from "./world";

/** A runtime keeps what it has seen, and grows slower with it. */
const mostCasesOfWorld = 200;

export interface RunOptions extends WorldOptions {
  readonly onResult?: (result: CaseResult) => void;
}

/** Runs cases, one after the other. What leaves a mess behind ends its world: the next case gets a new one. */
export async function runCases(
  cases: readonly MatrixCase[],
  options: RunOptions = {},
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const known = new Set<string>();
  let world: World | undefined;
  let config: MatrixCase["journey"]["config"];
  let left = 0;
  try {
    for (const one of cases) {
      if (world && (left === 0 || config !== one.journey.config)) {
        await world.stop();
        world = undefined;
      }
      if (!world) {
        config = one.journey.config;
        world = await World.start({
          ...options,
          config: { ...options.config, ...config },
          isAlone: one.journey.isAlone,
        });
        left = mostCasesOfWorld;
      }
      const result = await runCase(world, one, known).catch((error: unknown) => brokenCase(one, error));
      results.push(result);
      options.onResult?.(result);
      left = result.isClean ? left - 1 : 0;
    }
  } finally {
    await world?.stop();
  }
  return results;
}

/** A case that could not be told to its end hangs, whatever the reason. */
function brokenCase({ name, order }: MatrixCase, error: unknown): CaseResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    name,
    order,
    findings: [{ guarantee: "stuck", text }],
    ended: "unknown",
    saw: "",
    sweeps: 0,
    isClean: false,
  };
}
