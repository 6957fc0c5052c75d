import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  DynamoDBClient as SdkClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import dynalite from "dynalite";
import {
  type Attempt,
  type AttemptLease,
  type AttemptSettings,
  type Channel,
  type DeploymentSettings,
  type Lease,
  type SettingsItem,
  settingsItemId,
} from "../../../contracts/internal";
import { DynamoDBClient } from "../../../handlers/shared/aws/dynamodb";

/** The two tables, empty for each test, on a DynamoDB of this process. */
export interface Tables {
  /** The client of the handlers. */
  dynamodb: DynamoDBClient;
  tableName: string;
  leaseTableName: string;
  putAttempt(attempt: Partial<Attempt>): Promise<Attempt>;
  /** Puts an item into the table of attempts as it is. */
  putAttemptItem(item: object): Promise<void>;
  putLease(lease: Partial<AttemptLease>): Promise<void>;
  /** Puts an item into the table of leases as it is. */
  putLeaseItem(item: object): Promise<void>;
  /** Writes what a deployment says, with this pool. */
  putSettings(channels: readonly Channel[]): Promise<void>;
  removeLease(channelId: string): Promise<void>;
  attempts(): Promise<Attempt[]>;
  leases(): Promise<Lease[]>;
}

/** Starts DynamoDB before the tests of a block, and makes new tables before each of them. */
export function useTables(): Tables {
  const server: Server = dynalite({ createTableMs: 0 });
  const tables = {} as Tables;
  let sdk: SdkClient;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const settings = {
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-west-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    tables.dynamodb = new DynamoDBClient(settings);
    sdk = new SdkClient(settings);
  });
  after(async () => {
    sdk.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(async () => {
    tables.tableName = `attempts-${randomUUID()}`;
    tables.leaseTableName = `leases-${randomUUID()}`;
    await createTable(sdk, tables.tableName, ["streamId", "attempt"], {
      byStatus: ["status", "updatedAt"],
      byUnpublished: ["unpublishedSince"],
      byRequest: ["status", "requestedAt"],
    });
    await createTable(sdk, tables.leaseTableName, ["channelId"]);
  });

  const put = (TableName: string, item: object) =>
    sdk.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  const scan = async (TableName: string) => {
    const { Items } = await sdk.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return (Items ?? []).map((item) => unmarshall(item));
  };
  tables.putAttempt = async (given) => {
    const attempt = anAttempt(given);
    await put(tables.tableName, attempt);
    return attempt;
  };
  tables.putAttemptItem = async (item) => {
    await put(tables.tableName, item);
  };
  tables.putLease = async (given) => {
    await put(tables.leaseTableName, aLease(given));
  };
  tables.putLeaseItem = async (item) => {
    await put(tables.leaseTableName, item);
  };
  tables.putSettings = (channels) =>
    put(tables.leaseTableName, aSettingsItem(channels)).then(() => undefined);
  tables.removeLease = async (channelId) => {
    const Key = marshall({ channelId });
    await sdk.send(new DeleteItemCommand({ TableName: tables.leaseTableName, Key }));
  };
  tables.attempts = async () =>
    ((await scan(tables.tableName)) as Attempt[]).sort((a, b) => a.attempt - b.attempt);
  tables.leases = async () =>
    ((await scan(tables.leaseTableName)) as Lease[]).filter(({ channelId }) => channelId !== settingsItemId);
  return tables;
}

/** @param indexes the keys of each index by its name; those with a sort key project all attributes. */
async function createTable(
  dynamodb: SdkClient,
  TableName: string,
  key: string[],
  indexes: Record<string, string[]> = {},
) {
  const names = new Set([...key, ...Object.values(indexes).flat()]);
  const input: CreateTableCommandInput = {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...names].map((name) => ({
      AttributeName: name,
      AttributeType: name === "attempt" ? "N" : "S",
    })),
    KeySchema: keySchema(key),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, indexKey]) => ({
        IndexName,
        KeySchema: keySchema(indexKey),
        Projection: { ProjectionType: indexKey.length > 1 ? "ALL" : "KEYS_ONLY" },
      })),
    }),
  };
  await dynamodb.send(new CreateTableCommand(input));
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 5, minDelay: 0.01, maxDelay: 0.05 },
    { TableName },
  );
}

function keySchema(key: string[]) {
  return key.map((name, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? ("HASH" as const) : ("RANGE" as const),
  }));
}

/** @returns an attempt at `spring-launch` as the workflow persists it. */
export function anAttempt(given: Partial<Attempt> = {}): Attempt {
  const { attempt = 1, status = "PROVISIONING" } = given;
  return {
    streamId: "spring-launch",
    attempt,
    status,
    executionArn: executionArn(`spring-launch_${attempt}`),
    channelId: "1000001",
    history: [{ status, at: "2027-03-20T17:00:00.000Z", origin: "orchestrator" }],
    requestedAt: "2027-03-20T17:00:00.500Z",
    updatedAt: "2027-03-20T17:00:01.000Z",
    ...given,
  };
}

function aLease(given: Partial<AttemptLease>): AttemptLease {
  return {
    channelId: "1000001",
    leasedBy: executionArn("spring-launch_1"),
    streamId: "spring-launch",
    attempt: 1,
    leasedAt: "2027-03-20T17:00:00.700Z",
    ...given,
  };
}

/** What the deployment says of an attempt. */
export const attemptSettings: Omit<AttemptSettings, "origin"> = {
  distributionId: "E2QWRUHAPOMQZL",
  cacheBehaviorQuota: 75,
  originQuota: 100,
  entryBytes: 2_000,
  behavior: { CachePolicyId: "policy" },
  confirmationTimeoutSeconds: 900,
  maxLiveHours: 12,
};

/** @returns the deployment's settings as they stand in the table of leases; each origin has its channel's id in a header. */
export function aSettingsItem(pool: readonly Channel[]): SettingsItem {
  const channels = pool.map((channel) => ({ ...channel, origin: originOfChannel(channel.channelId) }));
  const settings: DeploymentSettings = { channels, attempt: attemptSettings };
  return { channelId: settingsItemId, settings: JSON.stringify(settings) };
}

export const originOfChannel = (channelId: string) => ({ OriginAccessControlId: `E${channelId}` });

export const stateMachineArn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orchestrator";

export function executionArn(name: string): string {
  return `arn:aws:states:eu-west-1:111122223333:execution:orchestrator:${name}`;
}
