// Builds the package into dist/: the compiled folders with their types, a bundle for each Lambda, one for 'redrive', the plugin and the console's page,
// with the licences of what the bundles contain. `--if-changed` does so only where the sources or dist/ have changed since the last build.
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt, keepRecord } from "./built-from.mjs";
import { bundleConsole } from "./bundle-console.mjs";
import { bundleHandlers } from "./bundle-handlers.mjs";
import { bundlePlugin } from "./bundle-plugin.mjs";
import { bundleRedrive } from "./bundle-redrive.mjs";
import { compile } from "./compile.mjs";
import { noticesOf, packagesOf } from "./third-party-notices.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("dist", { recursive: true });
if (process.argv.includes("--if-changed") && isBuilt()) process.exit();
// File systems keep times no more exactly than this.
const startedAt = Date.now() - 1000;
if (!compile()) process.exit(1);
const [handlers, ...others] = await Promise.all([
  bundleHandlers(),
  bundleConsole(),
  bundlePlugin(),
  bundleRedrive(),
]);
const inputs = [...handlers.flatMap((handler) => handler.inputs), ...others.flat()];
writeFileSync("dist/THIRD-PARTY-NOTICES.txt", noticesOf(packagesOf(inputs)));
chmodSync("dist/cli/main.js", 0o755);
// What was there is written over rather than removed first, since a runtime may be running from it; what this build did
// not write is of a file that is gone.
for (const file of readdirSync("dist", { recursive: true })) {
  const path = join("dist", String(file));
  // Pulumi installs the plugin's dependencies beside it.
  if (path.startsWith(join("dist", "plugin", "node_modules"))) continue;
  const stats = statSync(path);
  if (stats.isFile() && stats.mtimeMs < startedAt) rmSync(path);
}
keepRecord();
