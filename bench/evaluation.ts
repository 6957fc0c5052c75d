// What one evaluation of the program costs: each `pulumi up` pays it twice, for the preview and for the update. The ways stand
// beside each other as ratios, since seconds say more of the machine than of the code.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { evaluate, nodeOptions } from "../scripts/evaluate";
import type { Row } from "./row";

const root = resolve(__dirname, "..");
const rounds = 3;

export function measureEvaluation(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "evaluation-"));
  try {
    const least = (...args: Parameters<typeof evaluate>) =>
      Math.min(...Array.from({ length: rounds }, () => evaluate(...args).seconds));
    return [
      {
        what: "evaluation of the program as Pulumi.yaml says, s of CPU",
        figure: least(nodeOptions()),
        target: 4,
      },
      {
        what: "the same, beside a program that is compiled beforehand",
        figure: least(nodeOptions()),
        peer: { name: "compiled", figure: least([], compile(folder)) },
      },
    ];
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
