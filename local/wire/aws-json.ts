import { isJsonObject, type JsonObject } from "../json";
import { AwsError } from "../services/service";
import type { Protocol, WireRequest, WireResponse } from "./protocol";

interface JsonApi {
  /** What stands before the action in `X-Amz-Target`, such as `DynamoDB_20120810`. */
  target: string;
  /** AWS puts the service's namespace before some error types; SDKs cut it off. @default - none */
  errorNamespace?: string;
  /**
   * For a service that spoke the query protocol before: SDKs still take an error's code from a header, in the spelling of that protocol.
   * The codes that are spelled differently there. @default - no such header
   */
  queryCodes?: ReadonlyMap<string, string>;
}

/**
 * AWS JSON 1.0 and 1.1: a POST whose X-Amz-Target names service and action.
 *
 * @param api the service's own part. @default - the requests of all services, none of which is told apart
 */
export function awsJson(api?: JsonApi): Protocol {
  const { target, errorNamespace = "", queryCodes } = api ?? {};
  return (request) => {
    const header = request.headers["x-amz-target"];
    if (typeof header !== "string") return undefined;
    const [prefix = "", action = ""] = header.split(".");
    if (target !== undefined && target !== prefix) return undefined;
    const contentType = request.headers["content-type"] ?? "application/x-amz-json-1.0";

    return {
      action: target === undefined ? header : action,
      readInput: () => readJsonBody(request),
      writeResult: (result, requestId) => answer(200, result, contentType, requestId),
      writeError: (error, requestId) => {
        const body = { ...error.members, __type: `${errorNamespace}${error.code}`, message: error.message };
        const response = answer(error.statusCode, body, contentType, requestId);
        response.headers["x-amzn-errortype"] = error.code;
        if (queryCodes) {
          const fault = error.statusCode < 500 ? "Sender" : "Receiver";
          response.headers["x-amzn-query-error"] = `${queryCodes.get(error.code) ?? error.code};${fault}`;
        }
        return response;
      },
    };
  };
}

/**
 * Reads a JSON body; an empty one is an empty object.
 * @throws {AwsError} `SerializationException` when it is not a JSON object.
 */
export function readJsonBody(request: WireRequest): JsonObject {
  if (request.body === "") return {};
  try {
    const input = JSON.parse(request.body) as unknown;
    if (isJsonObject(input)) return input;
  } catch {
    // Reported below, with JSON that is no object.
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}

function answer(status: number, body: JsonObject, contentType: string, requestId: string): WireResponse {
  return {
    status,
    headers: { "content-type": contentType, "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}
