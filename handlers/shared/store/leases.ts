import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { backoff, type Wait } from "../runtime/wait";
import { held } from "./conditional-write";
import { readPages } from "./read-pages";

/**
 * The right of one attempt to use one channel. Whoever has undone the attempt deletes it, and nobody else: as long as it
 * stands, the attempt may hold something.
 */
export interface AttemptLease {
  channelId: string;
  /** The ARN of the attempt's execution. */
  leasedBy: string;
  streamId: string;
  attempt: number;
  /** RFC 3339, in UTC. */
  leasedAt: string;
  purpose?: never;
}

/** The sweep's on a free channel, for the seconds in which it looks at that. */
export interface SweepLease {
  channelId: string;
  /** The ARN of the sweep's execution. */
  leasedBy: string;
  leasedAt: string;
  purpose: "sweep";
  streamId?: never;
  attempt?: never;
}

export type Lease = AttemptLease | SweepLease;

/** The table of leases. */
export interface LeaseTable {
  dynamodb: DynamoDBClient;
  leaseTableName: string;
  wait: Wait;
}

/** StreamSweep ends by itself after nine minutes: a lease of it that is older is a dead one's. */
const longestSweepMilliseconds = 600_000;

/** The most keys that BatchGetItem takes. */
const batchSize = 100;
const mostTries = 6;

/** @returns the leases on these channels, read consistently, by channel. */
export async function readLeases(table: LeaseTable, channelIds: string[]): Promise<Map<string, Lease>> {
  const ids = [...new Set(channelIds)];
  const leases = new Map<string, Lease>();
  for (let start = 0; start < ids.length; start += batchSize) {
    for (const lease of await readBatch(table, ids.slice(start, start + batchSize))) {
      leases.set(lease.channelId, lease);
    }
  }
  return leases;
}

async function readBatch(table: LeaseTable, channelIds: string[]): Promise<Lease[]> {
  const { dynamodb, leaseTableName, wait } = table;
  const leases: Lease[] = [];
  let open: Record<string, KeysAndAttributes> | undefined = {
    [leaseTableName]: { Keys: channelIds.map((id) => marshall({ channelId: id })), ConsistentRead: true },
  };
  for (let tries = 0; tries < mostTries; tries++) {
    if (tries > 0) await wait(backoff(tries, 50));
    const { Responses, UnprocessedKeys }: Awaited<ReturnType<typeof send>> = await send(open);
    leases.push(...(Responses?.[leaseTableName] ?? []).map((item) => unmarshall(item) as Lease));
    if (!UnprocessedKeys?.[leaseTableName]) return leases;
    open = UnprocessedKeys;
  }
  throw new Error(`DynamoDB left keys of table '${leaseTableName}' unread in ${mostTries} tries. Try again.`);

  function send(RequestItems: Record<string, KeysAndAttributes>) {
    return dynamodb.send(new BatchGetItemCommand({ RequestItems }));
  }
}

/**
 * @returns every lease on a channel, read consistently; of one execution where told. The table is as small as the pool.
 * The turn at a distribution, which stands in the same table, is none.
 */
export async function scanLeases(table: LeaseTable, leasedBy?: string): Promise<Lease[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new ScanCommand({
        TableName: table.leaseTableName,
        ConsistentRead: true,
        FilterExpression: `(attribute_exists(streamId) OR purpose = :sweep)${leasedBy === undefined ? "" : " AND leasedBy = :me"}`,
        ExpressionAttributeValues: {
          ":sweep": { S: "sweep" },
          ...(leasedBy !== undefined && { ":me": { S: leasedBy } }),
        },
        ...from,
      }),
    ),
  );
  return items.map((item) => unmarshall(item) as Lease);
}

/** @returns whether a channel may be leased at a time: nobody has it, or only a sweep that has died. */
export function isFree(lease: Lease | undefined, at: string): boolean {
  return !lease || (lease.purpose === "sweep" && lease.leasedAt < deadBefore(at));
}

/** @returns since when a sweep's lease must be there to be a dead one's. */
function deadBefore(at: string): string {
  return new Date(Date.parse(at) - longestSweepMilliseconds).toISOString();
}

/**
 * Takes a channel's lease, if nobody has it or only a sweep that has died.
 *
 * @returns whether the lease is now the caller's, which it also is when an answer was lost and the call repeated.
 */
export function takeLease(table: LeaseTable, lease: Lease): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new PutItemCommand({
        TableName: table.leaseTableName,
        Item: marshall(lease, { removeUndefinedValues: true }),
        ConditionExpression:
          "attribute_not_exists(channelId) OR leasedBy = :me OR (purpose = :sweep AND leasedAt < :dead)",
        ExpressionAttributeValues: {
          ":me": { S: lease.leasedBy },
          ":sweep": { S: "sweep" },
          ":dead": { S: deadBefore(lease.leasedAt) },
        },
      }),
    ),
  );
}

/** @returns whether there was such a lease; another's is never touched. */
export function giveBackLease(table: LeaseTable, channelId: string, leasedBy: string): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new DeleteItemCommand({
        TableName: table.leaseTableName,
        Key: marshall({ channelId }),
        ConditionExpression: "leasedBy = :me",
        ExpressionAttributeValues: { ":me": { S: leasedBy } },
      }),
    ),
  );
}
