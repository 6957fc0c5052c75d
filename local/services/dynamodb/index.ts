import { everything, one, type PermissionsOf, type Place, text } from "../../iam/permissions";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import { namedWithArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { defineService } from "../define-service";
import { declareTables } from "./declare-tables";
import { DynamoDb } from "./dynamodb";

const table = (name: Json | undefined, { region, accountId }: Place) =>
  text(name).startsWith("arn:") ? text(name) : `arn:aws:dynamodb:${region}:${accountId}:table/${text(name)}`;
const tableOf = ({ TableName }: JsonObject, place: Place) => table(TableName, place);
const tableOrIndexOf = ({ TableName, IndexName }: JsonObject, place: Place) =>
  IndexName === undefined ? table(TableName, place) : `${table(TableName, place)}/index/${text(IndexName)}`;
const everyTable =
  (action: string): PermissionsOf =>
  ({ RequestItems }, place) =>
    Object.keys(isJsonObject(RequestItems) ? RequestItems : {}).map((name) => ({
      action,
      resource: table(name, place),
    }));

export const dynamoDb = defineService({
  name: "DynamoDB",
  create: ({ region, accountId, activity, dataFolder, listener }) =>
    DynamoDb.start({
      region,
      accountId,
      activity,
      ...(dataFolder !== undefined && { path: dataFolder }),
      onBroken: (error) => listener.onBroken?.(error),
    }),

  outputs: {
    "aws:dynamodb/table:Table": (resource) => {
      const table = namedWithArn("dynamodb", "table/")(resource);
      if (resource.inputs.streamEnabled !== true) return table;
      // Nothing reads the stream: a mapping of it to a function is only recorded.
      const streamLabel = "2026-01-01T00:00:00.000";
      return { ...table, streamLabel, streamArn: `${String(table.arn)}/stream/${streamLabel}` };
    },
    "aws:dynamodb/tableItem:TableItem": ({ inputs }) => ({
      id: [inputs.tableName, inputs.hashKey, inputs.rangeKey].filter((part) => part !== undefined).join("|"),
    }),
  },
  declare: declareTables,

  api: {
    signingName: "dynamodb",
    protocols: [
      awsJson({ target: "DynamoDB_20120810", errorNamespace: "com.amazonaws.dynamodb.v20120810#" }),
    ],
    actions: {
      BatchGetItem: everyTable("dynamodb:BatchGetItem"),
      BatchWriteItem: everyTable("dynamodb:BatchWriteItem"),
      DeleteItem: one("dynamodb:DeleteItem", tableOf),
      DescribeTable: one("dynamodb:DescribeTable", tableOf),
      GetItem: one("dynamodb:GetItem", tableOf),
      ListTables: one("dynamodb:ListTables", everything),
      PutItem: one("dynamodb:PutItem", tableOf),
      Query: one("dynamodb:Query", tableOrIndexOf),
      Scan: one("dynamodb:Scan", tableOrIndexOf),
      UpdateItem: one("dynamodb:UpdateItem", tableOf),
    },
    denial: { code: "AccessDeniedException", statusCode: 400 },
    faults: {
      throttle: [
        "ProvisionedThroughputExceededException",
        "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
        400,
      ],
      broken: ["InternalServerError", "Internal server error", 500],
    },
    integrations: {
      sdk: { name: "dynamodb", prefix: "DynamoDb", denial: "DynamoDbException" },
      // The optimized integration has no callback pattern; the SDK integration does.
      optimized: {
        name: "dynamodb",
        prefix: "DynamoDB",
        denial: "AmazonDynamoDBException",
        actions: {
          getItem: { callback: false },
          putItem: { callback: false },
          updateItem: { callback: false },
          deleteItem: { callback: false },
        },
      },
    },
  },
});
