import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { StreamStatus } from "../../contracts";

/** One entry of an attempt's history, appended in the update that changes the status. */
export interface HistoryEntry {
  status: StreamStatus;
  reason?: string;
  /** RFC 3339, in UTC. */
  at: string;
  /** Who changed it: `api`, `orchestrator`, `event`, or what an event's `origin` says. */
  origin: string;
}

/** One try at provisioning a stream, as its item holds it. The latest attempt is the stream. */
export interface Attempt {
  streamId: string;
  /** Counted from 1 per stream. */
  attempt: number;
  status: StreamStatus;
  executionArn: string;
  /** The normalized request, as JSON. Missing where an attempt failed for want of a valid one. */
  request?: string;
  channelId?: string;
  history: HistoryEntry[];
  requestedAt: string;
  updatedAt: string;
  /** When the workflow ended well. */
  readyAt?: string;
  /** Where the workflow waits for the confirmation. Never logged. */
  taskToken?: string;
  failure?: { state: string; error: string; cause: string };
  /** What on-call was last told about the failure. */
  notified?: string;
}

/** The table of attempts. */
export interface AttemptTable {
  dynamodb: DynamoDBClient;
  tableName: string;
}

/** @returns a stream's latest attempt, read consistently; undefined for an unknown stream. */
export async function latestAttempt(table: AttemptTable, streamId: string): Promise<Attempt | undefined> {
  const { Items } = await table.dynamodb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: "streamId = :streamId",
      ExpressionAttributeValues: { ":streamId": { S: streamId } },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  return toAttempt(Items?.[0]);
}

/** @returns one attempt, read consistently. */
export async function readAttempt(
  table: AttemptTable,
  streamId: string,
  attempt: number,
): Promise<Attempt | undefined> {
  const { Item } = await table.dynamodb.send(
    new GetItemCommand({
      TableName: table.tableName,
      Key: attemptKey(streamId, attempt),
      ConsistentRead: true,
    }),
  );
  return toAttempt(Item);
}

/** @returns an attempt's key in the table. */
export function attemptKey(streamId: string, attempt: number): Record<string, AttributeValue> {
  return { streamId: { S: streamId }, attempt: { N: String(attempt) } };
}

export function toAttempt(item: Record<string, AttributeValue> | undefined): Attempt | undefined {
  return item && (unmarshall(item) as Attempt);
}
