import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { DynamoDb } from "../../../../local/services/dynamodb/dynamodb";
import { accountId, region, rejection, startServer, type TestServer } from "../../support/test-server";

describe("DynamoDB over AWS JSON 1.0", () => {
  let service: DynamoDb;
  let server: TestServer;
  let client: DynamoDBClient;
  const key = { streamId: { S: "stream-1" }, attempt: { N: "1" } };

  before(async () => {
    service = await DynamoDb.start({ region, accountId });
    await service.createTable({
      TableName: "streams",
      AttributeDefinitions: [
        { AttributeName: "streamId", AttributeType: "S" },
        { AttributeName: "attempt", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "streamId", KeyType: "HASH" },
        { AttributeName: "attempt", KeyType: "RANGE" },
      ],
    });
    server = await startServer({ DynamoDB: service });
    client = new DynamoDBClient(server.client);
  });

  after(async () => {
    client.destroy();
    await server.close();
    await service.stop();
  });

  it("writes, updates, reads and queries items", async () => {
    await client.send(
      new PutItemCommand({ TableName: "streams", Item: { ...key, raw: { B: Buffer.from([0, 255]) } } }),
    );
    const updated = await client.send(
      new UpdateItemCommand({
        TableName: "streams",
        Key: key,
        UpdateExpression: "SET #s = :s",
        ExpressionAttributeNames: { "#s": "status" },
        ExpressionAttributeValues: { ":s": { S: "PROVISIONING" } },
        ReturnValues: "ALL_NEW",
      }),
    );
    const read = await client.send(
      new GetItemCommand({ TableName: "streams", Key: key, ConsistentRead: true }),
    );
    const queried = await client.send(
      new QueryCommand({
        TableName: "streams",
        KeyConditionExpression: "streamId = :id",
        ExpressionAttributeValues: { ":id": { S: "stream-1" } },
      }),
    );

    expect(updated.Attributes?.status).to.deep.equal({ S: "PROVISIONING" });
    expect(read.Item).to.deep.equal({
      ...key,
      status: { S: "PROVISIONING" },
      raw: { B: new Uint8Array([0, 255]) },
    });
    expect(queried.Items).to.deep.equal([read.Item]);
  });

  it("answers a failed condition with ConditionalCheckFailedException", async () => {
    const put = new PutItemCommand({
      TableName: "streams",
      Item: key,
      ConditionExpression: "attribute_not_exists(nothing) AND attribute_exists(streamId) AND attempt = :n",
      ExpressionAttributeValues: { ":n": { N: "99" } },
    });
    const error = await rejection(client.send(put));
    expect(error.name).to.equal("ConditionalCheckFailedException");
    expect(error.$metadata?.httpStatusCode).to.equal(400);
  });

  it("describes the table with the runtime's own region and account", async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "streams" }));
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(Table).to.deep.include({
      TableArn: `arn:aws:dynamodb:${region}:${accountId}:table/streams`,
      TableStatus: "ACTIVE",
    });
    expect(TableNames).to.deep.equal(["streams"]);
  });

  it("refuses by name what dynalite would ignore or not know", async () => {
    const transaction = await rejection(
      client.send(
        new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: "streams", Item: key } }] }),
      ),
    );
    const creation = await rejection(
      client.send(new CreateTableCommand({ TableName: "more", KeySchema: [], AttributeDefinitions: [] })),
    );
    const allOld = await rejection(
      client.send(
        new PutItemCommand({
          TableName: "streams",
          Item: key,
          ConditionExpression: "attribute_not_exists(streamId)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );

    expect(transaction.message).to.equal("The local runtime does not serve DynamoDB TransactWriteItems.");
    expect(creation.message).to.equal("The local runtime does not serve DynamoDB CreateTable.");
    expect(allOld.name).to.equal("ValidationException");
    expect(allOld.message).to.contain("ReturnValuesOnConditionCheckFailure");
  });
});
