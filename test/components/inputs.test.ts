import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type Inputs, place, type Recording } from "../support/record";
import { recordDefaults } from "../support/stream-orchestration";

/** Inputs as JSON text, where the digests that end made-up names are left out. */
function plain(inputs: Inputs): Inputs {
  return JSON.parse(JSON.stringify(inputs).replace(/-[0-9a-f]{7,8}(?=["/:\\])/g, "")) as Inputs;
}

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
const machineArn = arn("states", "stateMachine:streams-StreamLifecycleOrchestrator");
const deadLetters = arn("sqs", "streams-events-dead-letters");

describe("The inputs of a StreamOrchestration's resources", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });
  const inputsOf = (type: string, name: string) => plain(recording.only(type, name).inputs);

  it("make the table of attempts, with the index for dashboards", () => {
    expect(inputsOf(":Table", "streams-attempts")).to.deep.equal({
      attributes: [
        { name: "streamId", type: "S" },
        { name: "attempt", type: "N" },
        { name: "status", type: "S" },
        { name: "updatedAt", type: "S" },
      ],
      hashKey: "streamId",
      rangeKey: "attempt",
      globalSecondaryIndexes: [
        { name: "byStatus", hashKey: "status", rangeKey: "updatedAt", projectionType: "ALL" },
      ],
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: true,
      tags: {},
    });
  });

  it("make the table of leases", () => {
    expect(inputsOf(":Table", "streams-leases")).to.deep.equal({
      attributes: [{ name: "channelId", type: "S" }],
      hashKey: "channelId",
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: true,
      tags: {},
    });
  });

  it("make an HTTP API without CORS, and its default stage with a log and a throttle", () => {
    expect(inputsOf(":Api", "streams-api")).to.deep.equal({ protocolType: "HTTP", tags: {} });
    const { accessLogSettings, ...stage } = inputsOf(":Stage", "streams-api");
    expect(stage).to.deep.equal({
      apiId: recording.ofType(":Route")[0]?.inputs.apiId,
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingBurstLimit: 50,
        throttlingRateLimit: 25,
        detailedMetricsEnabled: true,
      },
      tags: {},
    });
    expect(accessLogSettings.destinationArn).to.equal(arn("logs", "log-group:/aws/apigateway/streams-api"));
    const format = JSON.parse(accessLogSettings.format) as Record<string, string>;
    expect(format.requestId).to.equal("$context.requestId");
    // Ingest URLs and credentials stay out of the log.
    for (const value of Object.values(format)) expect(value).to.match(/^\$context\.[\w.]+$/);
  });

  it("route the contract's operations, and every other method of their paths, with IAM but for the health", () => {
    const integrations = new Map(
      recording
        .ofType(":Integration")
        .map(({ name, inputs }) => [
          inputs.integrationUri.replace(/^.*function:(.*)-[0-9a-f]{7}\/invocations$/, "$1") as string,
          { name, ...plain(inputs) },
        ]),
    );
    expect([...integrations.keys()]).to.have.members([
      "streams-get-health-status",
      "streams-create-stream-workflow",
      "streams-update-stream-status",
    ]);
    for (const integration of integrations.values()) {
      expect(integration).to.include({ integrationType: "AWS_PROXY", payloadFormatVersion: "2.0" });
    }
    const routes = recording
      .ofType(":Route")
      .map(({ inputs }) => [inputs.routeKey, inputs.authorizationType].join(" "));
    expect(routes).to.have.members([
      "GET /health NONE",
      "ANY /health NONE",
      "POST /streams AWS_IAM",
      "PUT /streams AWS_IAM",
      "ANY /streams AWS_IAM",
    ]);
    const target = (name: string) => recording.only(":Route", name).inputs.target as string;
    expect(target("streams-api-ANY-streams")).to.equal(target("streams-api-PUT-streams"));
    expect(target("streams-api-ANY-health")).to.equal(target("streams-api-GET-health"));
    expect(target("streams-api-POST-streams")).to.not.equal(target("streams-api-PUT-streams"));
  });

  const table = { TABLE_NAME: "streams-attempts" };
  const functions: { readonly [handler: string]: { timeout: number; variables: object } } = {
    "get-health-status": {
      timeout: 10,
      variables: { ...table, STATE_MACHINE_ARN: machineArn, EVENT_BUS_NAME: "streams-events" },
    },
    "create-stream-workflow": { timeout: 25, variables: { ...table, STATE_MACHINE_ARN: machineArn } },
    "update-stream-status": { timeout: 25, variables: { ...table, EVENT_BUS_NAME: "streams-events" } },
    "validate-provision-request": {
      timeout: 60,
      variables: { ...table, LEASE_TABLE_NAME: "streams-leases" },
    },
    "handle-provision-failure": {
      timeout: 60,
      variables: {
        ...table,
        LEASE_TABLE_NAME: "streams-leases",
        EVENT_BUS_NAME: "streams-events",
        ON_CALL_TOPIC_ARN: arn("sns", "streams-on-call"),
      },
    },
    "resume-orchestration": { timeout: 30, variables: table },
  };

  for (const [handler, { timeout, variables }] of Object.entries(functions)) {
    it(`make the function ${handler} with its bundle and environment`, async () => {
      const name = `streams-${handler}`;
      const { code, ...inputs } = recording.only("function:Function", name).inputs;
      expect(plain(inputs)).to.deep.equal({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        role: `arn:aws:iam::${place.accountId}:role/${name}`,
        memorySize: 512,
        timeout,
        environment: { variables },
        loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${name}` },
        tags: {},
      });
      expect(code).to.be.instanceOf(pulumi.asset.FileArchive);
      expect(basename(await (code as pulumi.asset.FileArchive).path)).to.equal(handler);
    });
  }

  it("answer no request later than API Gateway waits for, which is 30 seconds", () => {
    for (const handler of ["get-health-status", "create-stream-workflow", "update-stream-status"]) {
      expect(functions[handler]?.timeout, handler).to.be.below(30);
    }
  });

  it("make a STANDARD state machine that logs what happened, and no data", () => {
    const { definition, ...inputs } = inputsOf(":StateMachine", "streams-StreamLifecycleOrchestrator");
    expect(inputs).to.deep.equal({
      type: "STANDARD",
      roleArn: `arn:aws:iam::${place.accountId}:role/streams-StreamLifecycleOrchestrator`,
      loggingConfiguration: {
        level: "ALL",
        includeExecutionData: false,
        logDestination: `${arn("logs", "log-group:/aws/vendedlogs/states/streams-StreamLifecycleOrchestrator")}:*`,
      },
      tags: {},
    });
    const { Arguments } = JSON.parse(definition).States.PersistProvisionRequest;
    expect(Arguments.TableName).to.equal("streams-attempts");
  });

  it("archive the platform's events for 30 days", () => {
    const { eventPattern, ...archive } = inputsOf(":EventArchive", "streams-events");
    expect(archive).to.deep.equal({
      eventSourceArn: arn("events", "event-bus/streams-events"),
      retentionDays: 30,
    });
    expect(JSON.parse(eventPattern)).to.deep.equal({ source: ["com.guidogerb.streams"] });
  });

  it("resume the workflow on a confirmation, and lose none", () => {
    expect(inputsOf(":EventTarget", "streams-confirmation")).to.deep.equal({
      rule: "streams-confirmation",
      eventBusName: "streams-events",
      arn: arn("lambda", "function:streams-resume-orchestration"),
      deadLetterConfig: { arn: deadLetters },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
    expect(inputsOf(":FunctionEventInvokeConfig", "streams-confirmation")).to.deep.equal({
      functionName: "streams-resume-orchestration",
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: deadLetters } },
    });
  });

  it("keep dead letters for 14 days, encrypted, from the rules of this bus alone", () => {
    expect(inputsOf(":Queue", "streams-events-dead-letters")).to.deep.equal({
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
      tags: {},
    });
    const { policy, queueUrl } = inputsOf(":QueuePolicy", "streams-events-dead-letters");
    expect(queueUrl).to.match(/streams-events-dead-letters$/);
    expect(JSON.parse(policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: deadLetters,
          Condition: { ArnLike: { "aws:SourceArn": arn("events", "rule/streams-events/*") } },
        },
      ],
    });
  });

  it("encrypt the on-call topic, to which nobody is subscribed yet", () => {
    expect(inputsOf(":Topic", "streams-on-call")).to.deep.equal({
      kmsMasterKeyId: "alias/aws/sns",
      tags: {},
    });
    expect(recording.ofType(":TopicSubscription")).to.deep.equal([]);
  });

  it("keep every log for 30 days", () => {
    const groups = recording.ofType(":LogGroup");
    expect(groups).to.have.length(8);
    for (const { name, inputs } of groups) expect(inputs.retentionInDays, name).to.equal(30);
  });
});
