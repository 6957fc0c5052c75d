import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { AwsError, type AwsService } from "../../../local/services";
import { rejection, startServer, type TestServer } from "../support/test-server";

describe("The AWS server", () => {
  const calls: unknown[] = [];
  const stepFunctions: AwsService = {
    async call(action, input) {
      calls.push([action, input]);
      if (action === "StartExecution") return { executionArn: "arn:execution", startDate: 1.5 };
      if (action === "DescribeExecution") throw new AwsError("ExecutionDoesNotExist", "No such execution.");
      throw new Error("out of order");
    },
  };
  let server: TestServer;

  before(async () => {
    server = await startServer({ StepFunctions: stepFunctions });
  });

  after(async () => {
    await server.close();
  });

  const post = async (headers: Record<string, string>, body: string, path = "/") => {
    const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: JSON.parse(text) as Record<string, unknown>,
    };
  };

  it("carries Step Functions calls, results and errors", async () => {
    const client = new SFNClient(server.client);
    const input = { stateMachineArn: "arn:machine", name: "stream_1", input: "{}" };

    const started = await client.send(new StartExecutionCommand(input));
    const error = await rejection(
      client.send(new DescribeExecutionCommand({ executionArn: "arn:execution" })),
    );
    client.destroy();

    expect(calls[0]).to.deep.equal(["StartExecution", input]);
    expect(started.startDate).to.deep.equal(new Date(1500));
    expect(error.name).to.equal("ExecutionDoesNotExist");
  });

  it("answers a body that is not a JSON object with SerializationException", async () => {
    for (const body of ["{", "[]", "null"]) {
      const { status, json } = await post({ "x-amz-target": "AWSStepFunctions.StartExecution" }, body);
      expect([status, json.__type], body).to.deep.equal([400, "SerializationException"]);
    }
  });

  it("refuses a service that is not served, in the words of that service's protocol", async () => {
    const client = new DynamoDBClient(server.client);
    const error = await rejection(client.send(new ListTablesCommand({})));
    client.destroy();
    expect(error.name).to.equal("UnknownOperationException");
    expect(error.message).to.equal("The local runtime does not serve DynamoDB ListTables.");
  });

  it("refuses targets, versions and paths that it does not know, whatever they are called", async () => {
    for (const target of ["Kinesis_20131202.PutRecord", "constructor.name", "__proto__.x"]) {
      const { status, json } = await post({ "x-amz-target": target }, "{}");
      expect([status, json.__type], target).to.deep.equal([400, "UnknownOperationException"]);
      expect(json.message).to.contain(target);
    }
    const query = await fetch(`${server.url}/?Action=GetCallerIdentity&Version=2011-06-16`, {
      method: "POST",
    });
    expect(query.status).to.equal(400);
    expect(await query.text()).to.contain("GetCallerIdentity (version 2011-06-16)");
    const cbor = await post(
      { "smithy-protocol": "rpc-v2-cbor" },
      "",
      "/service/Metrics/operation/PutMetricData",
    );
    expect(cbor.status).to.equal(404);
    expect(cbor.json.message).to.contain("/service/Metrics/operation/PutMetricData");
  });

  it("answers a fault of its own with 500 and a request id", async () => {
    const { status, headers, json } = await post({ "x-amz-target": "AWSStepFunctions.StopExecution" }, "{}");
    expect([status, json.__type]).to.deep.equal([500, "InternalFailure"]);
    expect(json.message).to.contain("out of order");
    expect(headers.get("x-amzn-requestid")).to.match(/^[0-9a-f-]{36}$/);
  });

  it("refuses a body of more than 16 MB", async () => {
    const { status } = await post(
      { "x-amz-target": "AWSStepFunctions.StartExecution" },
      " ".repeat(16 * 1024 * 1024 + 1),
    );
    expect(status).to.equal(413);
  });
});
