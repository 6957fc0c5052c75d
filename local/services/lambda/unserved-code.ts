import { statSync } from "node:fs";
import { isJsonObject, type JsonObject } from "../../json";
import { handlerCode } from "../../lambda/function-code";

/** @returns why the runtime cannot run a function: it runs JavaScript from a folder or an archive of files. */
export function unservedCode({ code, handler, runtime, imageUri, s3Bucket }: JsonObject): string | undefined {
  if (imageUri !== undefined) return "its code is a container image";
  if (s3Bucket !== undefined) return "its code is in a bucket";
  if (typeof runtime === "string" && !runtime.startsWith("nodejs")) return `its runtime is ${runtime}`;
  if (!isJsonObject(code)) return "it has no code";
  if (typeof code.fileArchive === "string") {
    const isFolder = statSync(code.fileArchive, { throwIfNoEntry: false })?.isDirectory() ?? true;
    return isFolder ? undefined : "its code is a packed archive";
  }
  if (!isJsonObject(code.assetArchive)) return "its code is neither a folder nor an archive of files";
  const isFound = handlerCode(code, String(handler)) !== undefined;
  return isFound ? undefined : `its archive has no JavaScript file of the handler ${String(handler)}`;
}
