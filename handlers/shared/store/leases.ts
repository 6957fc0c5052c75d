import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import {
  type AttemptLease,
  formerSweepLeaseSeconds,
  type Lease,
  leaseExpression,
  ownLease,
  type SweepLease,
} from "../../../contracts/internal";
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  ScanCommand,
} from "../aws/dynamodb";
import { backoff, type Wait } from "../runtime/wait";
import { held, readPages } from "./dynamodb";

/** The table of leases. */
export interface LeaseTable {
  dynamodb: DynamoDBClient;
  leaseTableName: string;
  wait: Wait;
}

/** The maximum number of keys in a BatchGetItem. */
const maxBatch = 100;
const maxTries = 6;

/** @returns the leases on these channels, read consistently, by channel. */
export function readLeases(table: LeaseTable, channelIds: string[]): Promise<Map<string, Lease>> {
  return readItems<Lease>(table, channelIds);
}

/** @returns the lease on a channel, read consistently; undefined where it has none. */
export async function readLease(
  { dynamodb, leaseTableName }: Pick<LeaseTable, "dynamodb" | "leaseTableName">,
  channelId: string,
): Promise<Lease | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: leaseTableName, Key: marshall({ channelId }), ConsistentRead: true }),
  );
  return Item && (unmarshall(Item) as Lease);
}

/** @returns the items with these keys, read consistently, by key. */
export async function readItems<Item extends { channelId: string }>(
  table: LeaseTable,
  keys: string[],
): Promise<Map<string, Item>> {
  const ids = [...new Set(keys)];
  const items = new Map<string, Item>();
  for (let start = 0; start < ids.length; start += maxBatch) {
    for (const item of await readBatch<Item>(table, ids.slice(start, start + maxBatch))) {
      items.set(item.channelId, item);
    }
  }
  return items;
}

async function readBatch<Item>(table: LeaseTable, keys: string[]): Promise<Item[]> {
  const { dynamodb, leaseTableName, wait } = table;
  const items: Item[] = [];
  let open: Record<string, KeysAndAttributes> | undefined = {
    [leaseTableName]: { Keys: keys.map((id) => marshall({ channelId: id })), ConsistentRead: true },
  };
  for (let tries = 0; tries < maxTries; tries++) {
    if (tries > 0) await wait(backoff(tries, 50));
    const { Responses, UnprocessedKeys }: Awaited<ReturnType<typeof send>> = await send(open);
    items.push(...(Responses?.[leaseTableName] ?? []).map((item) => unmarshall(item) as Item));
    if (!UnprocessedKeys?.[leaseTableName]) return items;
    open = UnprocessedKeys;
  }
  throw new Error(`DynamoDB left keys of table '${leaseTableName}' unread in ${maxTries} tries. Try again.`);

  function send(RequestItems: Record<string, KeysAndAttributes>) {
    return dynamodb.send(new BatchGetItemCommand({ RequestItems }));
  }
}

const isLease = leaseExpression("(attribute_exists(streamId) OR purpose = :sweep)");

/**
 * @returns every lease on a channel, read consistently; of one execution where told. The table is as small as the pool.
 * The lock on a distribution, which stands in the same table, is none.
 */
export async function scanLeases(table: LeaseTable, leasedBy?: string): Promise<Lease[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new ScanCommand({
        TableName: table.leaseTableName,
        ConsistentRead: true,
        FilterExpression: leasedBy === undefined ? isLease : `${isLease} AND ${ownLease}`,
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

/** @returns whether a channel may be leased at a time: it has no lease, or only one of a sweep that has expired. */
export function isFree(lease: Lease | undefined, at: string): boolean {
  return !lease || (lease.purpose === "sweep" && expiryOf(lease) < Date.parse(at));
}

function expiryOf({ leasedAt, expiresAt }: SweepLease): number {
  return expiresAt === undefined ? Date.parse(leasedAt) + formerSweepLeaseSeconds * 1000 : expiresAt * 1000;
}

/**
 * Takes a channel's lease for an attempt, if there is none or only one of a sweep that has expired. Once the workflow has noted on its lease what
 * it got, the lease is not written anew: a repeated call that takes effect minutes late would erase that.
 *
 * @returns whether the lease is now the caller's, which it also is when an answer was lost and the call repeated.
 */
export function takeLease(table: LeaseTable, lease: AttemptLease): Promise<boolean> {
  const now = Date.parse(lease.leasedAt);
  return held(
    table.dynamodb.send(
      new PutItemCommand({
        TableName: table.leaseTableName,
        Item: marshall(lease, { removeUndefinedValues: true }),
        ConditionExpression: leaseExpression(
          "attribute_not_exists(channelId) OR (leasedBy = :me AND attribute_not_exists(originId) AND attribute_not_exists(startedAt)) OR (purpose = :sweep AND expiresAt < :now) OR (purpose = :sweep AND attribute_not_exists(expiresAt) AND leasedAt < :former)",
        ),
        ExpressionAttributeValues: {
          ":me": { S: lease.leasedBy },
          ":sweep": { S: "sweep" },
          ":now": { N: String(now / 1000) },
          ":former": { S: new Date(now - formerSweepLeaseSeconds * 1000).toISOString() },
        },
      }),
    ),
  );
}

/** @returns whether a sweep's lease was removed. One that the sweep has taken again meanwhile is another lease. */
export function removeSweepLease(
  table: LeaseTable,
  { channelId, leasedBy, leasedAt }: SweepLease,
): Promise<boolean> {
  return held(
    table.dynamodb.send(
      new DeleteItemCommand({
        TableName: table.leaseTableName,
        Key: marshall({ channelId }),
        ConditionExpression: leaseExpression("leasedBy = :me AND leasedAt = :leasedAt"),
        ExpressionAttributeValues: { ":me": { S: leasedBy }, ":leasedAt": { S: leasedAt } },
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
        ConditionExpression: ownLease,
        ExpressionAttributeValues: { ":me": { S: leasedBy } },
      }),
    ),
  );
}
