import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Attempt, type Channel, type Lease, settingsItemId } from "../../../contracts/internal";
import type { DynamoDBClient } from "../../../handlers/shared/aws/dynamodb";
import type { JsonObject } from "../../../local/json";
import { DynamoDb } from "../../../local/services";
import { awsError } from "../../../test/handlers/support/fakes";
import { aSettingsItem } from "../../../test/handlers/support/tables";

/** Two tables without a socket before them: a case makes a handful of calls. */
export class FuzzTables {
  readonly tableName = "attempts";
  readonly leaseTableName = "leases";
  readonly dynamodb: DynamoDBClient;

  private constructor(private readonly service: DynamoDb) {
    const send = async ({ action, input }: { action: string; input: JsonObject }) => {
      try {
        return await service.call(action, input);
      } catch (error) {
        throw awsError((error as Error).name, (error as Error).message);
      }
    };
    this.dynamodb = { send } as unknown as DynamoDBClient;
  }

  static async start(): Promise<FuzzTables> {
    const service = await DynamoDb.start({ region: "eu-west-1", accountId: "111122223333" });
    const key = (name: string, type: "HASH" | "RANGE") => ({ AttributeName: name, KeyType: type });
    await service.createTable({
      TableName: "attempts",
      AttributeDefinitions: [
        { AttributeName: "streamId", AttributeType: "S" },
        { AttributeName: "attempt", AttributeType: "N" },
      ],
      KeySchema: [key("streamId", "HASH"), key("attempt", "RANGE")],
    });
    await service.createTable({
      TableName: "leases",
      AttributeDefinitions: [{ AttributeName: "channelId", AttributeType: "S" }],
      KeySchema: [key("channelId", "HASH")],
    });
    return new FuzzTables(service);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** Leaves these attempts in the table, and no leases. */
  async reset(...attempts: Attempt[]): Promise<void> {
    const { tableName, leaseTableName } = this;
    for (const { streamId, attempt } of await this.attempts()) {
      await this.call("DeleteItem", { TableName: tableName, Key: marshall({ streamId, attempt }) });
    }
    for (const { channelId } of await this.leases()) {
      await this.call("DeleteItem", { TableName: leaseTableName, Key: marshall({ channelId }) });
    }
    for (const attempt of attempts) {
      const Item = marshall(attempt, { removeUndefinedValues: true });
      await this.call("PutItem", { TableName: tableName, Item });
    }
  }

  /** Writes what a deployment says, with this pool. */
  async deploy(channels: readonly Channel[]): Promise<void> {
    await this.call("PutItem", { TableName: this.leaseTableName, Item: marshall(aSettingsItem(channels)) });
  }

  async attempts(): Promise<Attempt[]> {
    return (await this.scan(this.tableName)) as unknown as Attempt[];
  }

  async leases(): Promise<Lease[]> {
    const items = (await this.scan(this.leaseTableName)) as unknown as Lease[];
    return items.filter(({ channelId }) => channelId !== settingsItemId);
  }

  private async scan(TableName: string): Promise<Record<string, unknown>[]> {
    const { Items } = await this.call("Scan", { TableName, ConsistentRead: true });
    return (Items as unknown as Parameters<typeof unmarshall>[0][]).map((item) => unmarshall(item));
  }

  private call(action: string, input: object): Promise<JsonObject> {
    return this.service.call(action, input as JsonObject);
  }
}
