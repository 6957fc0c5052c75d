import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readYaml } from "./yaml";

/**
 * Finds the program of the Pulumi project in a folder: `main` of its `Pulumi.yaml`, a file or a folder, or else `index.ts` or `index.js`.
 *
 * @returns the path of the program's file. It need not exist.
 */
export function mainOfProject(folder: string): string {
  const { main } = readYaml(join(folder, "Pulumi.yaml")) ?? {};
  const path = resolve(folder, typeof main === "string" ? main : ".");
  if (isFile(path) || (typeof main === "string" && /\.[cm]?[jt]s$/.test(main))) return path;
  const candidates = ["index.ts", "index.js"].map((name) => join(path, name));
  return candidates.find(isFile) ?? join(path, "index.ts");
}

/**
 * Finds the folder whose `Pulumi.yaml` is a program's: the program's own, or one above whose `main` is the program.
 *
 * @returns the program's own folder when there is no such file.
 */
export function projectFolderOf(program: string): string {
  const own = dirname(resolve(program));
  for (let folder = own; ; folder = dirname(folder)) {
    if (isFile(join(folder, "Pulumi.yaml"))) {
      return folder === own || mainOfProject(folder) === resolve(program) ? folder : own;
    }
    if (folder === dirname(folder)) return own;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
