// Builds the package into dist/: the compiled folders with their types, and a bundle for each Lambda.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleHandlers } from "./bundle-handlers.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("dist", { recursive: true });
// File systems keep times no more exactly than this.
const startedAt = Date.now() - 1000;
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
await bundleHandlers();
// What was there is written over rather than removed first, since a runtime may be running from it; what this build did
// not write is of a file that is gone.
for (const file of readdirSync("dist", { recursive: true })) {
  const path = join("dist", String(file));
  const stats = statSync(path);
  if (stats.isFile() && stats.mtimeMs < startedAt) rmSync(path);
}
