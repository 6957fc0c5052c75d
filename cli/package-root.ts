import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The package's folder, whether this file runs from `dist/` or from the sources. */
export const packageRoot = findRoot(__dirname);

/** @returns a file of the package, as it is named in the folder in which the command was called. */
export function packagedFile(...path: string[]): string {
  return relative(process.cwd(), join(packageRoot, ...path));
}

function findRoot(folder: string): string {
  const parent = dirname(folder);
  if (existsSync(join(folder, "package.json")) || parent === folder) return folder;
  return findRoot(parent);
}
