import { planMatrix } from "./plan";
import { runCases } from "./run";
import type { Share } from "./workers";

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
  const cases = (await planMatrix()).filter(({ name }) => name.includes(only));
  const own = cases.filter((_case, index) => index % of === first);
  await runCases(own, { onResult: (result) => process.send?.(result) });
}
