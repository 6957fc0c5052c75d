import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { StreamOrchestration, tableSchemas } from "../../components";
import { findArgumentIssues } from "../../components/check-args";
import { arn } from "../support/arns";
import { record, resolved } from "../support/record";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

const topicArn = arn("sns", "team-on-call");

/** Records a program that makes its tables, that of the attempts with a schema. */
function recordTables(schema: aws.dynamodb.TableArgs) {
  return record(() => {
    const attempts = new aws.dynamodb.Table("team-attempts", schema);
    const leases = new aws.dynamodb.Table("team-leases", { ...tableSchemas.leases });
    const tables = { attemptsName: attempts.name, leasesName: leases.name };
    return new StreamOrchestration("streams", { ...leastArgs, tables });
  });
}

describe("Resources of a team's own", () => {
  const args = {
    events: { busName: "team-events" },
    onCall: { topicArn, emails: ["on-call@example.com"] },
    tables: { attemptsName: "team-attempts", leasesName: "team-leases" },
    logGroupName: "/aws/vendedlogs/team",
    api: { id: "a1b2c3d4e5" },
  };
  const recording = recordOrchestration(args);
  const isRead = (type: string) => async () => {
    const { registrations } = await recording;
    const made = registrations.filter((one) => one.type === type);
    expect(made.map(({ inputs }) => inputs)).to.deep.equal([{}]);
  };

  it("take the place of the bus that the component makes", isRead("aws:cloudwatch/eventBus:EventBus"));
  it("take the place of the API", isRead("aws:apigatewayv2/api:Api"));
  it("take the place of every log group", isRead("aws:cloudwatch/logGroup:LogGroup"));

  it("leave out the bus's policy and the API's stage, which are the team's", async () => {
    const made = (await recording).list();
    expect(made.filter((line) => /EventBusPolicy|apigatewayv2\/stage/.test(line))).to.deep.equal([]);
    const defaults = (await recordDefaults()).list();
    expect(defaults.filter((line) => /EventBusPolicy|apigatewayv2\/stage/.test(line))).to.have.lengthOf(2);
  });

  it("are the only ones of their kind that policies name", async () => {
    const policies = (await recording).ofType(":RolePolicy").map(({ inputs }) => String(inputs.policy));
    const named = new Set(
      policies.flatMap((text) => text.match(/arn:aws:(dynamodb|events|sns|logs):[^"]+/g) ?? []),
    );
    expect([...named].sort()).to.deep.equal([
      arn("dynamodb", "table/team-attempts"),
      ...["byRequest", "byStatus", "byUnpublished"].map((index) =>
        arn("dynamodb", `table/team-attempts/index/${index}`),
      ),
      arn("dynamodb", "table/team-leases"),
      arn("events", "event-bus/team-events"),
      `${arn("logs", "log-group:/aws/vendedlogs/team")}:*`,
      topicArn,
    ]);
  });

  it("get the component's rules, routes, archive and subscriptions", async () => {
    const made = await recording;
    const buses = made.ofType(":EventRule").map(({ inputs }) => inputs.eventBusName);
    expect(new Set(buses)).to.deep.equal(new Set(["team-events", undefined]));
    expect(made.only(":EventArchive", "streams-events").inputs.eventSourceArn).to.equal(
      arn("events", "event-bus/team-events"),
    );
    for (const { inputs } of made.ofType(":Route")) expect(inputs.apiId).to.equal("a1b2c3d4e5");
    expect(made.only(":TopicSubscription", "streams-on-call-0").inputs.topic).to.equal(topicArn);
    for (const { name, inputs } of made.ofType("lambda/function:Function")) {
      expect(inputs.loggingConfig.logGroup, name).to.equal("/aws/vendedlogs/team");
    }
    for (const { name, inputs } of made.ofType(":StateMachine")) {
      const destination = `${arn("logs", "log-group:/aws/vendedlogs/team")}:*`;
      expect(inputs.loggingConfiguration.logDestination, name).to.equal(destination);
    }
  });

  it("have the component tell the policy that their bus needs", async () => {
    const { result } = await recording;
    const { Statement } = JSON.parse(await resolved(result.eventBusPolicyJson));
    expect(Statement).to.have.lengthOf(1);
    expect(Statement[0]).to.include({ Effect: "Deny", Resource: arn("events", "event-bus/team-events") });
    const defaults = await recordDefaults();
    expect(await resolved(defaults.result.eventBusPolicyJson)).to.equal(
      defaults.only(":EventBusPolicy", "streams-events").inputs.policy,
    );
  });

  it("may be made by the same program: in its first preview their names are unknown", async () => {
    const preview = await record(
      () => {
        const bus = new aws.cloudwatch.EventBus("team");
        return new StreamOrchestration("streams", { ...leastArgs, events: { busName: bus.name } });
      },
      { preview: true },
    );
    expect(preview.ofType(":EventRule")).to.have.length.above(2);
  });

  it("may be tables that the same program makes of the schemas", async () => {
    const { result } = await recordTables(tableSchemas.attempts);
    expect(await resolved(result.tableName)).to.match(/^team-attempts-/);
  });

  it("are refused where a table has another key, or lacks an index or its attributes", async () => {
    const { globalSecondaryIndexes: indexes = [], ...keys } = tableSchemas.attempts;
    const failure = async (schema: aws.dynamodb.TableArgs) =>
      recordTables(schema).then(
        () => "none",
        (error: Error) => error.message.replace(/team-attempts-\w+/g, "team-attempts"),
      );
    expect(await failure(keys)).to.equal(
      [
        ...["byStatus", "byUnpublished", "byRequest"].map(
          (index) =>
            `tables.attemptsName is "team-attempts", which does not fit: it must have the index ${index}, received none of that name.`,
        ),
        "docs/own-resources.md has what a table needs.",
      ].join("\n"),
    );
    const attributes = [{ name: "streamId", type: "S" }];
    expect(await failure({ hashKey: "streamId", attributes, globalSecondaryIndexes: indexes })).to.include(
      "its key must be streamId (S) and attempt (N), received streamId (S).",
    );
    const narrow = indexes.map((index) => ({ ...index, projectionType: "KEYS_ONLY" }));
    expect(await failure({ ...keys, globalSecondaryIndexes: narrow })).to.include(
      "its index byStatus must project ALL attributes, received KEYS_ONLY.",
    );
    const [byStatus, ...others] = indexes;
    const hashOnly = { ...byStatus, keySchemas: [{ attributeName: "status", keyType: "HASH" }] };
    expect(
      await failure({ ...keys, globalSecondaryIndexes: [hashOnly, ...others] as typeof indexes }),
    ).to.include(
      "the key of its index byStatus must be HASH status (S) and RANGE updatedAt (S), received HASH status (S).",
    );
  });

  it("may give the keys of an index by their deprecated names", async () => {
    const indexes = tableSchemas.attempts.globalSecondaryIndexes ?? [];
    const globalSecondaryIndexes = indexes.map(({ keySchemas: [hash, range], ...index }) => ({
      ...index,
      hashKey: hash?.attributeName,
      ...(range && { rangeKey: range.attributeName }),
    })) as aws.types.input.dynamodb.TableGlobalSecondaryIndex[];
    const { result } = await recordTables({ ...tableSchemas.attempts, globalSecondaryIndexes });
    expect(await resolved(result.tableName)).to.match(/^team-attempts-/);
  });

  it("are refused where they are none, or where an argument is about what the component would make", () => {
    const problems = (wrong: object) =>
      findArgumentIssues({ ...leastArgs, ...wrong }).map(({ path, problem }) => `${path} ${problem}`);
    expect(problems({ events: { busName: "default" } }).join()).to.match(
      /^events\.busName must be the name of an event bus/,
    );
    expect(problems({ onCall: { topicArn: `${topicArn}.fifo` } }).join()).to.match(
      /^onCall\.topicArn must be the ARN/,
    );
    expect(problems({ api: { id: "https://a1b2c3d4e5.execute-api" } }).join()).to.match(
      /^api\.id must be the id/,
    );
    expect(problems({ tables: { attemptsName: "team attempts" } })).to.deep.equal([
      'tables.attemptsName must be the name of a DynamoDB table, received "team attempts".',
      "tables.leasesName is required.",
    ]);
    expect(problems({ tables: { attemptsName: "team", leasesName: "team" } })).to.deep.equal([
      'tables.leasesName must be another table than the attempts\', received "team".',
    ]);
    expect(problems({ logGroupName: "team logs" }).join()).to.match(/^logGroupName must be the name/);
    expect(
      problems({
        ...args,
        protect: true,
        logRetentionDays: 30,
        cors: { allowOrigins: ["*"] },
        throttle: { burstLimit: 1, rateLimit: 1 },
      }),
    ).to.deep.equal([
      "cors must be left out where api.id is given, which keeps its own settings.",
      "throttle must be left out where api.id is given, which keeps its own settings.",
      "logRetentionDays must be left out where logGroupName is given, which keeps its own settings.",
      "protect must be left out where tables is given, which keeps its own settings.",
    ]);
  });
});

describe("A domain name of the API", () => {
  const domain = { name: "streams.example.com", certificateArn: arn("acm", "certificate/1") };

  it("leads to the API's stage, once that is there, and tells what its DNS record has to point at", async () => {
    const recording = await recordOrchestration({ api: { domain } });
    expect(recording.only(":DomainName", "streams-api").inputs).to.deep.equal({
      domainName: "streams.example.com",
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      tags: {},
    });
    const mapping = recording.only(":ApiMapping", "streams-api");
    expect(mapping.inputs).to.deep.equal({
      apiId: recording.ofType(":Route")[0]?.inputs.apiId,
      domainName: "streams.example.com",
      stage: "$default",
    });
    expect(mapping.options.dependencies.join()).to.include("stage:Stage::streams-api");
    const { url, targetDomainName, hostedZoneId } = await resolved(recording.result.apiDomain);
    expect(url).to.equal("https://streams.example.com");
    expect(targetDomainName).to.match(/^d-\w+\.execute-api\.eu-west-1\.amazonaws\.com$/);
    expect(hostedZoneId).to.match(/^Z\w+$/);
  });

  it("goes with an API of the team's own", async () => {
    const recording = await recordOrchestration({ api: { id: "a1b2c3d4e5", domain } });
    expect(recording.only(":ApiMapping", "streams-api").inputs.apiId).to.equal("a1b2c3d4e5");
  });

  it("needs a certificate", () => {
    const issues = findArgumentIssues({
      ...leastArgs,
      api: { domain: { name: "https://streams.example.com" } },
    });
    expect(issues.map(({ path }) => path)).to.deep.equal(["api.domain.name", "api.domain.certificateArn"]);
  });
});

describe("The nodes of a StreamOrchestration", () => {
  it("are its resources, and no outputs", async () => {
    const { result, registrations } = await recordOrchestration({ readiness: { requireRunning: true } });
    const { stateMachines, functions, ...others } = result.nodes;
    const names = await Promise.all(
      [...Object.values(others), ...Object.values(stateMachines), ...Object.values(functions)].map(
        ({ urn }) => resolved(urn).then((urn) => urn.split("::").at(-1)),
      ),
    );
    expect(names).to.include.members([
      "streams-api",
      "streams-attempts",
      "streams-events-dead-letters",
      "streams-StreamReadiness",
    ]);
    const lambdas = registrations.filter(({ type }) => type === "aws:lambda/function:Function");
    expect(Object.keys(functions).sort()).to.deep.equal(
      lambdas.map(({ name }) => name.replace("streams-", "")).sort(),
    );
    expect(stateMachines).to.have.all.keys(
      ...["StreamLifecycleOrchestrator", "StreamTeardown", "StreamSweep", "StreamHealth", "StreamReadiness"],
    );
    expect(Object.keys(result)).to.not.include("nodes");
  });

  it("have a state machine for the readiness with `readiness` alone, and one for webhooks with a signed one", async () => {
    const { result } = await recordDefaults();
    expect(result.nodes.stateMachines).to.not.have.any.keys("StreamReadiness", "StreamWebhooks");
    const auth = { hmac: { secret: `whsec_${"A".repeat(32)}` } };
    const notify = [{ type: "webhook" as const, name: "ops", url: "https://ops.example.com", auth }];
    const signed = await recordOrchestration({ notify });
    expect(signed.result.nodes.stateMachines).to.have.property("StreamWebhooks");
  });
});
