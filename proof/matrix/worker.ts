import { planMatrix } from "./plan";
import { runCases } from "./run";
import type { Share } from "./workers";
import { Worlds } from "./worlds";

/** A process that runs a share of the matrix, and sends each result to the one that started it. */
process.once("message", (share: Share) => {
  runShare(share).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function runShare({ first, of, only }: Share): Promise<void> {
  const worlds = new Worlds();
  const cases = (await planMatrix({ worlds })).filter(({ name }) => name.includes(only));
  const own = cases.filter((_case, index) => index % of === first);
  await runCases(own, { worlds, onResult: (result) => process.send?.(result) });
}
