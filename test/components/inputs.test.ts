import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { handlerOf } from "../../components/functions/bundles";
import { operationNames, routes } from "../../contracts";
import { arn, roleArn } from "../support/arns";
import { type DefaultFunctionName, defaultFunctionNames } from "../support/default-functions";
import { type Recording, withoutDigests } from "../support/record";
import { recordDefaults } from "../support/stream-orchestration";

const apiHandlers = operationNames.map((name) => handlerOf[name]);
const machineArn = arn("states", "stateMachine:streams-StreamLifecycleOrchestrator");
const healthArn = arn("states", "stateMachine:streams-StreamHealth");
const teardownArn = arn("states", "stateMachine:streams-StreamTeardown");

describe("The inputs of a StreamOrchestration's resources", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });
  const inputsOf = (type: string, name: string) => withoutDigests(recording.only(type, name).inputs);

  it("make the table of attempts, with the indexes for dashboards, for what is not announced and for the list of streams", () => {
    expect(inputsOf(":Table", "streams-attempts")).to.deep.equal({
      attributes: [
        { name: "streamId", type: "S" },
        { name: "attempt", type: "N" },
        { name: "status", type: "S" },
        { name: "updatedAt", type: "S" },
        { name: "unpublishedSince", type: "S" },
        { name: "requestedAt", type: "S" },
      ],
      hashKey: "streamId",
      rangeKey: "attempt",
      globalSecondaryIndexes: [
        {
          name: "byStatus",
          keySchemas: [
            { attributeName: "status", keyType: "HASH" },
            { attributeName: "updatedAt", keyType: "RANGE" },
          ],
          projectionType: "ALL",
        },
        // Sparse: an item without the attribute is not in it.
        {
          name: "byUnpublished",
          keySchemas: [{ attributeName: "unpublishedSince", keyType: "HASH" }],
          projectionType: "KEYS_ONLY",
        },
        {
          name: "byRequest",
          keySchemas: [
            { attributeName: "status", keyType: "HASH" },
            { attributeName: "requestedAt", keyType: "RANGE" },
          ],
          projectionType: "KEYS_ONLY",
        },
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

  it("protect both tables in Pulumi as in DynamoDB, and nothing else", () => {
    const protectedOnes = recording.registrations.filter(({ options }) => options.protect);
    expect(protectedOnes.map(({ name }) => name)).to.have.members(["streams-attempts", "streams-leases"]);
  });

  it("deliver logs to groups whose names do not use up the size of the account's resource policy", () => {
    const destinations = [
      ...recording.ofType(":StateMachine").map(({ inputs }) => inputs.loggingConfiguration.logDestination),
      ...recording.ofType(":Stage").map(({ inputs }) => inputs.accessLogSettings.destinationArn),
    ];
    expect(destinations).to.have.lengthOf(5);
    for (const destination of destinations) expect(destination).to.contain(":log-group:/aws/vendedlogs/");
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
    expect(accessLogSettings.destinationArn).to.equal(
      arn("logs", "log-group:/aws/vendedlogs/apigateway/streams-api"),
    );
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
          { name, ...withoutDigests(inputs) },
        ]),
    );
    expect([...integrations.keys()]).to.have.members(
      [...new Set(apiHandlers)].map((handler) => `streams-${handler}`),
    );
    for (const integration of integrations.values()) {
      expect(integration).to.include({ integrationType: "AWS_PROXY", payloadFormatVersion: "2.0" });
    }
    const made = recording
      .ofType(":Route")
      .map(({ inputs }) => [inputs.routeKey, inputs.authorizationType].join(" "));
    const expected = Object.values(routes).flatMap(({ method, path, isOpen }) =>
      [method, "ANY"].map((one) => `${one} ${path} ${isOpen ? "NONE" : "AWS_IAM"}`),
    );
    expect(made).to.have.members([...new Set(expected)]);
    const target = (name: string) => recording.only(":Route", name).inputs.target as string;
    expect(target("streams-api-ANY-streams")).to.equal(target("streams-api-GET-streams"));
    expect(target("streams-api-ANY-health")).to.equal(target("streams-api-GET-health"));
    expect(target("streams-api-POST-streams")).to.not.equal(target("streams-api-PUT-streams"));
  });

  const table = { TABLE_NAME: "streams-attempts" };
  const recovery = {
    ...table,
    LEASE_TABLE_NAME: "streams-leases",
    EVENT_BUS_NAME: "streams-events",
    ON_CALL_TOPIC_ARN: arn("sns", "streams-on-call"),
    TEARDOWN_STATE_MACHINE_ARN: teardownArn,
    INCLUDE_INGEST_ENDPOINTS: "true",
  };
  const functions: { readonly [handler in DefaultFunctionName]: { timeout: number; variables: object } } = {
    "get-health-status": {
      timeout: 10,
      variables: { ...table, STATE_MACHINE_ARN: machineArn, EVENT_BUS_NAME: "streams-events" },
    },
    "create-stream-workflow": { timeout: 25, variables: { ...table, STATE_MACHINE_ARN: machineArn } },
    "update-stream-status": {
      timeout: 25,
      variables: { ...table, EVENT_BUS_NAME: "streams-events", LEAD_TIME_MINUTES: "none" },
    },
    "read-streams": { timeout: 25, variables: { ...table, STATE_MACHINE_ARN: machineArn } },
    "validate-provision-request": {
      timeout: 60,
      variables: {
        ...table,
        LEASE_TABLE_NAME: "streams-leases",
        TEARDOWN_STATE_MACHINE_ARN: teardownArn,
      },
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
    "resume-orchestration": { timeout: 30, variables: { ...table, LEAD_TIME_MINUTES: "none" } },
    "track-health": {
      timeout: 30,
      variables: {
        ...table,
        LEASE_TABLE_NAME: "streams-leases",
        EVENT_BUS_NAME: "streams-events",
        HEALTH_STATE_MACHINE_ARN: healthArn,
        ALERT_MINUTES: "5",
        NO_INPUT_MINUTES: "0",
      },
    },
    "act-on-health": {
      timeout: 60,
      variables: {
        ...table,
        EVENT_BUS_NAME: "streams-events",
        ON_CALL_TOPIC_ARN: arn("sns", "streams-on-call"),
        ON_CHANNEL_LOST: "fail",
      },
    },
    "recover-execution": { timeout: 60, variables: recovery },
    "sweep-streams": {
      timeout: 120,
      variables: { ...recovery, STATE_MACHINE_ARN: machineArn, MAX_LIVE_HOURS: "12" },
    },
  };

  for (const [handler, { timeout, variables }] of Object.entries(functions)) {
    it(`make the function ${handler} with its bundle and environment`, async () => {
      const name = `streams-${handler}`;
      const { code, ...inputs } = recording.only("function:Function", name).inputs;
      expect(withoutDigests(inputs)).to.deep.equal({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        role: roleArn(name),
        memorySize: 512,
        timeout,
        environment: { variables },
        loggingConfig: { logFormat: "JSON", logGroup: `/aws/lambda/${name}` },
        tracingConfig: { mode: "PassThrough" },
        tags: {},
      });
      expect(code).to.be.instanceOf(pulumi.asset.FileArchive);
      expect(basename(await (code as pulumi.asset.FileArchive).path)).to.equal(handler);
    });
  }

  it("answer no request later than API Gateway waits for, which is 30 seconds", () => {
    for (const handler of apiHandlers) {
      expect(functions[handler].timeout, handler).to.be.below(30);
    }
  });

  it("are all of the functions", () => {
    const made = recording.ofType("lambda/function:Function").map(({ name }) => name);
    expect(made).to.have.members(Object.keys(functions).map((handler) => `streams-${handler}`));
  });

  it("let no workflow give up on a function before the function's own time is over", () => {
    const waits = recording.ofType(":StateMachine").flatMap(({ inputs }) => {
      const { States } = JSON.parse(withoutDigests(inputs).definition) as {
        States: { [state: string]: { TimeoutSeconds: number; Arguments?: { FunctionName?: string } } };
      };
      return Object.entries(States).flatMap(([state, { TimeoutSeconds, Arguments }]) => {
        const called = Arguments?.FunctionName?.split(":streams-")[1];
        const handler = defaultFunctionNames.find((name) => name === called);
        return handler ? [{ state, handler, TimeoutSeconds }] : [];
      });
    });
    expect(waits.map(({ state }) => state)).to.have.members([
      // And LeaseHeldChannel, with the same values, where a start may be scheduled.
      "ValidateProvisionRequest",
      "HandleProvisionFailure",
      "SweepStreams",
      "ActOnTrouble",
      "HandleLostChannel",
    ]);
    for (const { state, handler, TimeoutSeconds } of waits) {
      expect(TimeoutSeconds, state).to.be.above(functions[handler].timeout);
    }
  });

  for (const machine of ["StreamLifecycleOrchestrator", "StreamTeardown", "StreamSweep", "StreamHealth"]) {
    it(`make ${machine} a STANDARD state machine that logs what happened, and no data`, () => {
      const { definition, ...inputs } = inputsOf(":StateMachine", `streams-${machine}`);
      expect(inputs).to.deep.equal({
        type: "STANDARD",
        roleArn: roleArn(`streams-${machine}`),
        loggingConfiguration: {
          level: "ALL",
          includeExecutionData: false,
          logDestination: `${arn("logs", `log-group:/aws/vendedlogs/states/streams-${machine}`)}:*`,
        },
        tracingConfiguration: { enabled: false },
        tags: {},
      });
      expect(JSON.parse(definition).Comment).to.match(new RegExp(`^${machine}: `));
    });
  }

  const states = (machine: string) =>
    JSON.parse(inputsOf(":StateMachine", `streams-${machine}`).definition).States as {
      [state: string]: { Arguments: { [argument: string]: unknown } };
    };

  it("give every workflow the names of what it works on", () => {
    const { PersistProvisionRequest, ...orchestrator } = states("StreamLifecycleOrchestrator");
    expect(PersistProvisionRequest?.Arguments.TableName).to.equal("streams-attempts");
    expect(orchestrator.AcquirePlaybackTurn?.Arguments.TableName).to.equal("streams-leases");
    const { FindAttempt, MarkLease, NotifyOverdueEnd, DeleteLiveLimit } = states("StreamTeardown");
    expect(FindAttempt?.Arguments.TableName).to.equal("streams-attempts");
    expect(MarkLease?.Arguments.TableName).to.equal("streams-leases");
    expect(NotifyOverdueEnd?.Arguments.TopicArn).to.equal(arn("sns", "streams-on-call"));
    expect(DeleteLiveLimit?.Arguments.GroupName).to.equal("streams-schedules");
    const { SweepStreams } = states("StreamSweep");
    expect(SweepStreams?.Arguments.Payload).to.deep.include({
      channels: [{ channelId: "1234567" }, { channelId: "7654321" }],
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
    const writers = ["lambda/function:Function", ":StateMachine", ":Stage"].flatMap((type) =>
      recording.ofType(type),
    );
    expect(groups).to.have.lengthOf(writers.length);
    for (const { name, inputs } of groups) expect(inputs.retentionInDays, name).to.equal(30);
  });
});
