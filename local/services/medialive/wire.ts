import { isJsonObject, type Json, type JsonObject } from "../../json";
import { readJsonBody } from "../../wire/aws-json";
import type { Protocol, WireResponse } from "../../wire/protocol";

/** The actions that are served, by method and path; `:id` stands for the id of the channel or the input. */
const actions: ReadonlyMap<string, string> = new Map([
  ["GET /prod/channels", "ListChannels"],
  ["GET /prod/channels/:id", "DescribeChannel"],
  ["POST /prod/channels/:id/start", "StartChannel"],
  ["POST /prod/channels/:id/stop", "StopChannel"],
  ["GET /prod/inputs", "ListInputs"],
  ["GET /prod/inputs/:id", "DescribeInput"],
  ["PUT /prod/inputs/:id", "UpdateInput"],
]);

/** MediaLive's REST-JSON: `/prod/channels[/{ChannelId}[/start|/stop]]` and `/prod/inputs[/{InputId}]`, members in camel case. */
export const mediaLiveJson: Protocol = (request) => {
  if (!request.path.startsWith("/prod/")) return undefined;
  const [, kind = "", id] = /^\/prod\/(channels|inputs)\/([^/]+)/.exec(request.path) ?? [];
  const pattern = id === undefined ? request.path : request.path.replace(`/${id}`, "/:id");

  return {
    action: actions.get(`${request.method} ${pattern}`) ?? `${request.method} ${request.path}`,
    readInput: () => ({
      ...(upperFirst(readJsonBody(request)) as JsonObject),
      ...(id !== undefined && {
        [kind === "channels" ? "ChannelId" : "InputId"]: decodeURIComponent(id),
      }),
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
const lowerFirst = renaming((name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`);
const upperFirst = renaming((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);

/** @returns what gives another name to each member, at every level. */
function renaming(rename: (name: string) => string): (value: Json) => Json {
  const renamed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(renamed);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [rename(name), renamed(child)]));
  };
  return renamed;
}

function answer(status: number, body: Json, requestId: string): WireResponse {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId },
    body: JSON.stringify(body),
  };
}
