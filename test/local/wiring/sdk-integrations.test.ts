import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { JsonObject } from "../../../local/json";
import { startLocal } from "../../../testing";
import { aMachine, aRole, localArn, type RoleText } from "../support/programs";

const machineArn = (name: string) => localArn("states", `stateMachine:${name}`);
const tableArn = localArn("dynamodb", "table/attempts");
const indexArn = `${tableArn}/index/byUnpublished`;
const task = (resource: string, Arguments: object, Next?: string) => ({
  Type: "Task",
  Resource: `arn:aws:states:::${resource}`,
  Arguments,
  ...(Next === undefined ? { End: true } : { Next }),
});

/** Runs one execution of a state machine that may do this and that, beside a table, a topic and a machine `other`. */
async function run(may: RoleText["may"], states: { [name: string]: object }, input: JsonObject = {}) {
  const local = await startLocal(
    () => {
      new aws.dynamodb.Table("attempts", {
        name: "attempts",
        hashKey: "streamId",
        attributes: [
          { name: "streamId", type: "S" },
          { name: "unpublishedSince", type: "S" },
        ],
        globalSecondaryIndexes: [
          { name: "byUnpublished", hashKey: "unpublishedSince", projectionType: "KEYS_ONLY" },
        ],
      });
      new aws.sns.Topic("on-call", { name: "on-call" });
      const service = "states.amazonaws.com";
      aMachine("other", aRole("other", { service, may: {} }), {
        Wait: { Type: "Wait", Seconds: 60, End: true },
      });
      aMachine("main", aRole("main", { service, may }), states);
    },
    { startAt: "2026-01-01T00:00:00Z" },
  );
  const { StepFunctions } = local.runtime.services;
  const { executionArn = "" } = await StepFunctions.call("StartExecution", {
    stateMachineArn: machineArn("main"),
    input: JSON.stringify(input),
  });
  await local.clock.advance({ minutes: 10 });
  const { status, output, error, cause } = await StepFunctions.call("DescribeExecution", { executionArn });
  const notifications = local.notifications.all();
  await local.stop();
  const result = status === "SUCCEEDED" ? (JSON.parse(String(output)) as JsonObject) : { error, cause };
  return { result, notifications };
}

const item = { streamId: { S: "spring" } };
const keep = task("aws-sdk:dynamodb:putItem", {
  TableName: "attempts",
  Item: { ...item, unpublishedSince: { S: "2026" }, status: { S: "LIVE" } },
});

describe("an SDK integration", () => {
  it("starts and describes executions, with members in Pascal case and dates as text", async () => {
    const { result } = await run(
      {
        [machineArn("other")]: ["states:StartExecution"],
        [localArn("states", "execution:other:*")]: ["states:DescribeExecution"],
      },
      {
        Start: task(
          "aws-sdk:sfn:startExecution",
          { StateMachineArn: machineArn("other"), Name: "one", Input: '{"a":1}' },
          "Describe",
        ),
        Describe: task("aws-sdk:sfn:describeExecution", {
          ExecutionArn: "{% $states.input.ExecutionArn %}",
        }),
      },
    );
    expect(result).to.deep.include({
      ExecutionArn: localArn("states", "execution:other:one"),
      StateMachineArn: machineArn("other"),
      Status: "RUNNING",
      StartDate: "2026-01-01T00:00:00.000Z",
      Input: '{"a":1}',
      InputDetails: { Included: true },
    });
  });

  it("needs the permission for the state machine to start, and for the execution to describe", async () => {
    const start = { StateMachineArn: machineArn("other") };
    const describeOne = { ExecutionArn: localArn("states", "execution:other:one") };
    const wrong = {
      [machineArn("*")]: ["states:DescribeExecution"],
      [localArn("states", "execution:*")]: ["states:StartExecution"],
    };
    for (const [resource, args, action] of [
      ["aws-sdk:sfn:startExecution", start, "states:StartExecution"],
      ["aws-sdk:sfn:describeExecution", describeOne, "states:DescribeExecution"],
    ] as const) {
      const { result } = await run(wrong, { Call: task(resource, args) });
      expect(result.error).to.equal("Sfn.AccessDeniedException");
      expect(result.cause).to.include(`is not authorized to perform: ${action} on resource: arn:aws:states`);
    }
  });

  it("tells of an execution that there is not, and of a member that is written otherwise", async () => {
    const may = { "*": ["states:DescribeExecution"] };
    const gone = { ExecutionArn: localArn("states", "execution:other:none") };
    const { result } = await run(may, { Describe: task("aws-sdk:sfn:describeExecution", gone) });
    expect(result.error).to.equal("Sfn.ExecutionDoesNotExistException");
    const other = await run(may, { Describe: task("aws-sdk:sfn:describeExecution", { executionArn: "x" }) });
    expect(other.result).to.deep.include({ error: "States.Runtime" });
    expect(other.result.cause).to.include("'executionArn' is not supported");
  });

  it("reads, changes and deletes items of DynamoDB, and queries and scans its indexes", async () => {
    const table = { TableName: "attempts" };
    const next = (state: object, Next: string) => {
      const { End: _, ...rest } = state as { End?: boolean };
      return { ...rest, Next };
    };
    const { result } = await run(
      {
        [tableArn]: ["PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query"].map(
          (one) => `dynamodb:${one}`,
        ),
        [indexArn]: ["dynamodb:Query", "dynamodb:Scan"],
      },
      {
        Keep: next(keep, "Update"),
        Update: task(
          "aws-sdk:dynamodb:updateItem",
          {
            ...{ ...table, Key: item, UpdateExpression: "SET #s = :s" },
            ...{
              ExpressionAttributeNames: { "#s": "status" },
              ExpressionAttributeValues: { ":s": { S: "READY" } },
            },
          },
          "Get",
        ),
        Get: {
          ...task("aws-sdk:dynamodb:getItem", { ...table, Key: item }, "Query"),
          Assign: { got: "{% $states.result.Item.status.S %}" },
        },
        Query: {
          ...task(
            "aws-sdk:dynamodb:query",
            {
              ...{ ...table, KeyConditionExpression: "streamId = :id" },
              ExpressionAttributeValues: { ":id": { S: "spring" } },
            },
            "QueryIndex",
          ),
          Assign: { queried: "{% $states.result.Count %}" },
        },
        QueryIndex: {
          ...task(
            "aws-sdk:dynamodb:query",
            {
              ...{ ...table, IndexName: "byUnpublished", KeyConditionExpression: "unpublishedSince = :at" },
              ExpressionAttributeValues: { ":at": { S: "2026" } },
            },
            "Scan",
          ),
          Assign: { found: "{% $states.result.Count %}" },
        },
        Scan: {
          ...task("aws-sdk:dynamodb:scan", { ...table, IndexName: "byUnpublished" }, "Delete"),
          Assign: { scanned: "{% $states.result.Items[0] %}" },
        },
        Delete: {
          ...task("aws-sdk:dynamodb:deleteItem", { ...table, Key: item, ReturnValues: "ALL_OLD" }),
          Output: {
            was: "{% [$got, $queried, $found, $scanned] %}",
            old: "{% $states.result.Attributes.status.S %}",
          },
        },
      },
    );
    expect(result).to.deep.equal({
      was: ["READY", 1, 1, { ...item, unpublishedSince: { S: "2026" } }],
      old: "READY",
    });
  });

  for (const [action, args] of [
    [
      "query",
      { KeyConditionExpression: "unpublishedSince = :at", ExpressionAttributeValues: { ":at": { S: "1" } } },
    ],
    ["scan", {}],
  ] as const) {
    it(`needs the permission for the very index: ${action}`, async () => {
      const read = { TableName: "attempts", IndexName: "byUnpublished", ...args };
      const { result } = await run(
        { [tableArn]: ["dynamodb:Query", "dynamodb:Scan"] },
        { Read: task(`aws-sdk:dynamodb:${action}`, read) },
      );
      expect(result.error).to.equal("DynamoDb.DynamoDbException");
      expect(result.cause).to.include(`on resource: ${indexArn} because`);
    });
  }

  it("runs for each item of a Map, each in its own time", async () => {
    const topic = localArn("sns", "on-call");
    const { result, notifications } = await run(
      { [topic]: ["sns:Publish"] },
      {
        Each: {
          Type: "Map",
          Items: "{% $states.input.channels %}",
          MaxConcurrency: 2,
          ItemProcessor: {
            ProcessorConfig: { Mode: "INLINE" },
            StartAt: "Wait",
            States: {
              Wait: { Type: "Wait", Seconds: "{% $states.input.seconds %}", Next: "Tell" },
              Tell: {
                ...task("sns:publish", { TopicArn: topic, Message: "{% $states.input.channelId %}" }),
                Output: "{% $states.input.channelId %}",
              },
            },
          },
          End: true,
        },
      },
      {
        channels: [
          { channelId: "1", seconds: 90 },
          { channelId: "2", seconds: 30 },
          { channelId: "3", seconds: 10 },
        ],
      },
    );
    expect(result).to.deep.equal(["1", "2", "3"]);
    expect(notifications.map(({ message, timestamp }) => [message, timestamp.slice(14, 19)])).to.deep.equal([
      ["2", "00:30"],
      ["3", "00:40"],
      ["1", "01:30"],
    ]);
  });
});
