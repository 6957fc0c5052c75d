import { once } from "node:events";
import type { Server } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { Exchange } from "../../http/exchange";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { Activity } from "../../time/activity";
import { AwsError, type AwsService, unknownAction } from "../service";
import { openTables } from "./tables-store";

/** A table to create, in the words of DynamoDB's CreateTable. */
export interface TableSpec {
  TableName: string;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  KeySchema: { AttributeName: string; KeyType: string }[];
  GlobalSecondaryIndexes?: JsonObject[];
  LocalSecondaryIndexes?: JsonObject[];
}

/** What {@link DynamoDb.start} needs. */
export interface DynamoDbOptions {
  region: string;
  accountId: string;
  /** Counts the calls under way. @default - nobody counts */
  activity?: Activity;
  /** The directory that keeps the tables. In memory, and so gone at the end, when left out. */
  path?: string;
  /** Told when the directory can no longer be written to. Calls of then are not answered. */
  onBroken?: (error: Error) => void;
}

const served = new Set([
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
]);

/** dynalite activates a table in the next turn of the event loop: this many looks are plenty. */
const looksForActiveTable = 100;

/**
 * DynamoDB tables, kept by dynalite. dynalite has no transactions, streams or time to live, and ignores
 * ReturnValuesOnConditionCheckFailure; what it would ignore is refused here.
 */
export class DynamoDb implements AwsService {
  #closing = false;
  readonly #exchange: Exchange;

  private constructor(
    private readonly server: Server,
    private readonly options: DynamoDbOptions,
    private readonly calls: PendingCalls,
  ) {
    this.#exchange = new Exchange(server);
  }

  /**
   * Starts dynalite on a free loopback port.
   * @throws {Error} one sentence, when the directory cannot be used.
   */
  static async start(options: DynamoDbOptions): Promise<DynamoDb> {
    const calls = new PendingCalls();
    const server = await openTables(options.path, (error) => {
      calls.fail(error);
      options.onBroken?.(error);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new DynamoDb(server, options, calls);
  }

  /** Stops dynalite and, where there is a directory, closes it. */
  async stop(): Promise<void> {
    // dynalite ends the process over a request that finds its database closed.
    this.#closing = true;
    await this.calls.settled();
    const closed = new Promise<void>((resolve, reject) => {
      this.server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
    });
    this.server.closeAllConnections();
    await closed;
  }

  /**
   * Creates a table and waits until it is active. A table of that name and shape that is already there stays.
   * @returns the table's ARN.
   * @throws {Error} when the directory holds a table of that name with other keys or indexes.
   */
  async createTable(spec: TableSpec): Promise<string> {
    const existing = await this.#describe(spec.TableName);
    if (existing === undefined) {
      await this.#send("CreateTable", { ...spec, BillingMode: "PAY_PER_REQUEST" });
    } else if (!isDeepStrictEqual(shape(existing), shape(spec as unknown as JsonObject))) {
      throw new Error(
        `The table "${spec.TableName}" in ${this.options.path ?? "memory"} has other keys or indexes than the ` +
          "program declares. Delete the data directory to start with an empty table.",
      );
    }
    for (let look = 0; look < looksForActiveTable; look += 1) {
      const table = await this.#describe(spec.TableName);
      if (table?.TableStatus === "ACTIVE") return String(table.TableArn);
    }
    throw new Error(`The table "${spec.TableName}" did not become active.`);
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    if (!served.has(action)) throw unknownAction("DynamoDB", action);
    const onFailure = input.ReturnValuesOnConditionCheckFailure;
    if (onFailure !== undefined && onFailure !== "NONE") {
      throw new AwsError(
        "ValidationException",
        `The local runtime does not serve ReturnValuesOnConditionCheckFailure ${JSON.stringify(onFailure)}: ` +
          "read the item after the failed condition instead.",
      );
    }
    return await this.#send(action, input);
  }

  async #describe(tableName: string): Promise<JsonObject | undefined> {
    try {
      const { Table } = await this.#send("DescribeTable", { TableName: tableName });
      return isJsonObject(Table) ? Table : undefined;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") return undefined;
      throw error;
    }
  }

  async #send(action: string, input: JsonObject | object): Promise<JsonObject> {
    if (this.#closing) throw new AwsError("InternalServerError", "The local runtime stops.", 500);
    const end = this.options.activity?.begin(`DynamoDB ${action}`);
    try {
      return await this.calls.during(() => this.#request(action, input));
    } finally {
      end?.();
    }
  }

  async #request(action: string, input: JsonObject | object): Promise<JsonObject> {
    const response = await this.#exchange.send({
      method: "POST",
      path: "/",
      headers: {
        host: "localhost",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${action}`,
        "x-amz-date": "20000101T000000Z",
        // dynalite wants to see a signature but never checks it.
        authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local",
      },
      body: JSON.stringify(input),
    });
    const text = response.body.toString();
    const body = JSON.parse(action === "DescribeTable" ? this.#withOwnArns(text) : text) as JsonObject;
    if (response.status === 200) return body;
    const { __type: type, message, Message, ...members } = body;
    const code = String(type).split("#").at(-1) ?? "InternalServerError";
    throw new AwsError(code, String(message ?? Message ?? code), response.status, members);
  }

  /** dynalite takes region and account from the environment; the table's ARN has to be this runtime's. */
  #withOwnArns(text: string): string {
    const { region, accountId } = this.options;
    return text.replace(/arn:aws:dynamodb:[^:"]*:[^:"]*:/g, `arn:aws:dynamodb:${region}:${accountId}:`);
  }
}

/** The calls that wait for an answer. None comes once the tables can no longer be written to. */
class PendingCalls {
  private readonly pending = new Map<Promise<unknown>, (error: Error) => void>();
  private failure: Error | undefined;

  async during<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.failure) throw this.failure;
    let fail: (error: Error) => void = () => undefined;
    const answer = new Promise<Result>((resolve, reject) => {
      fail = reject;
      call().then(resolve, reject);
    });
    this.pending.set(answer, fail);
    try {
      return await answer;
    } finally {
      this.pending.delete(answer);
    }
  }

  fail(error: Error): void {
    this.failure ??= error;
    for (const fail of this.pending.values()) fail(this.failure);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.pending.keys());
  }
}

/** What makes two tables the same for the items in them: keys and indexes, in any order. */
function shape(table: JsonObject): Json {
  return {
    keys: table.KeySchema ?? [],
    attributes: sortedBy(table.AttributeDefinitions, "AttributeName"),
    global: sortedBy(table.GlobalSecondaryIndexes, "IndexName").map(indexShape),
    local: sortedBy(table.LocalSecondaryIndexes, "IndexName").map(indexShape),
  };
}

function indexShape(index: JsonObject): Json {
  return { name: index.IndexName ?? "", keys: index.KeySchema ?? [], projection: index.Projection ?? {} };
}

function sortedBy(list: Json | undefined, member: string): JsonObject[] {
  const objects = Array.isArray(list) ? list.filter(isJsonObject) : [];
  return objects.sort((left, right) => (String(left[member]) < String(right[member]) ? -1 : 1));
}
