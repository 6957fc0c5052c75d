import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { StreamStatus } from "../../../contracts";

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
  /** Missing while the start is held, and where an attempt failed before it got a channel. */
  channelId?: string;
  /** The attempt started the channel, or is about to. */
  ownsChannel?: boolean;
  /** RFC 3339. Present while the workflow holds a start that lies in the future. */
  heldUntil?: string;
  /** RFC 3339. Since when a change of status is not known to be announced; absent when all are. */
  unpublishedSince?: string;
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
  /** How far StreamTeardown is. */
  teardown?: Teardown;
}

/** One run of StreamTeardown, as it stands on the item of the attempt that it undoes. */
export interface Teardown {
  status: "RUNNING" | "DONE" | "INCOMPLETE";
  executionArn: string;
  /** RFC 3339, in UTC. */
  startedAt: string;
  endedAt?: string;
  leftovers?: string[];
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

/**
 * @returns the latest attempt that an execution made at a stream, read consistently; undefined where it left no item. The
 * execution's name alone does not tell the number: see `numberAttempt`.
 */
export async function attemptOfExecution(
  table: AttemptTable,
  streamId: string,
  executionArn: string,
): Promise<Attempt | undefined> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await table.dynamodb.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: "streamId = :streamId",
        FilterExpression: "executionArn = :me",
        ExpressionAttributeValues: { ":streamId": { S: streamId }, ":me": { S: executionArn } },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    if (Items?.[0]) return toAttempt(Items[0]);
    from = LastEvaluatedKey;
  } while (from);
  return undefined;
}

/** @returns an attempt's key in the table. */
export function attemptKey(streamId: string, attempt: number): Record<string, AttributeValue> {
  return { streamId: { S: streamId }, attempt: { N: String(attempt) } };
}

export function toAttempt(item: Record<string, AttributeValue> | undefined): Attempt | undefined {
  return item && (unmarshall(item) as Attempt);
}
