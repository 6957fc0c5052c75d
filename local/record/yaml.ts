import { readFileSync } from "node:fs";
import { isJsonObject, type JsonObject } from "../json";
import { requireOptionalLibrary } from "../services/optional-library";

/** By text: a start reads the project's file several times. */
const parsed = new Map<string, JsonObject>();

/**
 * Reads a YAML file that holds a mapping.
 *
 * @returns the mapping, which must not be changed: every reader of that text gets the same one; undefined when there is no such file.
 * @throws {Error} when the file is no YAML, or holds no mapping.
 */
export function readYaml(file: string): JsonObject | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const known = parsed.get(text);
  if (known) return known;
  const { parse } = requireOptionalLibrary("yaml", () => require("yaml") as typeof import("yaml"));
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (cause) {
    throw new Error(`${file} is no valid YAML: ${(cause as Error).message}`, { cause });
  }
  if (!isJsonObject(content) || !isJsonObject(content.config ?? {})) {
    throw new Error(`${file} must hold a mapping, and in it \`config\`, a mapping of keys to values.`);
  }
  parsed.set(text, content);
  return content;
}
