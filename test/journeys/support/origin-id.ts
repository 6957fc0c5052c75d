import { createHash } from "node:crypto";
import { resourcesOfType } from "../../../local/record/graph";
import type { Local } from "../../../testing";

/** The id of an attempt's origin: it names the component by its attempts table, for the account, the Region and the name of that. */
export function originId(local: Local, streamId: string, attempt: number): string {
  return `stream-orchestration_${componentIdOf(local)}_${streamId}_${attempt}`;
}

function componentIdOf(local: Local): string {
  const tables = resourcesOfType(local.runtime.graph, "aws:dynamodb/table:Table");
  const attempts = tables.find(({ name }) => name.endsWith("-attempts"));
  return createHash("sha256").update(String(attempts?.outputs.arn)).digest("hex").slice(0, 12);
}
