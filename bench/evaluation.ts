// What one evaluation of the program costs: each `pulumi up` pays it twice, for the preview and for the update. The ways stand
// beside each other as ratios, since seconds say more of the machine than of the code.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { parse } from "yaml";

const root = resolve(__dirname, "..");
const rounds = 3;

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
  const script = join(root, "bench", "evaluate-program.mjs");
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

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "evaluation-"));
  try {
    const ways = {
      compiled: () => evaluate([], compile(folder)),
      "as Pulumi.yaml says": () => evaluate(nodeOptions()),
      "ts-node, Pulumi's default": () => evaluate(["--require", "ts-node/register"]),
    };
    const figures = Object.entries(ways).map(([way, run]) => {
      const seconds = Array.from({ length: rounds }, run).map((figure) => {
        if (typeof figure === "string") throw new Error(figure);
        return figure;
      });
      return { way, least: Math.min(...seconds) };
    });
    const peer = figures[0]?.least ?? Number.NaN;
    console.log("evaluation of the program     processor time, s   to compiled");
    for (const { way, least } of figures) {
      console.log(
        `${way.padEnd(28)}  ${least.toFixed(1).padStart(17)}  ${(least / peer).toFixed(1).padStart(12)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts a compiled copy of the program beside what it needs. The component stands compiled in `dist/`. */
function compile(folder: string): string {
  const program = join(folder, "index.js");
  try {
    readFileSync(program);
  } catch {
    for (const name of ["index", "config"]) {
      const { code } = transformSync(readFileSync(join(root, `${name}.ts`), "utf8"), {
        loader: "ts",
        format: "cjs",
      });
      writeFileSync(join(folder, `${name}.js`), code);
    }
    symlinkSync(join(root, "dist", "components"), join(folder, "components"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  }
  return program;
}

if (require.main === module) main();
