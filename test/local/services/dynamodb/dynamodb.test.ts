import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DynamoDb, type TableSpec } from "../../../../local/services/dynamodb/dynamodb";
import { expectAwsError } from "../expect-aws-error";

const where = { region: "eu-central-1", accountId: "123456789012" };

const table: TableSpec = {
  TableName: "streams",
  AttributeDefinitions: [
    { AttributeName: "streamId", AttributeType: "S" },
    { AttributeName: "status", AttributeType: "S" },
  ],
  KeySchema: [{ AttributeName: "streamId", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-status",
      KeySchema: [{ AttributeName: "status", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

describe("DynamoDB", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "streams-"));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  async function running<Result>(use: (dynamoDb: DynamoDb) => Promise<Result>): Promise<Result> {
    const dynamoDb = await DynamoDb.start({ ...where, path: directory });
    try {
      return await use(dynamoDb);
    } finally {
      await dynamoDb.stop();
    }
  }

  it("keeps tables and items in its directory", async () => {
    const Item = { streamId: { S: "stream-1" }, status: { S: "READY" } };
    const arn = await running(async (dynamoDb) => {
      const created = await dynamoDb.createTable(table);
      await dynamoDb.call("PutItem", { TableName: "streams", Item });
      return created;
    });
    const again = await running(async (dynamoDb) => {
      const found = await dynamoDb.createTable(table);
      const { Items } = await dynamoDb.call("Query", {
        TableName: "streams",
        IndexName: "by-status",
        KeyConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "status" },
        ExpressionAttributeValues: { ":s": { S: "READY" } },
      });
      return { found, Items };
    });
    expect(arn).to.equal("arn:aws:dynamodb:eu-central-1:123456789012:table/streams");
    expect(again).to.deep.equal({ found: arn, Items: [Item] });
  });

  it("does not take a table of other keys for the one that is declared", async () => {
    await running((dynamoDb) => dynamoDb.createTable(table));
    const error = await running((dynamoDb) =>
      dynamoDb.createTable({ ...table, KeySchema: [{ AttributeName: "status", KeyType: "HASH" }] }).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      ),
    );
    expect(error?.message).to.contain('"streams"').and.contain("Delete the data directory");
  });

  it("passes DynamoDB's refusals on", async () => {
    await running(async (dynamoDb) => {
      await dynamoDb.createTable(table);
      const item = { TableName: "streams", Item: { streamId: { S: "stream-1" } } };
      const create = { ...item, ConditionExpression: "attribute_not_exists(streamId)" };
      await dynamoDb.call("PutItem", create);
      await expectAwsError(dynamoDb.call("PutItem", create), "ConditionalCheckFailedException");
      await expectAwsError(
        dynamoDb.call("PutItem", { ...item, TableName: "nothing" }),
        "ResourceNotFoundException",
      );
      await expectAwsError(
        dynamoDb.call("PutItem", { TableName: "streams", Item: {} }),
        "ValidationException",
      );
    });
  });

  it("keeps two conditional writes to one item apart", async () => {
    await running(async (dynamoDb) => {
      await dynamoDb.createTable(table);
      const create = (n: number) =>
        dynamoDb.call("PutItem", {
          TableName: "streams",
          Item: { streamId: { S: "stream-1" }, by: { N: String(n) } },
          ConditionExpression: "attribute_not_exists(streamId)",
        });
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => create(n)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    });
  });

  it("refuses by name what dynalite does not do", async () => {
    await running(async (dynamoDb) => {
      for (const action of ["TransactWriteItems", "UpdateTimeToLive", "ExecuteStatement", "CreateTable"]) {
        const error = await expectAwsError(dynamoDb.call(action, {}), "UnknownOperationException");
        expect(error.message).to.contain(`DynamoDB ${action}`);
      }
      const allOld = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
      await expectAwsError(dynamoDb.call("PutItem", allOld), "ValidationException");
    });
  });
});
