import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Attempt, attemptExpression, ownAttempt } from "../../../contracts/internal";
import { type AttributeValue, type DynamoDBClient, GetItemCommand, QueryCommand } from "../aws/dynamodb";
import { pagesOf } from "./dynamodb";

/** The table of attempts. */
export interface AttemptTable {
  dynamodb: DynamoDBClient;
  tableName: string;
}

const ofStream = attemptExpression("streamId = :streamId");

/** @returns a stream's latest attempt, read consistently; undefined for an unknown stream. */
export async function latestAttempt(table: AttemptTable, streamId: string): Promise<Attempt | undefined> {
  const { Items } = await table.dynamodb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: ofStream,
      ExpressionAttributeValues: { ":streamId": { S: streamId } },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  return toAttempt(Items?.[0]);
}

/** What one answer has room for: 100 attempts of the largest requests take 6 MB, as much as a function may return. */
const maxAttempts = 100;

/** @returns the latest attempts at a stream, the latest one first, read consistently; none for an unknown stream. */
export async function attemptsOf(table: AttemptTable, streamId: string): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const pages = pagesOf((from) =>
    table.dynamodb.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: ofStream,
        ExpressionAttributeValues: { ":streamId": { S: streamId } },
        ScanIndexForward: false,
        Limit: maxAttempts - attempts.length,
        ConsistentRead: true,
        ...from,
      }),
    ),
  );
  for await (const items of pages) {
    attempts.push(...items.map(toAttempt).filter((attempt) => attempt !== undefined));
    if (attempts.length >= maxAttempts) break;
  }
  return attempts;
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
  const pages = pagesOf((from) =>
    table.dynamodb.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: ofStream,
        FilterExpression: ownAttempt,
        ExpressionAttributeValues: { ":streamId": { S: streamId }, ":me": { S: executionArn } },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...from,
      }),
    ),
  );
  for await (const [latest] of pages) {
    if (latest) return toAttempt(latest);
  }
  return undefined;
}

/** @returns whether the playback entry and the channel of a stream that is COMPLETE stay at a time, RFC 3339. */
export function isInGrace({ graceUntil, teardown }: Attempt, at: string): boolean {
  return graceUntil !== undefined && teardown === undefined && graceUntil > at;
}

/** @returns an attempt's key in the table. */
export function attemptKey(streamId: string, attempt: number): Record<string, AttributeValue> {
  return marshall({ streamId, attempt } satisfies Partial<Attempt>);
}

export function toAttempt(item: Record<string, AttributeValue> | undefined): Attempt | undefined {
  return item && (unmarshall(item) as Attempt);
}
