import { readFileSync } from "node:fs";
import { escapeControls } from "../../contracts";
import { examineDefinition } from "../../local/wiring/check-definition";
import { type Command, readOptions, UsageError } from "../cli";

const usage = `Usage: stream-orchestration check FILE...

Checks state machine definitions (JSON, in JSONata) as CreateStateMachine does, and prints what is wrong with each. FILE may be - for
standard input.

Exit code: 0 when nothing is wrong, 1 when AWS or the local runtime would refuse a definition. What AWS accepts and fails on when a
state is reached is a warning, and so is an integration that the local runtime does not serve.`;

export const check: Command = async (args) => {
  const { positionals } = readOptions(args, {}, usage);
  if (positionals.length === 0) throw new UsageError(`Name one or more files.\n\n${usage}`);
  let refusals = 0;
  for (const file of positionals) {
    const { refused, warnings } = examineDefinition(read(file));
    for (const problem of refused) print(`${file}: refused: ${problem}`);
    for (const warning of warnings) print(`${file}: warning: ${warning}`);
    if (refused.length + warnings.length === 0) print(`${file}: in order`);
    refusals += refused.length;
  }
  return refusals > 0 ? 1 : 0;
};

/** @throws {UsageError} with the reason when a file cannot be read. */
function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`The file '${file}' cannot be read: ${(error as Error).message}`);
  }
}

/** Names of states come from the file: none may control the terminal. */
function print(line: string): void {
  process.stdout.write(`${escapeControls(line)}\n`);
}
