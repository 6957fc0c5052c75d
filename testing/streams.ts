import type { StreamStatus } from "../contracts";
import { isJsonObject, type JsonObject } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";
import type { DynamoDb } from "../local/services";
import { plainItem } from "./attribute-value";
import type { WaitFor } from "./waiting";

/** One try at provisioning a stream, as its item in the table holds it. */
export interface StreamAttempt {
  readonly streamId: string;
  /** Counted from 1 per stream. */
  readonly attempt: number;
  readonly status: StreamStatus;
  readonly executionArn: string;
  /** The normalized request, as JSON text. */
  readonly request?: string;
  readonly channelId?: string;
  readonly history: readonly {
    readonly status: StreamStatus;
    readonly reason?: string;
    readonly at: string;
    readonly origin: string;
  }[];
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly readyAt?: string;
  /** Where the workflow waits for the confirmation. */
  readonly taskToken?: string;
  readonly failure?: { readonly state: string; readonly error: string; readonly cause: string };
}

/** The streams in the table of the program's StreamOrchestration. */
export class LocalStreams {
  constructor(
    private readonly graph: Graph,
    private readonly dynamoDb: DynamoDb,
    private readonly waitUntil: WaitFor,
  ) {}

  /** @returns a stream's latest attempt, which is the stream; undefined for an unknown one. */
  async get(streamId: string): Promise<StreamAttempt | undefined> {
    return (await this.attempts(streamId)).at(-1);
  }

  /** @returns a stream's attempts, the first one first. */
  async attempts(streamId: string): Promise<StreamAttempt[]> {
    const { Items } = await this.dynamoDb.call("Query", {
      TableName: this.tableName(),
      KeyConditionExpression: "streamId = :streamId",
      ExpressionAttributeValues: { ":streamId": { S: streamId } },
      ConsistentRead: true,
    });
    return items(Items).map((item) => plainItem(item) as unknown as StreamAttempt);
  }

  /**
   * Resolves once a stream's latest attempt has a status, or an attempt that is given.
   * @throws {Error} that tells the stream's history, when nothing more can happen before time passes.
   */
  waitForStatus(streamId: string, status: StreamStatus, attempt?: number): Promise<StreamAttempt> {
    const which = attempt === undefined ? "" : `attempt ${attempt} of `;
    return this.waitUntil({
      what: `${which}the stream '${streamId}' to be ${status}`,
      find: async () => {
        const attempts = await this.attempts(streamId);
        const found =
          attempt === undefined ? attempts.at(-1) : attempts.find((one) => one.attempt === attempt);
        return found?.status === status ? found : undefined;
      },
      happened: async () => {
        const attempts = await this.attempts(streamId);
        return attempts.flatMap(({ attempt: number, history }) =>
          history.map(
            (entry) =>
              `attempt ${number} became ${entry.status} at ${entry.at}, by ${entry.origin}` +
              (entry.reason === undefined ? "" : `: ${entry.reason}`),
          ),
        );
      },
    });
  }

  /** @throws {Error} when the program has no StreamOrchestration, or several. */
  private tableName(): string {
    const tables = resourcesOfType(this.graph, "aws:dynamodb/table:Table").filter(
      ({ inputs }) => inputs.hashKey === "streamId" && inputs.rangeKey === "attempt",
    );
    const [table] = tables;
    if (table && tables.length === 1) return String(table.outputs.name);
    const names = tables.map(({ name }) => `'${name}'`).join(", ");
    throw new Error(
      `local.streams reads the table of one StreamOrchestration; the program has ${table ? names : "none"}. ` +
        "Read the table you mean with an SDK client made with local.aws.",
    );
  }
}

function items(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
