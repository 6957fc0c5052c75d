#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, UsageError } from "./cli";
import { commands } from "./command-list";
import { packageRoot } from "./package-root";

// Node.js 22.8 and later keep what they have compiled in the system's temporary folder, so that the next start takes a sixth less. Node.js 20 does not.
(require("node:module") as { enableCompileCache?: () => unknown }).enableCompileCache?.();

const usage = `Usage: stream-orchestration COMMAND [options]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join("\n")}

  --help       shows this text; after a COMMAND, its options
  --version    shows the package's version`;

runCommand(async ([name, ...args]) => {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  if (!Object.hasOwn(commands, name)) {
    const kind = name.startsWith("-") ? "option" : "command";
    throw new UsageError(`Unknown ${kind} '${name}'.\n\n${usage}`);
  }
  return commands[name]?.load()(args);
});

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
