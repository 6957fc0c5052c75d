import { type ApiAuthorization, type Authorizer, apiAuthorizations } from "../auth";
import type { HttpApiSettings, HttpRoute } from "../http/http-api";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { LambdaFunction } from "../lambda/function";
import type { Functions } from "../lambda/functions";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
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

/**
 * Reads the HTTP API of the graph.
 *
 * @returns its settings, and what its routes ask callers for; undefined where there is no API.
 * @throws {Error} when there are several, or a route that the runtime does not serve.
 */
export function readHttpApi(
  graph: Graph,
  functions: Functions,
  ofRoute: (target: LambdaFunction, routeArn: string) => HttpRoute["target"],
  authorizerOf: (route: RecordedResource) => Authorizer | undefined = () => undefined,
): (Pick<HttpApiSettings, "apiId" | "routes" | "cors"> & { authorization: ApiAuthorization }) | undefined {
  const apis = resourcesOfType(graph, "aws:apigatewayv2/api:Api");
  const [api] = apis;
  if (!api) return undefined;
  if (apis.length > 1) {
    const names = apis.map(({ name }) => `'${name}'`).join(", ");
    throw new Error(`The local runtime serves one HTTP API on its port; the program has ${names}.`);
  }
  const integrations = new Map(
    resourcesOfType(graph, "aws:apigatewayv2/integration:Integration").map(({ id, inputs }) => [
      `integrations/${id}`,
      functionOfInvokeArn(String(inputs.integrationUri)),
    ]),
  );
  const declared = resourcesOfType(graph, "aws:apigatewayv2/route:Route");
  const routes = declared.map((route) => {
    const { name, inputs } = route;
    const routeKey = String(inputs.routeKey);
    const target = functions.find(integrations.get(String(inputs.target)) ?? "");
    if (!target) throw new Error(`The route '${name}' (${routeKey}) leads to no function of the program.`);
    if (routeKey.includes("{")) {
      throw new Error(`The local runtime serves no path parameters; the route '${name}' is ${routeKey}.`);
    }
    // The stage is the default one; its name is part of a route's ARN.
    const routeArn = `${String(api.outputs.executionArn)}/$default/${routeKey.replace(" ", "")}`;
    return { routeKey, target: ofRoute(target, routeArn), authorize: authorizerOf(route) };
  });
  const cors = isJsonObject(api.inputs.corsConfiguration) ? api.inputs.corsConfiguration : undefined;
  return {
    apiId: api.id,
    routes,
    authorization:
      apiAuthorizations.find((type) => declared.some(({ inputs }) => inputs.authorizationType === type)) ??
      "NONE",
    ...(cors && {
      cors: {
        allowOrigins: strings(cors.allowOrigins),
        allowMethods: strings(cors.allowMethods),
        allowHeaders: strings(cors.allowHeaders),
        ...(cors.maxAge !== undefined && { maxAge: Number(cors.maxAge) }),
      },
    }),
  };
}

/** arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations → ARN */
function functionOfInvokeArn(invokeArn: string): string {
  return /functions\/(.+)\/invocations$/.exec(invokeArn)?.[1] ?? invokeArn;
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
