// Knows whether dist/ is what a build of the present sources would write. `npm ci` builds it, so that the tests after it need not.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What no build reads. All else in the repository counts as read. The lock file stands for node_modules/. */
const unread = /^(\.data|\.git|bench|dist|docs|examples|node_modules|proof|test)$/;

/** What a build does not write into dist/: what Pulumi installs beside the plugin, the documents' TypeScript, and the record itself. */
const others = /^dist\/(plugin\/node_modules|snippets|built-from\.json$)/;

const record = "dist/built-from.json";

/** Writes down what dist/ was built from. */
export function keepRecord() {
  writeFileSync(record, JSON.stringify(present()));
}

/** @returns {boolean} whether neither the sources nor dist/ have changed since they were written down. */
export function isBuilt() {
  return existsSync(record) && readFileSync(record, "utf8") === JSON.stringify(present());
}

function present() {
  const sources = readdirSync(".").filter((name) => !unread.test(name));
  return { sources: digestOf(sources), dist: digestOf(["dist"]) };
}

function digestOf(paths) {
  const digest = createHash("sha256");
  for (const path of paths.flatMap(filesIn).sort()) {
    if (!others.test(path)) digest.update(`${path}\0`).update(readFileSync(path)).update("\0");
  }
  return digest.digest("hex");
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}
