import type { JsonObject } from "../../json";
import { readJsonBody } from "../../wire/aws-json";
import type { Protocol } from "../../wire/protocol";

/** The actions that are served, by method and whether the path names a schedule. */
const actions: ReadonlyMap<string, string> = new Map([
  ["GET /schedules", "ListSchedules"],
  ["POST /schedules/:name", "CreateSchedule"],
  ["GET /schedules/:name", "GetSchedule"],
  ["DELETE /schedules/:name", "DeleteSchedule"],
]);

/** Members that stand in the query, by the names that they have there. */
const queryMembers: { readonly [name: string]: string } = {
  clientToken: "ClientToken",
  groupName: "GroupName",
  NamePrefix: "NamePrefix",
  ScheduleGroup: "GroupName",
  State: "State",
};

/** EventBridge Scheduler's REST-JSON: `/schedules[/{Name}]`, members in Pascal case. */
export const schedulerJson: Protocol = (request) => {
  const [, collection, name] = /^(\/schedules)(?:\/([^/]+))?$/.exec(request.path) ?? [];
  if (collection === undefined) return undefined;
  const route = `${request.method} ${collection}${name === undefined ? "" : "/:name"}`;
  const answer = (status: number, body: JsonObject, requestId: string) => ({
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": requestId } as Record<string, string>,
    body: JSON.stringify(body),
  });

  return {
    action: actions.get(route) ?? `${request.method} ${request.path}`,
    readInput: () => {
      // A parameter that is not known is passed on, so that the service refuses it by its name.
      const query = [...request.query].map(([member, value]) => [queryMembers[member] ?? member, value]);
      return {
        ...readJsonBody(request),
        ...(Object.fromEntries(query) as JsonObject),
        ...(name !== undefined && { Name: decodeURIComponent(name) }),
      };
    },
    writeResult: (result, requestId) => answer(200, result, requestId),
    writeError: (error, requestId) => {
      const response = answer(error.statusCode, { Message: error.message, ...error.members }, requestId);
      response.headers["x-amzn-errortype"] = error.code;
      return response;
    },
  };
};
