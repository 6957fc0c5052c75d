import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { record } from "../support/record";
import { programs } from "./programs";
import { snapshotOf } from "./snapshot";

/**
 * Keeps what a release deploys in `test/upgrades/<version>.json`: `npx tsx test/upgrades/record-release.ts VERSION [CHECKOUT]`, where the
 * checkout has its functions bundled, and this one's `node_modules`.
 */
async function main([version, checkout = "."]: readonly string[]): Promise<void> {
  if (!version) throw new Error("Expected VERSION.");
  const load = createRequire(join(resolve(checkout), "index.ts"));
  const { StreamOrchestration } = load("./components") as typeof import("../../components");
  const resources: { [name: string]: object } = {};
  for (const [name, args] of Object.entries(programs)) {
    resources[name] = snapshotOf(await record(() => new StreamOrchestration("streams", args)));
  }
  writeFileSync(join(__dirname, `${version}.json`), `${JSON.stringify(resources, null, 2)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
