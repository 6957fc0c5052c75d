import { expect } from "chai";
import { TaskFailure } from "../../../local/asl/errors";
import type { JsonObject } from "../../../local/json";
import { AwsError, type AwsService } from "../../../local/services";
import { checkResource } from "../../../local/wiring/integrations";
import { createTaskRunner, type IntegrationTargets } from "../../../local/wiring/task-runner";
import { expectRejection } from "../support/expect-rejection";

/** A service that answers as told, and remembers how it was called. */
function aService(answer: (input: JsonObject) => JsonObject) {
  const calls: [string, JsonObject][] = [];
  const service: AwsService = {
    async call(action, input) {
      calls.push([action, input]);
      return answer(input);
    },
  };
  return { service, calls };
}

function refusing(error: Error): AwsService {
  return { call: () => Promise.reject(error) };
}

function run(resource: string, args: JsonObject, targets: Partial<IntegrationTargets>) {
  const runTask = createTaskRunner({ services: {}, invoke: () => undefined, ...targets });
  return runTask({
    resource: `arn:aws:states:::${resource}`,
    arguments: args,
    executionArn: "arn:aws:states:us-east-1:000000000000:execution:machine:name",
    roleArn: "arn:aws:iam::000000000000:role/machine",
    stateName: "State",
    signal: new AbortController().signal,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<{ error: string; cause: string }> {
  const failure = await expectRejection(promise);
  expect(failure).to.be.instanceOf(TaskFailure);
  const { error = "", cause = "" } = failure as TaskFailure;
  return { error, cause };
}

describe("the service integrations of a workflow", () => {
  it("name an error by the integration, which spells the service in its own way, and end it in Exception", async () => {
    const check = new AwsError("ConditionalCheckFailedException", "The conditional request failed", 400);
    const services = {
      DynamoDB: refusing(check),
      CloudFront: refusing(new AwsError("PreconditionFailed", "Stale.", 412)),
      MediaLive: refusing(new AwsError("TooManyRequestsException", "Slow down.", 429)),
    };
    for (const [resource, expected] of [
      ["dynamodb:putItem", "DynamoDB.ConditionalCheckFailedException"],
      ["aws-sdk:dynamodb:updateItem.waitForTaskToken", "DynamoDb.ConditionalCheckFailedException"],
      ["aws-sdk:cloudfront:updateDistribution", "CloudFront.PreconditionFailedException"],
      ["aws-sdk:medialive:startChannel", "MediaLive.TooManyRequestsException"],
    ] as const) {
      expect((await failureOf(run(resource, {}, { services }))).error, resource).to.equal(expected);
    }
  });

  it("say in the cause what the service said, and its status", async () => {
    const services = { CloudFront: refusing(new AwsError("PreconditionFailed", "Stale ETag.", 412)) };
    const { cause } = await failureOf(run("aws-sdk:cloudfront:updateDistribution", {}, { services }));
    expect(cause).to.equal("Stale ETag. (Service: CloudFront, Status Code: 412)");
  });

  it("give CloudFront's members the names of the SDK, there and back", async () => {
    const { service, calls } = aService(() => ({
      ETag: "E1",
      DistributionConfig: {
        ViewerCertificate: { ACMCertificateArn: "arn" },
        WebACLId: "acl",
        Origins: { Items: [{ CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443 } }] },
        DefaultCacheBehavior: { MinTTL: 0 },
      },
    }));
    const services = { CloudFront: service };
    const read = await run("aws-sdk:cloudfront:getDistributionConfig", { Id: "E1" }, { services });
    const renamed = {
      ViewerCertificate: { AcmCertificateArn: "arn" },
      WebACLId: "acl",
      Origins: { Items: [{ CustomOriginConfig: { HttpPort: 80, HttpsPort: 443 } }] },
      DefaultCacheBehavior: { MinTTL: 0 },
    };
    expect(read).to.deep.equal({ ETag: "E1", DistributionConfig: renamed });

    await run(
      "aws-sdk:cloudfront:updateDistribution",
      { Id: "E1", DistributionConfig: renamed },
      { services },
    );
    expect(calls[1]).to.deep.equal([
      "UpdateDistribution",
      { Id: "E1", DistributionConfig: (await service.call("", {})).DistributionConfig },
    ]);
  });

  it("write an event's detail as JSON, and take text as it is", async () => {
    const { service, calls } = aService(() => ({ FailedEntryCount: 0, Entries: [] }));
    const services = { EventBridge: service };
    await run("events:putEvents", { Entries: [{ Detail: { a: 1 } }, { Detail: '{"b":2}' }] }, { services });
    expect(calls).to.deep.equal([["PutEvents", { Entries: [{ Detail: '{"a":1}' }, { Detail: '{"b":2}' }] }]]);
  });

  it("fail with EventBridge.FailedEntry where the bus answered, but lost an entry", async () => {
    const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure" }] };
    const services = { EventBridge: aService(() => answer).service };
    expect(await failureOf(run("events:putEvents", { Entries: [{}] }, { services }))).to.deep.equal({
      error: "EventBridge.FailedEntry",
      cause: JSON.stringify(answer),
    });
  });

  it("hand a function's result on with its status and version", async () => {
    const invoke: IntegrationTargets["invoke"] = async (name, payload) => ({ payload: { name, payload } });
    expect(
      await run("lambda:invoke", { FunctionName: "f", Payload: { streamId: "s" } }, { invoke }),
    ).to.deep.equal({
      ExecutedVersion: "$LATEST",
      Payload: { name: "f", payload: { streamId: "s" } },
      StatusCode: 200,
    });
  });

  it("fail with a function's own error, or with Lambda's where there is no such function", async () => {
    const error = { errorType: "NoChannelAvailable", errorMessage: "None is free.", trace: ["at x"] };
    expect(
      await failureOf(run("lambda:invoke", { FunctionName: "f" }, { invoke: async () => ({ error }) })),
    ).to.deep.equal({ error: "NoChannelAvailable", cause: JSON.stringify(error) });
    expect(await failureOf(run("lambda:invoke", { FunctionName: "gone" }, {}))).to.deep.equal({
      error: "Lambda.ResourceNotFoundException",
      cause: "Function not found: gone",
    });
  });

  it("fail with Sandbox.Timedout where a function ran out of time, as current runtimes name it", async () => {
    const error = {
      errorType: "Sandbox.Timedout",
      errorMessage: "Task timed out after 3.00 seconds",
      trace: [],
    };
    const failure = await failureOf(
      run("lambda:invoke", { FunctionName: "f" }, { invoke: async () => ({ error }) }),
    );
    expect(failure.error).to.equal("Sandbox.Timedout");
  });

  it("refuse arguments that are no object", async () => {
    const runTask = createTaskRunner({ services: {}, invoke: () => undefined });
    const call = {
      resource: "arn:aws:states:::dynamodb:getItem",
      arguments: [],
      executionArn: "",
      roleArn: "",
      stateName: "",
      signal: new AbortController().signal,
    };
    expect((await failureOf(Promise.resolve(runTask(call)))).error).to.equal("States.Runtime");
  });

  for (const resource of [
    "arn:aws:states:::lambda:invoke",
    "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "arn:aws:states:::events:putEvents.waitForTaskToken",
    "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    "arn:aws:states:::aws-sdk:medialive:describeChannel",
  ]) {
    it(`include ${resource}`, () => {
      expect(checkResource(resource)).to.equal(undefined);
    });
  }

  for (const [resource, problem] of [
    ["arn:aws:states:::events:waitForEvent", "serves no integration"],
    ["arn:aws:states:::dynamodb:putItem.waitForTaskToken", "has no callback pattern"],
    ["arn:aws:states:::dynamodb:query", "serves no integration"],
    ["arn:aws:states:::aws-sdk:s3:putObject", "serves no integration"],
    ["arn:aws:states:::aws-sdk:medialive:StartChannel", "serves no integration"],
    ["arn:aws:states:::states:startExecution.sync:2", "does not serve the pattern"],
    ["arn:aws:lambda:us-east-1:000000000000:function:f", "is no service integration"],
    ["", "is no service integration"],
  ] as const) {
    it(`do not include '${resource}', and say so by its name`, () => {
      expect(checkResource(resource)).to.include(problem).and.include(`"${resource}"`);
    });
  }
});
