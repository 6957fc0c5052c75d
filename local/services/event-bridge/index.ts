import type { Caller } from "../../calls/caller";
import { one, type PermissionsOf, type Place, text } from "../../iam/permissions";
import { isJsonObject, type Json } from "../../json";
import { digest, localArn, named, namedWithArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { defineService } from "../define-service";
import { isStateMachineArn } from "../step-functions/step-functions-shapes";
import { isApiDestinationArn } from "./api-destinations";
import { declareApiDestinations } from "./declare-api-destinations";
import { declareBuses } from "./declare-buses";
import { EventBridge } from "./event-bridge";
import { busPolicies, targetRoles } from "./policies";
import { putEventsOfWorkflow } from "./put-events";
import { readRuleSchedule } from "./rule-schedule";

const bus = (name: Json | undefined, { region, accountId }: Place) => {
  const given = text(name) || "default";
  return given.startsWith("arn:") ? given : `arn:aws:events:${region}:${accountId}:event-bus/${given}`;
};

/** Each entry is a request of its own. */
const putEvents: PermissionsOf = ({ Entries }, place) =>
  (Array.isArray(Entries) ? Entries : [])
    .filter(isJsonObject)
    .map(({ EventBusName, Source, DetailType }) => ({
      action: "events:PutEvents",
      resource: bus(EventBusName, place),
      context: { "events:source": text(Source), "events:detail-type": text(DetailType) },
    }));

const uuidOf = (name: string) =>
  digest(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const ofRule = (ruleArn: string): Caller => ({
  kind: "service",
  name: "events.amazonaws.com",
  sourceArn: ruleArn,
});

export const eventBridge = defineService({
  name: "EventBridge",
  create({ clock, region, accountId, hops, signals, listener, receivers }) {
    const service = new EventBridge({
      clock,
      region,
      accountId,
      receivers,
      // A role counts for state machines and API destinations alone: functions and queues let a rule in by their own policies.
      deliver: (targetArn, event, ruleArn, roleArn) =>
        hops.deliver(
          isStateMachineArn(targetArn) || isApiDestinationArn(targetArn)
            ? { ...ofRule(ruleArn), roleArn }
            : ofRule(ruleArn),
          targetArn,
          event,
        ),
      deadLetter: (queueArn, body, attributes) =>
        hops.sendMessage(ofRule(attributes.RULE_ARN ?? ""), queueArn, body, attributes),
      onEvent: (busName, event) => listener.onBusEvent?.(busName, event),
      onUndelivered: (undelivered) => listener.onUndelivered?.(undelivered),
    });
    signals.on("executionStatus", (detail) =>
      service.emit("default", {
        source: "aws.states",
        detailType: "Step Functions Execution Status Change",
        resources: [String(detail.executionArn)],
        detail,
      }),
    );
    signals.on("channelEvent", ({ detailType, channelArn, detail }) =>
      service.emit("default", { source: "aws.medialive", detailType, resources: [channelArn], detail }),
    );
    return service;
  },

  outputs: {
    "aws:cloudwatch/eventArchive:EventArchive": namedWithArn("events", "archive/"),
    "aws:cloudwatch/eventBus:EventBus": namedWithArn("events", "event-bus/"),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": (resource) => {
      const { physicalName, place } = resource;
      const resourceName = `api-destination/${physicalName}/${uuidOf(physicalName)}`;
      return { ...named(resource), arn: localArn(place, "events", resourceName) };
    },
    "aws:cloudwatch/eventConnection:EventConnection": (resource) => {
      const { physicalName, place } = resource;
      const uuid = uuidOf(physicalName);
      return {
        ...named(resource),
        arn: localArn(place, "events", `connection/${physicalName}/${uuid}`),
        secretArn: localArn(place, "secretsmanager", `secret:events!connection/${physicalName}/${uuid}`),
      };
    },
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ({ inputs }) => ({
      id: String(inputs.eventBusName ?? "default"),
    }),
    "aws:cloudwatch/eventRule:EventRule": (resource) => {
      const { inputs, physicalName, place } = resource;
      const id = `${inputs.eventBusName ? `${String(inputs.eventBusName)}/` : ""}${physicalName}`;
      return { ...named(resource), id, arn: localArn(place, "events", `rule/${id}`) };
    },
    "aws:cloudwatch/eventTarget:EventTarget": ({ physicalName }) => ({
      id: physicalName,
      targetId: physicalName,
    }),
  },
  unserved: ({ type, inputs: { scheduleExpression } }) => {
    if (type !== "aws:cloudwatch/eventRule:EventRule" || scheduleExpression === undefined) return undefined;
    try {
      readRuleSchedule(String(scheduleExpression));
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  declare(graph, service, orRecord) {
    declareApiDestinations(graph, service.apiDestinations);
    declareBuses(graph, service, orRecord);
  },
  roleUsers: targetRoles,
  resourcePolicies: busPolicies,

  api: {
    signingName: "events",
    protocols: [awsJson({ target: "AWSEvents" })],
    actions: {
      DescribeEventBus: one("events:DescribeEventBus", ({ Name }, place) => bus(Name, place)),
      ListEventBuses: one("events:ListEventBuses", () => "*"),
      ListRules: one("events:ListRules", () => "*"),
      PutEvents: putEvents,
      InvokeApiDestination: one("events:InvokeApiDestination", ({ Arn }) => text(Arn)),
    },
    conditionKeys: ["events:detail-type", "events:source"],
    denial: { code: "AccessDeniedException", statusCode: 400 },
    faults: {
      throttle: ["ThrottlingException", "Rate exceeded", 400],
      broken: ["InternalException", "An internal error occurred.", 500],
    },
    integrations: {
      sdk: { name: "eventbridge", prefix: "EventBridge", denial: "AmazonEventBridgeException" },
      optimized: {
        name: "events",
        prefix: "EventBridge",
        denial: "AmazonEventBridgeException",
        actions: { putEvents: { callback: true, perform: putEventsOfWorkflow } },
      },
    },
  },
});
