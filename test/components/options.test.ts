import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { routes } from "../../contracts";
import { deploymentSettingsOf } from "../support/deployment-settings";
import { type Inputs, type Recording, record, withoutDigests } from "../support/record";
import { statementsOf } from "../support/statements";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

/** The states of a recorded definition, by name. */
const states = (recording: Recording, machine: string) =>
  JSON.parse(recording.only(":StateMachine", `streams-${machine}`).inputs.definition).States as {
    [state: string]: Inputs;
  };

const variables = (recording: Recording, handler: string) =>
  recording.only("lambda/function:Function", `streams-${handler}`).inputs.environment.variables as {
    [variable: string]: string;
  };

describe("A StreamOrchestration with every option", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordOrchestration({
      encoder: { channels: [{ channelId: "1234567" }], leadTimeMinutes: 30, stopUnowned: true },
      playback: {
        distributionId: "E1",
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        trustedKeyGroupIds: ["group-1"],
        cacheBehaviorQuota: 100,
        graceMinutes: 30,
        originQuota: 150,
      },
      maxLiveHours: 6,
      sweepIntervalMinutes: 60,
      events: {
        includeIngestEndpoints: false,
        confirmationPrincipals: ["arn:aws:iam::123456789012:role/encoder-watch"],
      },
      auth: { jwt: { issuer: "https://issuer.example.com", audiences: ["portal", "tools"] } },
      onCall: { emails: ["a@example.com", "b@example.com"] },
      throttle: { burstLimit: 5, rateLimit: 2 },
      cors: { allowOrigins: ["https://portal.example.com"], allowHeaders: ["X-Team", "Traceparent"] },
      network: { create: true },
      logRetentionDays: 7,
      archiveRetentionDays: 0,
      protect: false,
      tags: { team: "video" },
    });
  });

  it("lets its tables be deleted when it is told not to protect them", () => {
    for (const { name, inputs, options } of recording.ofType(":Table")) {
      expect(inputs.deletionProtectionEnabled, name).to.equal(false);
      expect(options.protect, name).to.equal(false);
    }
  });

  it("lets browsers of the given origins in, whose preflights no route keeps from API Gateway", () => {
    expect(recording.only(":Api", "streams-api").inputs.corsConfiguration).to.deep.equal({
      allowOrigins: ["https://portal.example.com"],
      allowMethods: [...new Set(Object.values(routes).map(({ method }) => method))],
      allowHeaders: [
        "authorization",
        "content-type",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "x-amz-user-agent",
        "baggage",
        "traceparent",
        "tracestate",
        "x-amzn-trace-id",
        "x-team",
      ],
      exposeHeaders: ["apigw-requestid", "retry-after", "allow"],
      maxAge: 600,
    });
    const keys = recording.ofType(":Route").map(({ inputs }) => inputs.routeKey as string);
    const methods = (path: string) =>
      keys.filter((key) => key.endsWith(` ${path}`)).map((key) => key.split(" ")[0]);
    // A route for ANY or OPTIONS would ask a preflight for credentials, which browsers never send with one.
    const all = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];
    for (const { path } of Object.values(routes)) expect(methods(path), path).to.have.members(all);
  });

  it("lets callers of /streams in by JSON Web Token, and anybody to /health", () => {
    const { apiId, ...authorizer } = recording.only(":Authorizer", "streams-api").inputs;
    expect(authorizer).to.deep.equal({
      name: "jwt",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: "https://issuer.example.com", audiences: ["portal", "tools"] },
    });
    for (const { inputs } of recording.ofType(":Route")) {
      const open = inputs.routeKey.endsWith("/health");
      expect(inputs.apiId).to.equal(apiId);
      expect(inputs.authorizationType, inputs.routeKey).to.equal(open ? "NONE" : "JWT");
      expect(inputs.authorizerId !== undefined, inputs.routeKey).to.equal(!open);
    }
  });

  it("subscribes each on-call address by email, to what fails and to the alarms", () => {
    const subscriptions = recording.ofType(":TopicSubscription");
    expect(
      subscriptions.map(({ name, inputs }) => [name, inputs.protocol, inputs.endpoint]),
    ).to.have.deep.members([
      ["streams-on-call-0", "email", "a@example.com"],
      ["streams-on-call-1", "email", "b@example.com"],
      ["streams-alarms-0", "email", "a@example.com"],
      ["streams-alarms-1", "email", "b@example.com"],
    ]);
    for (const { name, inputs } of subscriptions) {
      expect(withoutDigests(inputs.topic as string)).to.match(new RegExp(`:${name.replace(/-\d$/, "")}$`));
    }
  });

  it("throttles the API, and keeps logs and events, as it is told", () => {
    expect(recording.only(":Stage", "streams-api").inputs.defaultRouteSettings).to.include({
      throttlingBurstLimit: 5,
      throttlingRateLimit: 2,
    });
    for (const { name, inputs } of recording.ofType(":LogGroup")) {
      expect(inputs.retentionInDays, name).to.equal(7);
    }
    expect(recording.only(":EventArchive", "streams-events").inputs.retentionDays).to.equal(0);
  });

  it("has the teardown wait after COMPLETE, and a new request end that", () => {
    expect(states(recording, "StreamTeardown")).to.include.keys("DecideGrace", "RecordGrace", "WaitForGrace");
    expect(variables(recording, "validate-provision-request").TEARDOWN_STATE_MACHINE_ARN).to.match(
      /:stateMachine:streams-StreamTeardown/,
    );
    const granted = statementsOf(recording, "streams-validate-provision-request").flatMap(
      ({ Action }) => Action,
    );
    expect(granted).to.include.members(["dynamodb:UpdateItem", "states:StartExecution"]);
  });

  it("gives the playback settings to the workflow", () => {
    const { attempt } = deploymentSettingsOf(recording);
    expect(attempt.distributionId).to.equal("E1");
    expect(attempt.behavior).to.deep.include({
      CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ["group-1"] },
    });
  });

  it("starts a channel as long before its stream as it is told", () => {
    const { ValidateProvisionRequest, LeaseHeldChannel } = states(recording, "StreamLifecycleOrchestrator");
    for (const state of [ValidateProvisionRequest, LeaseHeldChannel]) {
      expect(state?.Arguments.Payload).to.include({ leadTimeMinutes: 30 });
    }
  });

  it("refuses a stream for which the distribution has no place by the quotas that it is told", () => {
    expect(deploymentSettingsOf(recording).attempt).to.include({ cacheBehaviorQuota: 100, originQuota: 150 });
  });

  it("ends streams after as many hours as it is told, by the schedule and by the sweep", () => {
    expect(deploymentSettingsOf(recording).attempt.maxLiveHours).to.equal(6);
    expect(variables(recording, "sweep-streams").MAX_LIVE_HOURS).to.equal("6");
  });

  it("sweeps as often as it is told, and stops the channels that no stream has", () => {
    const { scheduleExpression } = recording.only(":Schedule", "streams-StreamSweep-schedule").inputs;
    expect(scheduleExpression).to.equal("rate(60 minutes)");
    expect(JSON.stringify(states(recording, "StreamSweep"))).to.contain("medialive:stopChannel");
  });

  it("keeps ingest endpoints out of the event, whoever announces the request", () => {
    const { EmitProvisionRequestedEvent } = states(recording, "StreamLifecycleOrchestrator");
    expect(EmitProvisionRequestedEvent?.Arguments.Entries).to.contain('$member != "ingestEndpoints"');
    for (const handler of ["recover-execution", "sweep-streams"]) {
      expect(variables(recording, handler).INCLUDE_INGEST_ENDPOINTS, handler).to.equal("false");
    }
  });

  it("takes confirmations by event from the principals given, besides its own roles", () => {
    const { policy } = recording.only(":EventBusPolicy", "streams-events").inputs;
    const principals = JSON.parse(policy).Statement[0].Condition.ArnNotLike["aws:PrincipalArn"] as string[];
    expect(principals).to.have.length(9);
    expect(principals.at(-1)).to.equal("arn:aws:iam::123456789012:role/encoder-watch");
  });

  it("tags every resource that takes tags", () => {
    const taggable =
      /:(Api|Stage|EventBus|EventRule|LogGroup|Table|Role|Function|StateMachine|ScheduleGroup|MetricAlarm|Topic|Queue|SecurityGroup|VpcEndpoint|Vpc)$/;
    const custom = recording.registrations.filter(
      ({ type }) => taggable.test(type) && !/^stream-orchestration:|^aws:cloudfront\/function:/.test(type),
    );
    expect(new Set(custom.map(({ type }) => type)).size).to.equal(16);
    for (const { type, name, inputs } of custom) {
      expect(inputs.tags, `${type} ${name}`).to.deep.equal({ team: "video" });
    }
  });
});

describe("A StreamOrchestration whose streams may be live for any number of hours", () => {
  it("has the sweep end those alone that have an endTime", async () => {
    const recording = await recordOrchestration({ maxLiveHours: 0 });
    expect(variables(recording, "sweep-streams").MAX_LIVE_HOURS).to.equal("0");
  });
});

describe("A StreamOrchestration with its defaults", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });

  it("starts channels at once", () => {
    const { ValidateProvisionRequest } = states(recording, "StreamLifecycleOrchestrator");
    expect(ValidateProvisionRequest?.Arguments.Payload).to.include({ leadTimeMinutes: null });
  });

  it("counts on CloudFront's own quotas of behaviours and origins", () => {
    expect(deploymentSettingsOf(recording).attempt).to.include({ cacheBehaviorQuota: 75, originQuota: 100 });
  });

  it("ends streams after twelve hours, and stops no channel that others started", () => {
    expect(deploymentSettingsOf(recording).attempt.maxLiveHours).to.equal(12);
    expect(JSON.stringify(states(recording, "StreamSweep"))).to.not.contain("StopUnownedChannel");
  });
});

describe("A StreamOrchestration with a key", () => {
  const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  let recording: Recording;
  before(async () => {
    recording = await record(() => {
      const orchestration = new StreamOrchestration("streams", {
        ...leastArgs,
        onCall: { emails: ["a@example.com"] },
        encryptionKeyArn: key,
      });
      orchestration.onLifecycleProgressed("notify", async () => undefined);
    });
  });

  /** Where each type that stores something names its key. */
  const keyOf: { readonly [type: string]: (inputs: Inputs) => unknown } = {
    "aws:cloudwatch/eventArchive:EventArchive": ({ kmsKeyIdentifier }) => kmsKeyIdentifier,
    "aws:cloudwatch/eventBus:EventBus": ({ kmsKeyIdentifier }) => kmsKeyIdentifier,
    "aws:cloudwatch/logGroup:LogGroup": ({ kmsKeyId }) => kmsKeyId,
    "aws:dynamodb/table:Table": ({ serverSideEncryption }) => serverSideEncryption.kmsKeyArn,
    "aws:lambda/function:Function": ({ kmsKeyArn }) => kmsKeyArn,
    "aws:scheduler/schedule:Schedule": ({ kmsKeyArn }) => kmsKeyArn,
    "aws:sfn/stateMachine:StateMachine": ({ encryptionConfiguration }) => encryptionConfiguration.kmsKeyId,
    "aws:sns/topic:Topic": ({ kmsMasterKeyId }) => kmsMasterKeyId,
    "aws:sqs/queue:Queue": ({ kmsMasterKeyId }) => kmsMasterKeyId,
  };
  /**
   * What stores nothing: it joins others, lets somebody do something, or is stored in another (an item in its table). CloudFront's function
   * is public code, its policies are settings.
   */
  const storesNothing =
    /:(Api|Dashboard|EventBusPolicy|EventRule|EventTarget|FunctionEventInvokeConfig|Integration|MetricAlarm|Permission|QueuePolicy|Role|RolePolicy|Route|ScheduleGroup|Stage|TableItem|TopicPolicy|TopicSubscription)$|^aws:cloudfront\/(function|cachePolicy):/;

  for (const [type, find] of Object.entries(keyOf)) {
    it(`stores under it what each ${type.replace(/^.*:/, "")} holds`, () => {
      const made = recording.ofType(type);
      expect(made).to.not.deep.equal([]);
      for (const { name, inputs } of made) expect(find(inputs), name).to.equal(key);
    });
  }

  it("stores nothing anywhere else", () => {
    const others = recording.registrations
      .filter(({ type, custom }) => custom && !(type in keyOf) && !storesNothing.test(type))
      .map(({ type }) => type);
    expect(others).to.deep.equal([]);
  });

  it("lets every role use it, and with nothing else of KMS", () => {
    const roles = recording.ofType(":Role").map(({ name }) => name);
    expect(roles).to.include("notify");
    for (const name of roles) {
      const [use, ...others] = statementsOf(recording, name).filter(({ Action }) =>
        /kms/.test(String(Action)),
      );
      expect(use, name).to.deep.equal({
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
        Resource: [key],
      });
      expect(others, name).to.deep.equal([]);
    }
  });

  it("keeps the events that it could not be used for", () => {
    const { deadLetterConfig } = recording.only("eventBus:EventBus", "streams-events").inputs;
    expect(deadLetterConfig.arn).to.match(/:streams-events-dead-letters-/);
  });

  it("has no second key beside it", () => {
    expect(recording.only(":Queue", "streams-events-dead-letters").inputs).to.not.have.property(
      "sqsManagedSseEnabled",
    );
    const { encryptionConfiguration } = recording.only(":StateMachine", "streams-StreamTeardown").inputs;
    expect(encryptionConfiguration).to.include({ type: "CUSTOMER_MANAGED_KMS_KEY" });
  });
});
