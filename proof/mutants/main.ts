import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions, runCommand, UsageError } from "../../cli/cli";
import finders from "./finders.json";
import reasons from "./reasons.json";
import { judge, lineOf, summaryOf } from "./report";
import { isMain, listMutants, type MutantResult, relevantTrials, runMutants } from "./run";
import { survey } from "./survey";

const usage = `npm run mutants -- [options]

  --all                    operands and assignments too (default: conditions, choices, catches, retriers and guards)
  --only TEXT              only the mutants whose name has the text in it, of all kinds
  --list                   lists the mutants with the number of trials that may find each, and runs none
  --cases share|all        the cases of the fault matrix among the trials (default: share)
  --share NUMBER           only each NUMBERth mutant (default: 1)
  --workers NUMBER         how many processes run them (default: 2)
  --write                  keeps in finders.json which trial found each mutant, to ask that one first next time`;

const root = join(__dirname, "..", "..");

/**
 * Takes one mechanism at a time out of the definitions and the handlers, and says which of them no proof and no test misses. Exit code 1
 * where one has no reason in reasons.json, or a reason there is stale.
 */
runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      all: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      list: { type: "boolean", default: false },
      cases: { type: "string", default: "share" },
      share: { type: "string", default: "1" },
      workers: { type: "string", default: "2" },
      write: { type: "boolean", default: false },
    },
    usage,
  );
  const { all, only, list, cases, share, workers, write } = values;
  if (positionals.length > 0) throw new UsageError(`Unexpected '${positionals.join(" ")}'.\n\n${usage}`);
  if (cases !== "share" && cases !== "all") {
    throw new UsageError(`--cases must be share or all, received '${cases}'.\n\n${usage}`);
  }
  for (const [name, value] of Object.entries({ share, workers })) {
    if (!/^[1-9]\d*$/.test(value)) {
      throw new UsageError(`--${name} must be a whole number from 1, received '${value}'.\n\n${usage}`);
    }
  }

  const found = await survey({
    root,
    workers: Number(workers),
    isFull: cases === "all",
    onTrial: (done, of) => {
      if (done % 50 === 0 || done === of) print(`surveyed ${done} of ${of} trials`);
    },
  });
  for (const { name, problem } of found.broken) print(`BROKEN   ${name}: ${problem}`);
  const every = listMutants(root, found);
  const mutants = every
    .filter((mutant) => (only === "" ? all || isMain(mutant) : mutant.id.includes(only)))
    .filter((_, index) => index % Number(share) === 0);
  if (mutants.length === 0) throw new UsageError(`No mutant's name has '${only}' in it.`);
  if (list) {
    for (const mutant of mutants) {
      print(`${mutant.id} (${relevantTrials(mutant, found).length})`);
    }
    return 0;
  }

  const results: MutantResult[] = [];
  const explained = new Set(reasons.flatMap((one) => one.mutants));
  const options = { workers: Number(workers), known: finders, explained };
  await runMutants(mutants, found, options, (result) => {
    results.push(result);
    // A run that is interrupted has not been in vain.
    if (write && results.length % 20 === 0) keepFinders(results);
    print(`${String(results.length).padStart(4)}/${mutants.length} ${lineOf(result)}`);
  });
  if (write) keepFinders(results);
  const verdict = judge(results, reasons, mutants.length === every.length);
  for (const id of verdict.unexplained) print(`NO REASON    ${id}`);
  for (const id of verdict.stale) print(`STALE REASON ${id}`);
  print(`\n${summaryOf(results, verdict)}`);
  return verdict.unexplained.length + verdict.stale.length + found.broken.length === 0 ? 0 : 1;
});

function keepFinders(results: readonly MutantResult[]): void {
  const kept: Record<string, string> = { ...finders };
  for (const { id, finder } of results) {
    if (finder === undefined) delete kept[id];
    else kept[id] = finder;
  }
  const sorted = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(__dirname, "finders.json"), `${JSON.stringify(sorted, null, 2)}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
