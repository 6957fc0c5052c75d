import { isDeepStrictEqual } from "node:util";
import { one, text } from "../../iam/permissions";
import type { ResourcePolicy } from "../../iam/policy-sources";
import type { JsonObject } from "../../json";
import { resourcesOfType } from "../../record/graph";
import { identifiedByArn } from "../../record/outputs";
import { awsQuery, wrapLists } from "../../wire/aws-query";
import { defineService } from "../define-service";
import { deliverMessage } from "./deliver-message";
import { Sns } from "./sns";

/** SNS gives each topic a policy that lets its own account in, alarms included; a TopicPolicy takes its place. */
function defaultPolicy(topicArn: string): ResourcePolicy {
  const Statement = {
    ...{ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } },
    ...{ Action: "sns:Publish", Resource: topicArn },
  };
  return {
    resource: topicArn,
    document: { Version: "2012-10-17", Statement },
    owner: `The policy of the topic ${topicArn}`,
  };
}

export const sns = defineService({
  name: "SNS",
  create: ({ clock, region, accountId, listener, hops, activity }) =>
    new Sns({
      ...{ clock, region, accountId },
      onPublish: (message) => listener.onNotification?.(message),
      deliver: (subscription, message) => {
        const { topicArn, endpoint } = subscription;
        activity
          .during(`a message of ${topicArn}`, () => deliverMessage(hops, subscription, message))
          .catch((error: Error) =>
            listener.onUndelivered?.({
              ...{ ruleArn: topicArn, targetArn: endpoint, event: { ...message } },
              ...{ code: error.name, message: error.message, retryAttempts: 0 },
            }),
          );
      },
    }),

  unserved: ({ type, inputs }) => {
    if (type === "aws:sns/topic:Topic" && inputs.fifoTopic === true) return "it is a FIFO topic";
    if (type !== "aws:sns/topicSubscription:TopicSubscription") return undefined;
    if (inputs.filterPolicy !== undefined) return "it has a filter policy";
    return inputs.protocol === "firehose" ? "its protocol is firehose" : undefined;
  },

  outputs: {
    "aws:sns/topic:Topic": identifiedByArn("sns"),
    "aws:sns/topicPolicy:TopicPolicy": ({ inputs, place }) => ({
      id: String(inputs.arn),
      owner: place.accountId,
    }),
    "aws:sns/topicSubscription:TopicSubscription": ({ physicalName, inputs }) => {
      const subscriptionArn = `${String(inputs.topic)}:${physicalName}`;
      return { id: subscriptionArn, arn: subscriptionArn };
    },
  },

  declare(graph, service) {
    for (const { outputs } of resourcesOfType(graph, "aws:sns/topic:Topic")) {
      service.createTopic(String(outputs.name));
    }
    const topics = new Set(resourcesOfType(graph, "aws:sns/topic:Topic").map(({ outputs }) => outputs.arn));
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:sns/topicSubscription:TopicSubscription")) {
      // A subscription to another account's topic, or to one that is only recorded, never gets a message.
      if (!topics.has(inputs.topic ?? "")) continue;
      const subscription = {
        topicArn: String(inputs.topic),
        protocol: String(inputs.protocol),
        endpoint: String(inputs.endpoint),
        subscriptionArn: String(outputs.arn),
        isRaw: inputs.rawMessageDelivery === true,
      };
      const isThere = service
        .subscriptions(subscription.topicArn)
        .some((one) => isDeepStrictEqual(one, subscription));
      if (!isThere) service.subscribe(subscription);
    }
  },

  resourcePolicies(graph) {
    const written = resourcesOfType(graph, "aws:sns/topicPolicy:TopicPolicy").map(({ name, inputs }) => ({
      resource: String(inputs.arn),
      document: inputs.policy ?? null,
      owner: `The topic policy '${name}'`,
    }));
    const withDefault = resourcesOfType(graph, "aws:sns/topic:Topic")
      .map(({ outputs }) => String(outputs.arn))
      .filter((topicArn) => !written.some(({ resource }) => resource === topicArn));
    return [...written, ...withDefault.map(defaultPolicy)];
  },

  api: {
    signingName: "sns",
    protocols: [
      awsQuery({
        version: "2010-03-31",
        xmlns: "http://sns.amazonaws.com/doc/2010-03-31/",
        toQuery: (result) => wrapLists(result) as JsonObject,
        errorCodes: new Map([
          ["AuthorizationErrorException", "AuthorizationError"],
          ["NotFoundException", "NotFound"],
          ["InvalidParameterException", "InvalidParameter"],
        ]),
      }),
    ],
    actions: {
      ListTopics: one("sns:ListTopics", () => "*"),
      Publish: one("sns:Publish", ({ TopicArn, TargetArn }) => text(TopicArn ?? TargetArn)),
    },
    denial: { code: "AuthorizationErrorException", statusCode: 403 },
    faults: {
      throttle: ["Throttling", "Rate exceeded", 400],
      broken: ["InternalError", "Internal error", 500],
    },
    integrations: {
      sdk: { name: "sns", prefix: "Sns" },
      optimized: { name: "sns", prefix: "SNS", actions: { publish: { callback: true } } },
    },
  },
});
