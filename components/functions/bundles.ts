import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OperationName } from "../../contracts";
import type { FunctionName } from "../../contracts/internal";

/** `get-stream` for `GetStream`. */
type KebabCase<TText extends string> = TText extends `${infer TFirst}${infer TRest}`
  ? `${Lowercase<TFirst>}${TRest extends Uncapitalize<TRest> ? "" : "-"}${KebabCase<TRest>}`
  : "";

/** The Lambda of an operation of the API. */
type OperationFunctionName = KebabCase<OperationName> & FunctionName;

/** @returns the Lambda of an operation: `get-stream` for `GetStream`. */
export function handlerOf(operation: OperationName): OperationFunctionName {
  return operation.replace(/\B[A-Z]/g, "-$&").toLowerCase() as OperationFunctionName;
}

/**
 * Finds a Lambda's bundle, which is built with the package (`npm run build`), whether this file runs from the package's
 * `dist/` or from its sources.
 *
 * @returns the bundle's folder, which holds `index.js` alone.
 * @throws {Error} when the package was not built.
 */
export function bundleFolder(handler: FunctionName): string {
  const folder = join(packageRoot(__dirname), "dist", "lambda", handler);
  if (!existsSync(join(folder, "index.js"))) {
    throw new Error(
      `The bundle of the Lambda '${handler}' is missing: run 'npm run build' in ${packageRoot(__dirname)}.`,
    );
  }
  return folder;
}

function packageRoot(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file)) {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: string };
    if (name === "@guidogerb/stream-orchestration") return folder;
  }
  return packageRoot(dirname(folder));
}
