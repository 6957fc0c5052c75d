import { isJsonObject } from "../../../local/json";
import { ofType, type Rule, resource, unless } from "../rule";
import { types } from "../types";

const memberOf = (value: unknown, name: string) => (isJsonObject(value) ? value[name] : undefined);

export const dataRules: readonly Rule[] = [
  {
    id: "table-recovery",
    source: "AwsSolutions-DDB3; Security Hub DynamoDB.2",
    says: "A table can be restored to any second of the last 35 days.",
    appliesTo: [types.table],
    check: ({ inputs }) =>
      unless(memberOf(inputs.pointInTimeRecovery, "enabled") === true, "it cannot be restored"),
    wrong: [resource(types.table, {})],
  },
  {
    id: "table-deletion-protected",
    source: "Security Hub DynamoDB.6",
    says: "A table is not deleted before its protection is taken off, by DynamoDB as by Pulumi.",
    appliesTo: [types.table],
    check: ({ inputs, options }) => [
      ...unless(inputs.deletionProtectionEnabled === true, "it can be deleted"),
      ...unless(options?.protect === true, "Pulumi deletes it"),
    ],
    wrong: [resource(types.table, {})],
  },
  {
    id: "table-encrypted",
    source: "AWS DynamoDB: Encryption at rest",
    says: "A table is encrypted under a key in KMS, whose use CloudTrail records.",
    appliesTo: [types.table],
    check: ({ inputs }) =>
      unless(memberOf(inputs.serverSideEncryption, "enabled") === true, "its key is not in KMS"),
    wrong: [resource(types.table, {})],
  },
  {
    id: "table-capacity",
    source: "Security Hub DynamoDB.1",
    says: "A table takes as much as comes.",
    appliesTo: [types.table],
    check: ({ inputs }) => unless(inputs.billingMode === "PAY_PER_REQUEST", "its capacity is fixed"),
    wrong: [resource(types.table, { billingMode: "PROVISIONED" })],
  },
  {
    id: "log-retention",
    source: "Security Hub CloudWatch.16",
    says: "A log group keeps its lines for a time that is stated, up to a year.",
    appliesTo: [types.logGroup],
    check: ({ inputs }) => {
      const days = Number(inputs.retentionInDays ?? 0);
      return unless(
        days >= 1 && days <= 365,
        days === 0 ? "it keeps lines for ever" : `it keeps lines for ${days} days`,
      );
    },
    wrong: [resource(types.logGroup, {})],
  },
  {
    id: "vended-logs",
    source: "AWS Step Functions: Logging using CloudWatch Logs; API Gateway: Log delivery",
    says: "A log group that AWS's log delivery writes to is under /aws/vendedlogs/, where it takes nothing of the 5,120 characters of a resource policy.",
    appliesTo: [types.logGroup],
    check: ({ outputs }, graph) => {
      const isDelivered = [...ofType(graph, types.stateMachine), ...ofType(graph, types.stage)].some(
        ({ inputs }) =>
          [
            memberOf(inputs.loggingConfiguration, "logDestination"),
            memberOf(inputs.accessLogSettings, "destinationArn"),
          ]
            .map((arn) => String(arn).replace(/:\*$/, ""))
            .includes(String(outputs.arn)),
      );
      return unless(
        !isDelivered || String(outputs.name).startsWith("/aws/vendedlogs/"),
        `it is ${String(outputs.name)}`,
      );
    },
    wrong: [
      resource(types.logGroup, {}, { name: "/aws/apigateway/x", arn: "arn:x" }),
      resource(types.stage, { accessLogSettings: { destinationArn: "arn:x" } }),
    ],
  },
  {
    id: "archive-retention",
    source: "AWS EventBridge: Archiving and replaying events",
    says: "An archive keeps events for a time that is stated, and only ours.",
    appliesTo: [types.archive],
    check: ({ inputs }) => [
      ...unless(Number(inputs.retentionDays ?? 0) >= 1, "it keeps events for ever"),
      ...unless(String(inputs.eventPattern).includes('"source"'), "it keeps events of every source"),
    ],
    wrong: [resource(types.archive, { eventPattern: '{"source":["x"]}' })],
  },
];
