import { isJsonObject, type Json } from "../../json";
import { readJsonBody } from "../../wire/aws-json";
import type { Protocol, WireResponse } from "../../wire/protocol";

/** The actions that are served, by method and path; `:id` stands for the channel's id. */
const actions: ReadonlyMap<string, string> = new Map([
  ["GET /prod/channels", "ListChannels"],
  ["GET /prod/channels/:id", "DescribeChannel"],
  ["POST /prod/channels/:id/start", "StartChannel"],
  ["POST /prod/channels/:id/stop", "StopChannel"],
]);

/** MediaLive's REST-JSON: `/prod/channels[/{ChannelId}[/start|/stop]]`, members in camel case. */
export const mediaLiveJson: Protocol = (request) => {
  if (!request.path.startsWith("/prod/")) return undefined;
  const id = /^\/prod\/channels\/([^/]+)/.exec(request.path)?.[1];
  const pattern = id === undefined ? request.path : request.path.replace(`/${id}`, "/:id");

  return {
    action: actions.get(`${request.method} ${pattern}`) ?? `${request.method} ${request.path}`,
    readInput: () => ({
      ...readJsonBody(request),
      ...(id === undefined ? {} : { ChannelId: decodeURIComponent(id) }),
    }),
    writeResult: (result, requestId) => answer(200, lowerFirst(result), requestId),
    writeError: (error, requestId) => {
      const body = { message: error.message, ...error.members };
      const response = answer(error.statusCode, body, requestId);
      response.headers["x-amzn-errortype"] = error.code;
      return response;
    },
  };
};

/** The wire has `pipelinesRunningCount` where the API model has `PipelinesRunningCount`. */
function lowerFirst(value: Json): Json {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      lowerFirst(child),
    ]),
  );
}

function answer(status: number, body: Json, requestId: string): WireResponse {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}
