import { isJsonObject, type Json, type JsonObject } from "../local/json";
import type { Runtime } from "../local/runtime";
import { plainItem } from "./attribute-value";
import type { LocalPlayback } from "./playback";
import type { StreamAttempt, StreamLease, StreamPlayback } from "./stream-attempt";
import type { StreamProgram } from "./stream-program";

/** Reads what a StreamOrchestration holds of its streams. */
export class StreamReader {
  constructor(
    private readonly dynamoDb: Runtime["services"]["DynamoDB"],
    private readonly playback: LocalPlayback,
    private readonly program: () => StreamProgram,
  ) {}

  /** A stream's attempts, the first one first. */
  async attempts(streamId: string): Promise<StreamAttempt[]> {
    const { Items } = await this.dynamoDb.call("Query", {
      TableName: this.program().tableName,
      KeyConditionExpression: "streamId = :streamId",
      ExpressionAttributeValues: { ":streamId": { S: streamId } },
      ConsistentRead: true,
    });
    return plainItems(Items) as unknown as StreamAttempt[];
  }

  /** Every attempt at every stream. */
  async allAttempts(): Promise<StreamAttempt[]> {
    return (await scanTable(this.dynamoDb, this.program().tableName)) as unknown as StreamAttempt[];
  }

  async leases(): Promise<StreamLease[]> {
    const items = (await scanTable(this.dynamoDb, this.program().leaseTableName)) as unknown as StreamLease[];
    // The records of calls that may take effect late stand beside the leases, and hold nothing.
    return items.filter((item) => "leasedBy" in item);
  }

  /** The streams that have an entry in a distribution, with it. */
  async playbackByStream(): Promise<Map<string, StreamPlayback[]>> {
    const found = new Map<string, StreamPlayback[]>();
    for (const { id: distributionId, origins, patterns } of await this.playback.all()) {
      const streamIds = [...patterns.map(streamOfPattern), ...origins.map(streamOfOrigin)];
      for (const streamId of new Set(streamIds)) {
        if (streamId === undefined) continue;
        const own: StreamPlayback = {
          distributionId,
          origins: origins.filter((origin) => streamOfOrigin(origin) === streamId),
          patterns: patterns.filter((pattern) => streamOfPattern(pattern) === streamId),
        };
        found.set(streamId, [...(found.get(streamId) ?? []), own]);
      }
    }
    return found;
  }
}

/** @returns every item of a table; a page of a Scan has at most 1 MiB. */
export async function scanTable(
  dynamoDb: Runtime["services"]["DynamoDB"],
  TableName: string,
): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  let from: Json | undefined;
  do {
    const page = await dynamoDb.call("Scan", {
      ...{ TableName, ConsistentRead: true },
      ...(from !== undefined && { ExclusiveStartKey: from }),
    });
    all.push(...plainItems(page.Items));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return all;
}

/** A playback entry's origin is `stream-orchestration_<component>_<streamId>_<attempt>`, and no part has an underscore. */
function streamOfOrigin(origin: string): string | undefined {
  return /^stream-orchestration_[0-9a-f]+_([^_]+)_\d+$/.exec(origin)?.[1];
}

/** A playback entry's behaviour is `/<streamId>/*`. */
function streamOfPattern(pattern: string): string | undefined {
  return /^\/([^/]+)\/\*$/.exec(pattern)?.[1];
}

function plainItems(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject).map(plainItem) : [];
}
