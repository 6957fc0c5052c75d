import { TaskFailure } from "../../asl/errors";
import { isJsonObject, type JsonObject } from "../../json";
import type { IntegrationTarget } from "../integration";

/**
 * Puts events as a Task of a workflow does: the optimized integration takes details as JSON.
 *
 * @throws {TaskFailure} `EventBridge.FailedEntry` where the bus answers, but refuses an entry.
 */
export async function putEventsOfWorkflow(
  { call }: IntegrationTarget,
  args: JsonObject,
): Promise<JsonObject> {
  const entries = Array.isArray(args.Entries) ? args.Entries : [];
  const result = await call("PutEvents", {
    ...args,
    Entries: entries.map((entry) =>
      isJsonObject(entry) && typeof entry.Detail !== "string"
        ? { ...entry, Detail: JSON.stringify(entry.Detail) }
        : entry,
    ),
  });
  if (Number(result.FailedEntryCount) > 0) {
    throw new TaskFailure("EventBridge.FailedEntry", JSON.stringify(result));
  }
  return result;
}
