import { existsSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { isJsonObject, type Json, type JsonObject } from "../json";

/** The file of a function's handler, and its text where the program gave that. */
interface HandlerFile {
  readonly file: string;
  readonly source?: string;
}

/**
 * Finds the code of a function's handler: in a folder, or in an archive of files, folders and texts, whose modules are then those of the
 * program. The text that Pulumi makes of an inline callback is such an archive.
 *
 * @param code the function's `code`, as it is recorded.
 * @param handler file and export, such as `index.handler`.
 * @returns reads the file, at the first call; undefined where the code has no such file.
 */
export function handlerCode(
  code: Json | undefined,
  handler: string,
): (() => Required<HandlerFile>) | undefined {
  const base = handler.replace(/\.[^.]*$/, "");
  const names = ["js", "mjs", "cjs"].map((extension) => `${base}.${extension}`);
  const search = (exists: (file: string) => boolean) =>
    names.map((name) => find(code, name, exists)).find((found) => found !== undefined);
  // A folder may be built between the start and the first invocation: until then, its .js file is what is missing.
  const expected = search(() => true);
  if (!expected) return undefined;
  let source: string | undefined;
  return () => {
    const { file, source: text } = search(existsSync) ?? expected;
    source ??= text ?? readFileSync(file, "utf8");
    return { file, source };
  };
}

/** @param name of the file within an archive. */
function find(
  code: Json | undefined,
  name: string,
  exists: (file: string) => boolean,
): HandlerFile | undefined {
  if (!isJsonObject(code)) return undefined;
  const { fileArchive, fileAsset, stringAsset, assetArchive } = code;
  if (typeof fileArchive === "string") {
    const file = join(fileArchive, name);
    return exists(file) ? { file } : undefined;
  }
  if (name === "" && typeof fileAsset === "string") return { file: fileAsset };
  if (name === "" && typeof stringAsset === "string") return { file: "", source: stringAsset };
  if (!isJsonObject(assetArchive)) return undefined;
  return findMember(assetArchive, name, exists);
}

function findMember(members: JsonObject, name: string, exists: (file: string) => boolean) {
  for (const [key, member] of Object.entries(members)) {
    const within = posix.relative(key, name);
    if (within.startsWith("..")) continue;
    const found = find(member, within, exists);
    // A text has no place of its own: it resolves modules as the program does.
    if (found) return found.source === undefined ? found : { ...found, file: resolve(name) };
  }
  return undefined;
}
