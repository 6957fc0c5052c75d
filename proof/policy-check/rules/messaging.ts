import { isJsonObject, type Json } from "../../../local/json";
import type { Graph } from "../../../local/record/graph";
import {
  deniesPlaintext,
  find,
  ofType,
  openStatements,
  type Rule,
  resource,
  statementsOf,
  unless,
} from "../rule";
import { types } from "../types";

const twoWeeks = 14 * 24 * 3_600;

const allowAll = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

export const messagingRules: readonly Rule[] = [
  {
    id: "queue-encrypted",
    source: "AwsSolutions-SQS2; Security Hub SQS.1",
    says: "A queue is encrypted.",
    appliesTo: [types.queue],
    check: ({ inputs }) =>
      unless(
        inputs.sqsManagedSseEnabled === true || inputs.kmsMasterKeyId !== undefined,
        "it is not encrypted",
      ),
    wrong: [resource(types.queue, { sqsManagedSseEnabled: false })],
  },
  {
    id: "queue-tls",
    source: "AwsSolutions-SQS4",
    says: "A queue turns away whoever comes without TLS.",
    appliesTo: [types.queue],
    check: ({ outputs }, graph) =>
      unless(
        ofType(graph, types.queuePolicy).some(
          ({ inputs }) => inputs.queueUrl === outputs.url && deniesPlaintext(inputs.policy),
        ),
        "it takes messages without TLS",
      ),
    wrong: [resource(types.queue, {}, { url: "https://q" })],
  },
  {
    id: "queue-not-public",
    source: "Security Hub SQS.3",
    says: "A queue's policy lets in AWS's services alone, each for sources of the account.",
    appliesTo: [types.queuePolicy],
    check: ({ inputs }) => openStatements(inputs.policy),
    wrong: [resource(types.queuePolicy, { policy: allowAll })],
  },
  {
    id: "queue-dead-letters",
    source: "AwsSolutions-SQS3",
    says: "A queue has a dead-letter queue, or is one, which keeps messages for two weeks.",
    appliesTo: [types.queue],
    check: ({ inputs, outputs }, graph) => {
      if (inputs.redrivePolicy !== undefined) return [];
      if (!deadLetterArns(graph).includes(outputs.arn ?? "")) return ["it has no dead-letter queue"];
      return unless(
        inputs.messageRetentionSeconds === twoWeeks,
        "it drops dead letters before two weeks are over",
      );
    },
    wrong: [resource(types.queue, {}, { arn: "arn:q" })],
  },
  {
    id: "topic-encrypted",
    source: "AwsSolutions-SNS2; Security Hub SNS.1",
    says: "A topic is encrypted.",
    appliesTo: [types.topic],
    check: ({ inputs }) => unless(inputs.kmsMasterKeyId !== undefined, "it is not encrypted"),
    wrong: [resource(types.topic, {})],
  },
  {
    id: "topic-tls",
    source: "AwsSolutions-SNS3",
    says: "A topic takes nothing without TLS: by its policy, or since KMS takes nothing either.",
    appliesTo: [types.topic],
    check: ({ inputs, outputs }, graph) =>
      unless(
        inputs.kmsMasterKeyId !== undefined ||
          ofType(graph, types.topicPolicy).some(
            (one) => one.inputs.arn === outputs.arn && deniesPlaintext(one.inputs.policy),
          ),
        "it takes messages without TLS",
      ),
    wrong: [resource(types.topic, {}, { arn: "arn:t" })],
  },
  {
    id: "topic-not-public",
    source: "Security Hub SNS.4",
    says: "A topic's policy lets in AWS's services alone, each for sources of the account.",
    appliesTo: [types.topicPolicy],
    check: ({ inputs }) => openStatements(inputs.policy),
    wrong: [resource(types.topicPolicy, { policy: allowAll })],
  },
  {
    id: "subscription-protocol",
    source: "AWS SNS: Security best practices",
    says: "A topic's messages leave it encrypted, or as e-mail to an address that confirmed.",
    appliesTo: [types.subscription],
    check: ({ inputs }) => unless(inputs.protocol !== "http", "its messages go over plain HTTP"),
    wrong: [resource(types.subscription, { protocol: "http" })],
  },
  {
    id: "bus-policy",
    source: "Security Hub EventBridge.3; AwsSolutions-EVB1",
    says: "A bus has a policy.",
    appliesTo: [types.bus],
    check: ({ outputs }, graph) => {
      const policies = ofType(graph, types.busPolicy).filter(
        ({ inputs }) => inputs.eventBusName === outputs.name,
      );
      return unless(policies.length > 0, "it has no policy");
    },
    wrong: [resource(types.bus, {}, { name: "b" })],
  },
  {
    id: "bus-closed",
    source: "Security Hub EventBridge.3; AwsSolutions-EVB1",
    says: "A bus's policy allows nobody anything, and denies our events to all but principals that are named.",
    appliesTo: [types.busPolicy],
    check: ({ inputs }) => {
      const statements = statementsOf(inputs.policy);
      const denies = statements.some(
        ({ effect, principals, actions, conditions }) =>
          effect === "Deny" &&
          principals.includes("*") &&
          actions.includes("events:PutEvents") &&
          [conditions.ArnNotLike?.["aws:PrincipalArn"] ?? "*"].flat().every((arn) => arn !== "*") &&
          conditions["ForAnyValue:StringEquals"]?.["events:source"] !== undefined,
      );
      return [
        ...statements
          .filter(({ effect }) => effect === "Allow")
          .map(({ principals }) => `it lets in ${principals.join(", ")}`),
        ...unless(denies, "it takes our events from anybody"),
      ];
    },
    wrong: [resource(types.busPolicy, { policy: allowAll })],
  },
  {
    id: "bus-dead-letters",
    source: "AWS EventBridge: Encrypting event buses with AWS KMS keys",
    says: "A bus under a customer's key sends what it cannot decrypt to a queue of the program.",
    appliesTo: [types.bus],
    check: ({ inputs }, graph) =>
      unless(
        inputs.kmsKeyIdentifier === undefined || hasDeadLetters(inputs.deadLetterConfig, graph),
        "it drops what it cannot decrypt",
      ),
    wrong: [resource(types.bus, { kmsKeyIdentifier: "arn:k" })],
  },
  {
    id: "rules-name-their-source",
    source: "AWS EventBridge: Best practices for event patterns",
    says: "A rule names the source and the type of the events that it takes.",
    appliesTo: [types.eventRule],
    check: ({ inputs }) => {
      const pattern = JSON.parse(String(inputs.eventPattern ?? "{}")) as { [name: string]: Json };
      return ["source", "detail-type"]
        .filter((name) => pattern[name] === undefined)
        .map((name) => `it takes any ${name}`);
    },
    wrong: [resource(types.eventRule, { eventPattern: '{"source":["aws.states"]}' })],
  },
  {
    id: "undelivered-events-kept",
    source: "AWS EventBridge: Using dead-letter queues",
    says: "What a rule cannot deliver within a day goes to a queue of the program.",
    appliesTo: [types.eventTarget],
    check: ({ inputs }, graph) => [
      ...unless(hasDeadLetters(inputs.deadLetterConfig, graph), "it drops what it cannot deliver"),
      ...unless(
        isJsonObject(inputs.retryPolicy) && inputs.retryPolicy.maximumEventAgeInSeconds === 86_400,
        "it gives up before a day is over",
      ),
    ],
    wrong: [resource(types.eventTarget, { retryPolicy: { maximumEventAgeInSeconds: 86_400 } })],
  },
  {
    id: "failed-schedules-kept",
    source: "AWS EventBridge Scheduler: Configuring a dead-letter queue",
    says: "What a schedule cannot start goes to a queue of the program.",
    appliesTo: [types.schedule],
    check: ({ inputs }, graph) =>
      unless(
        isJsonObject(inputs.target) && hasDeadLetters(inputs.target.deadLetterConfig, graph),
        "it drops what it cannot start",
      ),
    wrong: [resource(types.schedule, { target: { arn: "arn:m" } })],
  },
];

function hasDeadLetters(config: Json | undefined, graph: Graph): boolean {
  return isJsonObject(config) && find(graph, types.queue, config.arn) !== undefined;
}

/** The queues to which anything in the program sends what it gives up. */
function deadLetterArns(graph: Graph): readonly Json[] {
  return [
    ...ofType(graph, types.eventTarget).map(({ inputs }) => inputs.deadLetterConfig),
    ...ofType(graph, types.schedule).map(
      ({ inputs }) => isJsonObject(inputs.target) && inputs.target.deadLetterConfig,
    ),
  ].flatMap((config) => (isJsonObject(config) && config.arn !== undefined ? [config.arn] : []));
}
