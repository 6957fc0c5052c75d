import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OperationName } from "../../contracts";
import type { FunctionName } from "../../contracts/internal";

/** The Lambda of each operation of the API. Operations that need the same permissions share one. */
export const handlerOf = {
  GetHealthStatus: "get-health-status",
  CreateStreamWorkflow: "create-stream-workflow",
  UpdateStreamStatus: "update-stream-status",
  ListStreams: "read-streams",
  EndStream: "update-stream-status",
  GetStream: "read-streams",
  ListStreamAttempts: "read-streams",
  GetIngest: "read-streams",
} as const satisfies { readonly [operation in OperationName]: FunctionName };

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
