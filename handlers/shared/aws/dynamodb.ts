import type * as sdk from "@aws-sdk/client-dynamodb";
import { AwsClient, type AwsClientSettings, commandOf } from "./client";
import { jsonProtocol } from "./json-protocol";

const protocol = jsonProtocol({ host: "dynamodb", signingName: "dynamodb", target: "DynamoDB_20120810" });

export class DynamoDBClient extends AwsClient {
  constructor(settings: AwsClientSettings = {}) {
    super(protocol, settings);
  }
}

export const BatchGetItemCommand = commandOf<sdk.BatchGetItemInput, sdk.BatchGetItemOutput>("BatchGetItem");
export const DeleteItemCommand = commandOf<sdk.DeleteItemInput, sdk.DeleteItemOutput>("DeleteItem");
export const DescribeTableCommand = commandOf<sdk.DescribeTableInput, sdk.DescribeTableOutput>(
  "DescribeTable",
);
export const GetItemCommand = commandOf<sdk.GetItemInput, sdk.GetItemOutput>("GetItem");
export const PutItemCommand = commandOf<sdk.PutItemInput, sdk.PutItemOutput>("PutItem");
export const QueryCommand = commandOf<sdk.QueryInput, sdk.QueryOutput>("Query");
export const ScanCommand = commandOf<sdk.ScanInput, sdk.ScanOutput>("Scan");
export const UpdateItemCommand = commandOf<sdk.UpdateItemInput, sdk.UpdateItemOutput>("UpdateItem");

export type { AttributeValue, KeysAndAttributes } from "@aws-sdk/client-dynamodb";
