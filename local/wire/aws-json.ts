import { isJsonObject, type JsonObject } from "../json";
import { AwsError } from "../services/service";
import { sqsQueryCodes } from "../services/sqs/sqs-query";
import type { Protocol, ServiceName, WireRequest, WireResponse } from "./protocol";

interface Target {
  service: ServiceName;
  /** AWS puts the service's namespace before some error types; SDKs cut it off. */
  errorNamespace: string;
}

const targets: ReadonlyMap<string, Target> = new Map([
  ["DynamoDB_20120810", { service: "DynamoDB", errorNamespace: "com.amazonaws.dynamodb.v20120810#" }],
  ["AWSStepFunctions", { service: "StepFunctions", errorNamespace: "" }],
  ["AWSEvents", { service: "EventBridge", errorNamespace: "" }],
  ["AmazonSQS", { service: "SQS", errorNamespace: "com.amazonaws.sqs#" }],
]);

/** AWS JSON 1.0 and 1.1: a POST whose X-Amz-Target names service and action. */
export const awsJson: Protocol = (request) => {
  const header = request.headers["x-amz-target"];
  if (typeof header !== "string") return undefined;
  const [prefix = "", action = ""] = header.split(".");
  const target = targets.get(prefix);
  const contentType = request.headers["content-type"] ?? "application/x-amz-json-1.0";

  return {
    service: target?.service,
    action: target === undefined ? header : action,
    readInput: () => readJsonBody(request),
    writeResult: (result, requestId) => answer(200, result, contentType, requestId),
    writeError: (error, requestId) => {
      const type = `${target?.errorNamespace ?? ""}${error.code}`;
      const body = { ...error.members, __type: type, message: error.message };
      const response = answer(error.statusCode, body, contentType, requestId);
      response.headers["x-amzn-errortype"] = error.code;
      if (target?.service === "SQS") {
        // SQS spoke the query protocol before, and SDKs still take an error's code from this header.
        const fault = error.statusCode < 500 ? "Sender" : "Receiver";
        response.headers["x-amzn-query-error"] = `${sqsQueryCodes.get(error.code) ?? error.code};${fault}`;
      }
      return response;
    },
  };
};

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
