import { writeFileSync } from "node:fs";
import { readOptions, runCommand, UsageError } from "../../cli/cli";
import { acts } from "./acts";
import { playAct } from "./play";
import { documentOf, lineOf, summaryOf } from "./report";
import type { PlayedAct } from "./situation";

const usage = `npm run gameday -- [options]

  --filter TEXT            only the situations whose name has the text in it
  --write FILE             writes what happened to a document, such as docs/game-day.md`;

/** Plays each situation of the game day, and says how it ended. Exit code 1 where one ended wrong. */
runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    { filter: { type: "string", default: "" }, write: { type: "string" } },
    usage,
  );
  const { filter, write } = values;
  if (positionals.length > 0) throw new UsageError(`Unexpected '${positionals.join(" ")}'.\n\n${usage}`);
  if (filter !== "" && write !== undefined) {
    throw new UsageError(`A document is about every situation: leave --filter or --write out.\n\n${usage}`);
  }

  const played: PlayedAct[] = [];
  for (const act of acts) {
    played.push(
      await playAct(act, {
        wanted: ({ name }) => name.toLowerCase().includes(filter.toLowerCase()),
        onPlayed: (one) => print(lineOf(one)),
      }),
    );
  }
  const all = played.flatMap((act) => act.played);
  if (all.length === 0) throw new UsageError(`No situation's name has '${filter}' in it.`);
  print(`\n${summaryOf(played)}`);
  const isRight = all.every(({ wrong }) => wrong.length === 0);
  if (write !== undefined && isRight) writeFileSync(write, documentOf(played));
  return isRight ? 0 : 1;
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
