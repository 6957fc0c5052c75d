import type { Json, JsonObject } from "../../json";
import type { FunctionSettings, LambdaFunction } from "../../lambda/function";
import type { Functions } from "../../lambda/functions";
import { AwsError, type AwsService, unknownAction } from "../service";

const invocationTypes = ["RequestResponse", "Event", "DryRun"];

/** Lambda as those see it who invoke a function by hand: to redrive a dead letter, say. */
export class LambdaApi implements AwsService {
  /** @param functions known once the program was recorded. */
  constructor(private readonly functions: () => Functions | undefined) {}

  /**
   * Actions: ListFunctions; Invoke, of types RequestResponse and Event. Result and error come as JSON text in `Payload`.
   *
   * @throws {AwsError} `ResourceNotFoundException`, `InvalidRequestContentException`, `InvalidParameterValueException`.
   */
  async call(action: string, input: JsonObject): Promise<JsonObject> {
    if (action === "ListFunctions") {
      return {
        Functions: (this.functions()?.list() ?? []).map(({ settings }) => describeFunction(settings)),
      };
    }
    if (action !== "Invoke") throw unknownAction("Lambda", action);
    const functions = this.functions();
    const name = String(input.FunctionName);
    const target = functions?.find(name);
    if (!functions || !target) {
      throw new AwsError("ResourceNotFoundException", `Function not found: ${name}`, 404, { Type: "User" });
    }
    const type = String(input.InvocationType ?? "RequestResponse");
    if (!invocationTypes.includes(type)) {
      throw new AwsError(
        "InvalidParameterValueException",
        `InvocationType must be one of ${invocationTypes.join(", ")}, received ${type}.`,
      );
    }
    const event = readPayload(input.Payload);
    if (type === "DryRun") return { StatusCode: 204 };
    if (type === "RequestResponse") return invoke(target, event);
    functions.invokeForEvent(target, event);
    return { StatusCode: 202 };
  }
}

/** Without the environment: it may hold what only the function is to know. */
function describeFunction(settings: FunctionSettings): JsonObject {
  const { name, arn, handler, roleArn, timeoutSeconds, memoryMegabytes, logGroupName } = settings;
  return {
    ...{ FunctionName: name, FunctionArn: arn, Handler: handler, Role: roleArn, Runtime: "nodejs24.x" },
    ...{ Timeout: timeoutSeconds, MemorySize: memoryMegabytes, Version: "$LATEST", PackageType: "Zip" },
    LoggingConfig: { LogGroup: logGroupName },
  };
}

async function invoke(target: LambdaFunction, event: Json): Promise<JsonObject> {
  const result = await target.invoke(event);
  const ran = { StatusCode: 200, ExecutedVersion: "$LATEST" };
  if ("payload" in result) return { ...ran, Payload: JSON.stringify(result.payload) };
  return { ...ran, FunctionError: "Unhandled", Payload: JSON.stringify(result.error) };
}

function readPayload(payload: Json | undefined): Json {
  if (payload === undefined || payload === "") return {};
  try {
    return JSON.parse(String(payload)) as Json;
  } catch (error) {
    throw new AwsError(
      "InvalidRequestContentException",
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
