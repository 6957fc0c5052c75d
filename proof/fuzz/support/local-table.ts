import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Attempt } from "../../../contracts/internal";
import type { JsonObject } from "../../../local/json";
import type { Local } from "../../../testing";

/** The attempts in the table of a program that runs locally. */
export class LocalTable {
  private readonly tableName: string;

  constructor(private readonly local: Local) {
    const table = local.runtime.graph.resources.find(
      ({ name, type }) => /-attempts$/.test(name) && /:Table$/.test(type),
    );
    this.tableName = String(table?.outputs.name);
  }

  async attempts(): Promise<Attempt[]> {
    const { Items } = await this.call("Scan", { ConsistentRead: true });
    return (Items as unknown as Parameters<typeof unmarshall>[0][]).map(
      (item) => unmarshall(item) as Attempt,
    );
  }

  /** Leaves these attempts in the table. */
  async reset(...attempts: Attempt[]): Promise<void> {
    for (const { streamId, attempt } of await this.attempts()) {
      await this.call("DeleteItem", { Key: marshall({ streamId, attempt }) });
    }
    for (const attempt of attempts) await this.call("PutItem", { Item: marshall(attempt) });
  }

  private call(action: string, input: object): Promise<JsonObject> {
    return this.local.runtime.services.DynamoDB.call(action, {
      TableName: this.tableName,
      ...input,
    });
  }
}
