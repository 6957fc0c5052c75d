// npm run release-contract: keeps the contract of the version in package.json as the one that the next changes are compared with.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { breakingChanges, type Contract, currentContract, mayBreak } from "./contract/breaking-changes";

const root = join(__dirname, "..");
const file = join(root, "test", "contracts", "released", "contract.json");

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const released = JSON.parse(readFileSync(file, "utf8")) as Contract;
const contract = currentContract(version);
const changes = breakingChanges(released, contract);
if (changes.length > 0 && !mayBreak(released.version, version)) {
  console.error(
    `Since ${released.version}, this breaks what callers or readers rely on:\n${changes.join("\n")}`,
  );
  console.error(
    "Raise the major version in package.json (below 1.0.0 the minor one), or take the changes back.",
  );
  process.exit(1);
}
writeFileSync(file, `${JSON.stringify(contract, null, 2)}\n`);
console.log(`The contract of ${version} is kept; before, it was that of ${released.version}.`);
