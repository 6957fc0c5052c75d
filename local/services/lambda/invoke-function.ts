import { TaskFailure } from "../../asl/errors";
import type { JsonObject } from "../../json";
import type { IntegrationTarget } from "../integration";

/**
 * Invokes a function as a Task of a workflow does.
 *
 * @throws {TaskFailure} the function's own error; `Lambda.ResourceNotFoundException` where there is no such function.
 */
export async function invokeFunction({ invoke }: IntegrationTarget, args: JsonObject): Promise<JsonObject> {
  const functionName = String(args.FunctionName);
  const result = await invoke(functionName, args.Payload ?? {});
  if (!result) {
    throw new TaskFailure("Lambda.ResourceNotFoundException", `Function not found: ${functionName}`);
  }
  if ("error" in result) {
    const { errorType, errorMessage, trace } = result.error;
    throw new TaskFailure(errorType, JSON.stringify({ errorType, errorMessage, trace }));
  }
  return { ExecutedVersion: "$LATEST", Payload: result.payload, StatusCode: 200 };
}
