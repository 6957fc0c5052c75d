import type { Caller } from "../../calls/caller";
import { everything, one, type Permission, type Place, text } from "../../iam/permissions";
import { isJsonObject, type JsonObject } from "../../json";
import { resourcesOfType } from "../../record/graph";
import { localArn, namedWithArn } from "../../record/outputs";
import { defineService } from "../define-service";
import { renameMembers, upperFirst, withDates } from "../members";
import { Scheduler } from "./scheduler";
import { schedulerJson } from "./wire";

const principal = "scheduler.amazonaws.com";

const schedule = ({ GroupName, Name }: JsonObject, { region, accountId }: Place) =>
  `arn:aws:scheduler:${region}:${accountId}:schedule/${text(GroupName) || "default"}/${text(Name)}`;

/** Whoever hands the service a role must be allowed to pass it on. */
const passedRole = ({ Target }: JsonObject): Permission[] => {
  const role = isJsonObject(Target) ? text(Target.RoleArn) : "";
  if (role === "") return [];
  return [{ action: "iam:PassRole", resource: role, context: { "iam:PassedToService": principal } }];
};

/** The service says that it acts for a schedule's group: a trust policy that asks for the schedule itself never holds. */
const groupArn = (scheduleArn: string) =>
  scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ":schedule-group/$1");

/** A schedule always acts with the role of its target. */
const ofSchedule = (scheduleArn: string, roleArn: string): Caller => ({
  kind: "service",
  name: principal,
  sourceArn: scheduleArn,
  roleArn,
});

export const scheduler = defineService({
  name: "Scheduler",
  create: ({ clock, region, accountId, hops, mayAssume, listener }) =>
    new Scheduler({
      clock,
      region,
      accountId,
      deliver: (target, input, scheduleArn) =>
        hops.deliver(ofSchedule(scheduleArn, target.roleArn), target.arn, input),
      deadLetter: (queueArn, body, attributes, roleArn) =>
        hops.sendMessage(ofSchedule(attributes.SCHEDULE_ARN ?? "", roleArn), queueArn, body, attributes),
      mayAssume: (roleArn, scheduleArn) => mayAssume(roleArn, principal, groupArn(scheduleArn)),
      onUndelivered: (undelivered) => listener.onUndelivered?.(undelivered),
    }),

  outputs: {
    "aws:scheduler/schedule:Schedule": ({ physicalName, inputs, place }) => {
      const groupName = String(inputs.groupName ?? "default");
      const id = `${groupName}/${physicalName}`;
      return { id, name: physicalName, groupName, arn: localArn(place, "scheduler", `schedule/${id}`) };
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": (resource) => ({
      ...namedWithArn("scheduler", "schedule-group/")(resource),
      state: "ACTIVE",
    }),
  },

  declare(graph, service, orRecord) {
    for (const { outputs } of resourcesOfType(graph, "aws:scheduler/scheduleGroup:ScheduleGroup")) {
      service.createScheduleGroup(String(outputs.name));
    }
    for (const resource of resourcesOfType(graph, "aws:scheduler/schedule:Schedule")) {
      const { inputs, outputs } = resource;
      // The provider's inputs are the members of CreateSchedule, in camel case; Pulumi's own region is none of them.
      const { region: _, ...members } = inputs;
      const input = renameMembers({ ...members, name: outputs.name ?? "" }, upperFirst);
      orRecord(resource, () => service.declareSchedule(input));
    }
  },

  roleUsers: (graph) =>
    resourcesOfType(graph, "aws:scheduler/schedule:Schedule").map(({ name, inputs, outputs }) => ({
      what: `The schedule '${name}'`,
      service: principal,
      role: String(isJsonObject(inputs.target) ? inputs.target.roleArn : undefined),
      sourceArn: groupArn(String(outputs.arn)),
    })),

  api: {
    signingName: "scheduler",
    protocols: [schedulerJson],
    actions: {
      CreateSchedule: (input, place) => [
        { action: "scheduler:CreateSchedule", resource: schedule(input, place) },
        ...passedRole(input),
      ],
      DeleteSchedule: one("scheduler:DeleteSchedule", schedule),
      GetSchedule: one("scheduler:GetSchedule", schedule),
      ListSchedules: one("scheduler:ListSchedules", everything),
    },
    conditionKeys: ["iam:PassedToService"],
    denial: { code: "AccessDeniedException", statusCode: 403 },
    faults: {
      throttle: ["ThrottlingException", "Rate exceeded", 429],
      broken: ["InternalServerException", "Internal server error", 500],
    },
    integrations: {
      sdk: { name: "scheduler", prefix: "Scheduler", denial: "SchedulerException", ofModel: withDates },
    },
  },
});
