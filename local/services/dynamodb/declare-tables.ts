import { isJsonObject, type Json, type JsonObject } from "../../json";
import { distinctResourcesOfType, type Graph, resourcesOfType } from "../../record/graph";
import type { DynamoDb, TableSpec } from "./dynamodb";

/** Creates the tables that a program registered, and writes its items. */
export async function declareTables(graph: Graph, dynamoDb: DynamoDb): Promise<void> {
  for (const { inputs, outputs } of distinctResourcesOfType(graph, "aws:dynamodb/table:Table")) {
    const key = (hashKey: Json | undefined, rangeKey: Json | undefined) => [
      { AttributeName: String(hashKey), KeyType: "HASH" },
      ...(rangeKey === undefined ? [] : [{ AttributeName: String(rangeKey), KeyType: "RANGE" }]),
    ];
    const indexes = objects(inputs.globalSecondaryIndexes).map((index) => ({
      IndexName: index.name ?? "",
      KeySchema: Array.isArray(index.keySchemas)
        ? objects(index.keySchemas).map(({ attributeName, keyType }) => ({
            AttributeName: String(attributeName),
            KeyType: String(keyType),
          }))
        : key(index.hashKey, index.rangeKey),
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
  for (const { inputs } of resourcesOfType(graph, "aws:dynamodb/tableItem:TableItem")) {
    const Item = JSON.parse(String(inputs.item)) as JsonObject;
    await dynamoDb.call("PutItem", { TableName: String(inputs.tableName), Item });
  }
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
