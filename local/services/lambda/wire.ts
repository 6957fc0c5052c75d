import type { Protocol, WireCall, WireResponse } from "../../wire/protocol";
import { AwsError } from "../service";

const invocations = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's REST-JSON: `GET /2015-03-31/functions/`, and `POST /2015-03-31/functions/{FunctionName}/invocations`, with the payload as the body. */
export const lambdaJson: Protocol = (request) => {
  if (!request.path.startsWith("/2015-03-31/")) return undefined;
  const name = invocations.exec(request.path)?.[1];
  if (request.method === "GET" && /^\/2015-03-31\/functions\/?$/.test(request.path)) return listFunctions;
  const type = request.headers["x-amz-invocation-type"];

  return {
    action: request.method === "POST" && name ? "Invoke" : `${request.method} ${request.path}`,
    readInput: () => {
      const qualifier = request.query.get("Qualifier") ?? "$LATEST";
      if (qualifier !== "$LATEST") {
        const message = `The local runtime has no versions or aliases of functions, such as ${qualifier}.`;
        throw new AwsError("ResourceNotFoundException", message, 404);
      }
      return {
        FunctionName: decodeURIComponent(name ?? ""),
        ...(typeof type === "string" && { InvocationType: type }),
        Payload: request.body,
      };
    },
    writeResult: ({ StatusCode, Payload = "", FunctionError, ExecutedVersion }, requestId) => ({
      status: Number(StatusCode),
      headers: {
        "content-type": "application/json",
        "x-amzn-requestid": requestId,
        ...(FunctionError !== undefined && { "x-amz-function-error": String(FunctionError) }),
        ...(ExecutedVersion !== undefined && { "x-amz-executed-version": String(ExecutedVersion) }),
      },
      body: String(Payload),
    }),
    writeError,
  };
};

const listFunctions: WireCall = {
  action: "ListFunctions",
  readInput: () => ({}),
  writeResult: (result, requestId) => ({
    status: 200,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: JSON.stringify(result),
  }),
  writeError,
};

function writeError(error: AwsError, requestId: string): WireResponse {
  return {
    status: error.statusCode,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": error.code,
    },
    body: JSON.stringify({ ...error.members, Message: error.message }),
  };
}
