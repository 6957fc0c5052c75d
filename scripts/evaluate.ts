import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const root = resolve(__dirname, "..");

/**
 * @returns the options of `Pulumi.yaml` with which Pulumi starts Node.js.
 * @throws Error when Pulumi is to compile the program itself, which `evaluate` does not do.
 */
export function nodeOptions(): string[] {
  const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { typescript?: boolean; nodeargs: string } };
  };
  if (runtime.options.typescript !== false)
    throw new Error("Pulumi.yaml: runtime.options.typescript must be false.");
  return runtime.options.nodeargs.split(" ");
}

/** What one evaluation of a program took. */
export interface Evaluation {
  /** Seconds of processor time, those of the processes that it starts included. */
  readonly seconds: number;
  /** Names of the packages that were loaded. */
  readonly packages: readonly string[];
}

/**
 * Evaluates the program in a process of its own.
 *
 * @throws Error with what the process printed, when the evaluation fails.
 */
export function evaluate(options: readonly string[], program = join(root, "index.ts")): Evaluation {
  const script = join(root, "scripts", "evaluate-program.mjs");
  // The shell tells what its children used, and their children.
  const { stdout, stderr } = spawnSync(
    "sh",
    ["-c", '"$@" || exit 1; times', "sh", process.execPath, ...options, script, program],
    { cwd: root, encoding: "utf8" },
  );
  const [, packages, minutes = "", seconds = "", systemMinutes = "", systemSeconds = ""] =
    /(\[.*\])\n.*\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/.exec(stdout) ?? [];
  if (packages === undefined) throw new Error(stderr || stdout);
  return {
    seconds: (Number(minutes) + Number(systemMinutes)) * 60 + Number(seconds) + Number(systemSeconds),
    packages: JSON.parse(packages) as string[],
  };
}
