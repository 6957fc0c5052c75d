import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const root = resolve(__dirname, "..");

/** @returns the options of `Pulumi.yaml` with which Pulumi starts Node.js. */
export function nodeOptions(): string[] {
  const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    runtime: { options: { nodeargs: string } };
  };
  return runtime.options.nodeargs.split(" ");
}

/**
 * Evaluates the program in a process of its own.
 *
 * @returns seconds of processor time, those of the processes that it starts included; or what went wrong.
 */
export function evaluate(options: readonly string[], program = join(root, "index.ts")): number | string {
  const script = join(root, "scripts", "evaluate-program.mjs");
  // The shell tells what its children used, and their children.
  const { stdout, stderr } = spawnSync(
    "sh",
    ["-c", '"$@" || exit 1; times', "sh", process.execPath, ...options, script, program],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const [, user = "", system = ""] = /\n(\S+) (\S+)\n$/.exec(stdout) ?? [];
  const seconds = [user, system].map((text) => {
    const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
    return Number(minutes) * 60 + Number(rest);
  });
  const sum = seconds.reduce((total, part) => total + part, 0);
  return Number.isNaN(sum) ? stderr : sum;
}
