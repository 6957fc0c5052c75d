// What one evaluation of the program costs: each `pulumi up` pays it twice, for the preview and for the update. The ways stand
// beside each other as ratios, since seconds say more of the machine than of the code.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { evaluate, nodeOptions } from "../scripts/evaluate";

const root = resolve(__dirname, "..");
const rounds = 3;

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

main();
