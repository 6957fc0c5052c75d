import { expect } from "chai";
import type { Recording } from "../support/record";
import { recordOrchestration } from "../support/stream-orchestration";

describe("A StreamOrchestration with every option", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordOrchestration({
      playback: {
        distributionId: "E1",
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        trustedKeyGroupIds: ["group-1"],
      },
      auth: { jwt: { issuer: "https://issuer.example.com", audiences: ["portal", "tools"] } },
      onCall: { emails: ["a@example.com", "b@example.com"] },
      throttle: { burstLimit: 5, rateLimit: 2 },
      cors: { allowOrigins: ["https://portal.example.com"] },
      network: { create: true },
      logRetentionDays: 7,
      archiveRetentionDays: 0,
      protect: false,
      tags: { team: "video" },
    });
  });

  it("lets its tables be deleted when it is told not to protect them", () => {
    for (const { name, inputs } of recording.ofType(":Table")) {
      expect(inputs.deletionProtectionEnabled, name).to.equal(false);
    }
  });

  it("lets browsers of the given origins in, whose preflights no route keeps from API Gateway", () => {
    expect(recording.only(":Api", "streams-api").inputs.corsConfiguration).to.deep.equal({
      allowOrigins: ["https://portal.example.com"],
      allowMethods: ["GET", "POST", "PUT"],
      allowHeaders: ["authorization", "content-type", "x-amz-date", "x-amz-security-token"],
      maxAge: 600,
    });
    const routes = recording.ofType(":Route").map(({ inputs }) => inputs.routeKey as string);
    const methods = (path: string) =>
      routes.filter((key) => key.endsWith(` ${path}`)).map((key) => key.split(" ")[0]);
    // A route for ANY or OPTIONS would ask a preflight for credentials, which browsers never send with one.
    const all = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];
    expect(methods("/streams")).to.have.members(all);
    expect(methods("/health")).to.have.members(all);
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

  it("subscribes each on-call address by email", () => {
    const subscriptions = recording.ofType(":TopicSubscription");
    expect(
      subscriptions.map(({ name, inputs }) => [name, inputs.protocol, inputs.endpoint]),
    ).to.have.deep.members([
      ["streams-on-call-0", "email", "a@example.com"],
      ["streams-on-call-1", "email", "b@example.com"],
    ]);
    for (const { inputs } of subscriptions) expect(inputs.topic).to.match(/:streams-on-call-/);
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

  it("gives the playback settings to the workflow", () => {
    const { definition } = recording.only(":StateMachine", "streams-StreamLifecycleOrchestrator").inputs;
    const { Arguments } = JSON.parse(definition).States.ConfigurePlaybackEndpoints;
    expect(Arguments.Id).to.equal("E1");
    expect(Arguments.DistributionConfig).to.contain('"CachePolicyId":"658327ea-f89d-4fab-a63d-7e88639e58f6"');
    expect(Arguments.DistributionConfig).to.contain(
      '"TrustedKeyGroups":{"Enabled":true,"Quantity":1,"Items":["group-1"]}',
    );
  });

  it("tags every resource that takes tags", () => {
    const taggable =
      /:(Api|Stage|EventBus|EventRule|LogGroup|Table|Role|Function|StateMachine|Topic|Queue|SecurityGroup|VpcEndpoint|Vpc)$/;
    const custom = recording.registrations.filter(
      ({ type }) => taggable.test(type) && !/^stream-orchestration:|^aws:cloudfront\/function:/.test(type),
    );
    expect(new Set(custom.map(({ type }) => type)).size).to.equal(14);
    for (const { type, name, inputs } of custom) {
      expect(inputs.tags, `${type} ${name}`).to.deep.equal({ team: "video" });
    }
  });
});
