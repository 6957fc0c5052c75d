import { readFileSync, writeFileSync } from "node:fs";
import { readOptions, runCommand, UsageError } from "../../cli/cli";
import type { CaseResult } from "./case";
import { insertTable, lineOf, summaryOf, tablesOf } from "./report";
import { tell } from "./tell";
import { runInWorkers } from "./workers";

const usage = `npm run matrix -- [options]

  --only TEXT              only the cases whose name has the text in it; a single one is told in full
  --workers NUMBER         how many processes run them (default: 2)
  --write FILE             writes the counts into a document, such as docs/guarantees.md`;

/** Runs the fault matrix, and says which guarantees it found broken. Exit code 1 where there is one. */
runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      only: { type: "string", default: "" },
      workers: { type: "string", default: "2" },
      write: { type: "string" },
    },
    usage,
  );
  const { only, workers, write } = values;
  if (positionals.length > 0) throw new UsageError(`Unexpected '${positionals.join(" ")}'.\n\n${usage}`);
  if (!/^[1-9]\d?$/.test(workers))
    throw new UsageError(`--workers must be a number from 1 to 99.\n\n${usage}`);
  if (only !== "" && write !== undefined) {
    throw new UsageError(`A document is about every case: leave --only or --write out.\n\n${usage}`);
  }

  const results: CaseResult[] = [];
  await runInWorkers(Number(workers), only, (result) => {
    results.push(result);
    if (result.findings.length > 0) print(lineOf(result));
  });
  if (results.length === 0) throw new UsageError(`No case's name has '${only}' in it.`);
  if (only !== "" && results.length === 1) print(await tell(only));
  const sorted = results.sort((a, b) => a.order - b.order);
  print(`\n${tablesOf(sorted)}\n\n${summaryOf(sorted)}`);
  if (write !== undefined) writeFileSync(write, insertTable(readFileSync(write, "utf8"), tablesOf(sorted)));
  return results.every(({ findings }) => findings.length === 0) ? 0 : 1;
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
