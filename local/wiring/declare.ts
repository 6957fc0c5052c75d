import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import type { CloudFront, DynamoDb, MediaLive, Sns, Sqs, TableSpec } from "../services";
import type { StepFunctions } from "../services/step-functions/step-functions";

export { declareAlarms, declareBuses, declareSchedules } from "./declare-reactions";

/** Turns what the program registered into what the simulated services hold: one function for each service. */

export async function declareTables(graph: Graph, dynamoDb: DynamoDb): Promise<void> {
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:dynamodb/table:Table")) {
    const key = (hashKey: Json | undefined, rangeKey: Json | undefined) => [
      { AttributeName: String(hashKey), KeyType: "HASH" },
      ...(rangeKey === undefined ? [] : [{ AttributeName: String(rangeKey), KeyType: "RANGE" }]),
    ];
    const indexes = objects(inputs.globalSecondaryIndexes).map((index) => ({
      IndexName: index.name ?? "",
      KeySchema: key(index.hashKey, index.rangeKey),
      Projection: { ProjectionType: index.projectionType ?? "ALL" },
    }));
    const spec: TableSpec = {
      TableName: String(outputs.name),
      AttributeDefinitions: objects(inputs.attributes).map(({ name, type }) => ({
        AttributeName: String(name),
        AttributeType: String(type),
      })),
      KeySchema: key(inputs.hashKey, inputs.rangeKey),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    };
    await dynamoDb.createTable(spec);
  }
}

export function declareQueues(graph: Graph, sqs: Sqs): void {
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:sqs/queue:Queue")) {
    const { messageRetentionSeconds, visibilityTimeoutSeconds } = inputs;
    sqs.createQueue(String(outputs.name), {
      ...(messageRetentionSeconds !== undefined && {
        messageRetentionSeconds: Number(messageRetentionSeconds),
      }),
      ...(visibilityTimeoutSeconds !== undefined && {
        visibilityTimeoutSeconds: Number(visibilityTimeoutSeconds),
      }),
    });
  }
}

export function declareTopics(graph: Graph, sns: Sns): void {
  for (const { outputs } of resourcesOfType(graph, "aws:sns/topic:Topic"))
    sns.createTopic(String(outputs.name));
  for (const { inputs } of resourcesOfType(graph, "aws:sns/topicSubscription:TopicSubscription")) {
    sns.subscribe({
      topicArn: String(inputs.topic),
      protocol: String(inputs.protocol),
      endpoint: String(inputs.endpoint),
    });
  }
}

export function declareStateMachines(graph: Graph, stepFunctions: StepFunctions): void {
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
    stepFunctions.createStateMachine({
      name: String(outputs.name),
      arn: String(outputs.arn),
      definition: String(inputs.definition),
      roleArn: String(inputs.roleArn),
      type: String(inputs.type ?? "STANDARD"),
    });
  }
}

/**
 * Channels and distributions exist before the program: those that its policies name are made up.
 */
export function declareExistingMedia(graph: Graph, mediaLive: MediaLive, cloudFront: CloudFront): void {
  const policies = resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy");
  const text = policies.map(({ inputs }) => String(inputs.policy)).join("\n");
  const ids = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, id = ""]) => id));
  for (const id of ids(/arn:aws:medialive:[^:"]+:\d+:channel:(\w+)/g)) mediaLive.addChannel(id);
  for (const id of ids(/arn:aws:cloudfront::\d+:distribution\/(\w+)/g)) cloudFront.addDistribution(id);
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
