import { journeys } from "./journeys";
import { planMatrix } from "./plan";
import { runCases } from "./run";
import { Worlds } from "./worlds";

/**
 * Runs the one case whose name has a text in it, and tells all that happens.
 *
 * @returns a line for each thing.
 */
export async function tell(only: string): Promise<string> {
  const wanted = journeys.filter(({ name }) => only.startsWith(`${name} |`));
  const cases = await planMatrix({ journeys: wanted.length > 0 ? wanted : journeys });
  const lines: string[] = [];
  const worlds = new Worlds({ tell: (line) => lines.push(line) });
  await runCases(
    cases.filter(({ name }) => name.includes(only)),
    { worlds },
  );
  return lines.map((line) => `  ${line}`).join("\n");
}
