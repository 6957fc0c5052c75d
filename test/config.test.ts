import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { findArgumentIssues } from "../components/check-args";
import { readConfig } from "../config";
import { readStackConfiguration } from "../local/record/configuration";
import { resolved } from "./support/record";
import { root } from "./support/root";

const project = "stream-orchestration";

interface Declaration {
  type?: string;
  description?: string;
  default?: unknown;
}
const declared = (
  parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as { config: Record<string, Declaration> }
).config;
const ownKeys = Object.keys(declared).filter((key) => !key.includes(":"));

/** Reads the local stack's configuration with some values on top. */
async function readWith(overrides: Record<string, string> = {}) {
  const { config } = readStackConfiguration(join(root, "index.ts"), "local", overrides);
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    project,
    "dev",
  );
  pulumi.runtime.setAllConfig({ ...config });
  return readConfig();
}

async function problemsOf(overrides: Record<string, string>): Promise<string[]> {
  try {
    await readWith(overrides);
  } catch (error) {
    expect(error).to.be.instanceOf(pulumi.RunError);
    return (error as Error).message.split("\n");
  }
  return [];
}

describe("The stack's configuration", () => {
  after(() => pulumi.runtime.setAllConfig({}));

  it("makes valid arguments of the defaults and the local stack", async () => {
    const args = await readWith();
    expect(args).to.deep.equal({
      encoder: { channels: [{ channelId: "1234567" }], stopUnowned: false },
      playback: {
        update: "stream",
        distributionId: "E2QWRUHAPOMQZL",
        cacheBehaviorQuota: 75,
        graceMinutes: 0,
        originQuota: 100,
      },
      readiness: { mode: "manual", timeoutSeconds: 840, requireRunning: false },
      health: { onChannelLost: "fail", alertMinutes: 5, noInputMinutes: 0 },
      observability: { dashboard: true, alarms: "all" },
      confirmationTimeoutSeconds: 900,
      maxLiveHours: 12,
      sweepIntervalMinutes: 10,
      events: {
        includeIngestEndpoints: true,
        confirmationPrincipals: ["arn:aws:iam::*:*"],
        schemaRegistry: false,
      },
      auth: {},
      onCall: {},
      throttle: { burstLimit: 50, rateLimit: 25 },
      logRetentionDays: 3,
      archiveRetentionDays: 3,
      protect: false,
      tracing: false,
    });
    expect(findArgumentIssues(args)).to.deep.equal([]);
  });

  it("takes every key", async () => {
    const { playback, ...args } = await readWith({
      channelIds: "1, 2,",
      originDomainNames: "a.example.com,b.example.com",
      originPaths: "/a, /b",
      originAccessControlIds: "EA,EB",
      drainingChannelIds: "2",
      channelInputs: "none, RTMP_PULL:7+SRT_LISTENER:8",
      leadTimeMinutes: "30",
      stopUnowned: "true",
      distributionId: "E1",
      formerDistributionIds: "E2, E3",
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
      originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",
      responseHeadersPolicyId: "60669652-455b-4ae9-85a4-c4c02393f86c",
      originAccessControlId: "EC",
      originHeaders: "x-origin-verify=c2VjcmV0=, x-team = video",
      webAclArn: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/streams/1",
      trustedKeyGroupIds: "group-1,group-2",
      playbackDomainName: "live.example.com",
      manifests: "hls=HLS:index.m3u8, dash=DASH:a/index.mpd",
      cacheBehaviorQuota: "100",
      graceMinutes: "30",
      originQuota: "150",
      readinessMode: "manual",
      readinessTimeoutSeconds: "60",
      requireRunning: "true",
      onChannelLost: "restart",
      alertMinutes: "0",
      noInputMinutes: "30",
      dashboard: "false",
      alarms: "guards",
      confirmationTimeoutSeconds: "60",
      maxLiveHours: "0",
      sweepIntervalMinutes: "60",
      includeIngestEndpoints: "false",
      schemaRegistry: "true",
      confirmationPrincipals: "arn:aws:iam::123456789012:role/encoder, arn:aws:iam::123456789012:user/ops",
      jwtIssuer: "https://issuer.example.com",
      jwtAudiences: "portal",
      jwtIngestScope: "streams/keys",
      eventBusName: "team-events",
      onCallTopicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
      onCallEmails: "a@example.com , b@example.com",
      apiDomainName: "streams.example.com",
      apiCertificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
      throttleBurstLimit: "5",
      throttleRateLimit: "2",
      corsAllowOrigins: "https://portal.example.com",
      corsAllowHeaders: "X-Team, x-trace",
      network: "existing",
      vpcId: "vpc-1",
      subnetIds: "subnet-1,subnet-2",
      logRetentionDays: "0",
      archiveRetentionDays: "0",
      encryptionKeyArn: " arn:aws:kms:eu-west-1:123456789012:key/1 ",
      protect: "true",
      tracing: "true",
      tags: "team=live, cost-center = a=b ,env=",
    });
    const { originHeaders: given, ...otherPlayback } = playback;
    const originHeaders = pulumi.output(given) as pulumi.Output<unknown>;
    expect(await pulumi.isSecret(originHeaders)).to.equal(true);
    expect(await resolved(originHeaders)).to.deep.equal({
      "x-origin-verify": "c2VjcmV0=",
      "x-team": "video",
    });
    expect({ ...args, playback: otherPlayback }).to.deep.equal({
      encoder: {
        channels: [
          {
            channelId: "1",
            originDomainName: "a.example.com",
            originPath: "/a",
            originAccessControlId: "EA",
          },
          {
            channelId: "2",
            originDomainName: "b.example.com",
            originPath: "/b",
            originAccessControlId: "EB",
            draining: true,
            inputs: [
              { type: "RTMP_PULL", inputId: "7" },
              { type: "SRT_LISTENER", inputId: "8" },
            ],
          },
        ],
        leadTimeMinutes: 30,
        stopUnowned: true,
      },
      playback: {
        update: "stream",
        distributionId: "E1",
        formerDistributionIds: ["E2", "E3"],
        cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",
        responseHeadersPolicyId: "60669652-455b-4ae9-85a4-c4c02393f86c",
        originAccessControlId: "EC",
        webAclArn: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/streams/1",
        trustedKeyGroupIds: ["group-1", "group-2"],
        domainName: "live.example.com",
        manifests: [
          { name: "hls", format: "HLS", path: "index.m3u8" },
          { name: "dash", format: "DASH", path: "a/index.mpd" },
        ],
        cacheBehaviorQuota: 100,
        graceMinutes: 30,
        originQuota: 150,
      },
      readiness: { mode: "manual", timeoutSeconds: 60, requireRunning: true },
      health: { onChannelLost: "restart", alertMinutes: 0, noInputMinutes: 30 },
      confirmationTimeoutSeconds: 60,
      maxLiveHours: 0,
      observability: { dashboard: false, alarms: "guards" },
      sweepIntervalMinutes: 60,
      events: {
        busName: "team-events",
        includeIngestEndpoints: false,
        confirmationPrincipals: [
          "arn:aws:iam::123456789012:role/encoder",
          "arn:aws:iam::123456789012:user/ops",
        ],
        schemaRegistry: true,
      },
      auth: {
        jwt: { issuer: "https://issuer.example.com", audiences: ["portal"], ingestScope: "streams/keys" },
      },
      onCall: {
        topicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
        emails: ["a@example.com", "b@example.com"],
      },
      api: {
        domain: {
          name: "streams.example.com",
          certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
        },
      },
      throttle: { burstLimit: 5, rateLimit: 2 },
      cors: { allowOrigins: ["https://portal.example.com"], allowHeaders: ["X-Team", "x-trace"] },
      network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
      logRetentionDays: 0,
      archiveRetentionDays: 0,
      encryptionKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1",
      protect: true,
      tracing: true,
      tags: { team: "live", "cost-center": "a=b", env: "" },
    });
    expect((await readWith({ network: "create" })).network).to.deep.equal({ create: true });
  });

  it("leaves to an API, tables and a log group of the team's own what Pulumi.yaml has defaults for", async () => {
    const tables = { attemptsTableName: "team-attempts", leasesTableName: "team-leases" };
    const args = await readWith({ apiId: "a1b2c3d4e5", logGroupName: "/aws/vendedlogs/team", ...tables });
    expect(args).to.deep.include({ api: { id: "a1b2c3d4e5" }, logGroupName: "/aws/vendedlogs/team" });
    expect(args).to.deep.include({ tables: { attemptsName: "team-attempts", leasesName: "team-leases" } });
    expect(args).to.not.have.any.keys("throttle", "logRetentionDays", "protect");
    expect((await problemsOf({ attemptsTableName: "team-attempts" })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:leasesTableName is required.",
    ]);
  });

  it("refuses tags without a value, with a key twice, or with one that AWS keeps for itself", async () => {
    for (const tags of ["team", "team=a,team=b", "aws:team=a"]) {
      expect((await problemsOf({ tags })).join("\n"), tags).to.match(/stream-orchestration:tags must /);
    }
  });

  it("lets nobody but the program confirm streams by an event, where the stack names nobody", async () => {
    const { events } = await readWith({ confirmationPrincipals: "" });
    expect(events).to.deep.equal({ includeIngestEndpoints: true, schemaRegistry: false });
  });

  it("holds no stream where the lead time is empty, and holds it to its very start where it is 0", async () => {
    expect((await readWith({ leadTimeMinutes: "" })).encoder).to.not.have.property("leadTimeMinutes");
    expect((await readWith({ leadTimeMinutes: "0" })).encoder).to.have.property("leadTimeMinutes", 0);
  });

  it("is refused with every wrong key in one message", async () => {
    const [head, ...problems] = await problemsOf({
      channelIds: "one,two",
      originDomainNames: "https://a.example.com",
      leadTimeMinutes: "half an hour",
      stopUnowned: "yes",
      distributionId: "nothing",
      cacheBehaviorQuota: "0",
      graceMinutes: "1441",
      confirmationTimeoutSeconds: "15m",
      maxLiveHours: "12h",
      sweepIntervalMinutes: "5",
      dashboard: "no",
      alarms: "none",
      includeIngestEndpoints: "no",
      confirmationPrincipals: "encoder",
      jwtAudiences: "portal",
      jwtIngestScope: "two scopes",
      manifests: "hls=HLS:/index.m3u8,hls=SMOOTH:../a,x",
      onCallEmails: "nobody",
      throttleBurstLimit: "0",
      throttleRateLimit: "1e3",
      corsAllowOrigins: "portal.example.com",
      network: "existing",
      vpcId: "vpc",
      subnetIds: "subnet-1,net-2",
      logRetentionDays: "31",
      archiveRetentionDays: "-1",
      encryptionKeyArn: "alias/streams",
      protect: "yes",
      tracing: "active",
      corsAllowHeaders: "x team",
      chanelIds: "1",
    });
    const keys = problems.flatMap((line) => /^ {2}- stream-orchestration:(\w+) \S/.exec(line)?.[1] ?? []);
    expect(head).to.equal("The configuration of stack 'dev' has 39 problems:");
    expect(keys).to.have.members([
      "originDomainNames",
      "channelIds",
      "originDomainNames",
      "channelIds",
      "leadTimeMinutes",
      "stopUnowned",
      "distributionId",
      "cacheBehaviorQuota",
      "graceMinutes",
      "confirmationTimeoutSeconds",
      "maxLiveHours",
      "sweepIntervalMinutes",
      "dashboard",
      "alarms",
      "includeIngestEndpoints",
      "confirmationPrincipals",
      "jwtIssuer",
      "jwtIngestScope",
      ...Array.from({ length: 7 }, () => "manifests"),
      "playbackDomainName",
      "onCallEmails",
      "throttleBurstLimit",
      "throttleRateLimit",
      "corsAllowOrigins",
      "vpcId",
      "subnetIds",
      "logRetentionDays",
      "archiveRetentionDays",
      "encryptionKeyArn",
      "protect",
      "tracing",
      "corsAllowHeaders",
      "chanelIds",
    ]);
    expect(problems.at(-1)).to.match(/^Set a key with 'pulumi config set KEY VALUE --stack dev'/);
  });

  it("refuses headers of origins without telling their values", async () => {
    for (const originHeaders of [
      "x-verify",
      "x-verify=s3cret,x-verify=s3cret",
      "via=s3cret",
      "=s3cret",
      "x y=s3cret",
    ]) {
      const problems = await problemsOf({ originHeaders });
      expect(problems, originHeaders).to.have.lengthOf(3);
      expect(problems[1]).to.include("stream-orchestration:originHeaders must");
      expect(problems.join()).to.not.include("s3cret");
    }
  });

  it("takes targets of notifications as JSON, and tells no secret of one that is wrong", async () => {
    const pager = { type: "pagerduty", name: "pager", routingKey: "s3cret" };
    expect((await readWith({ notify: JSON.stringify([pager]) })).notify).to.deep.equal([pager]);
    expect((await problemsOf({ notify: '[{"routingKey": "s3cret"' })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:notify must be a list of targets in JSON, received a text that is none.",
    ]);
    const wrong = { ...pager, type: "pager" };
    expect(
      (await problemsOf({ notify: JSON.stringify([wrong, { ...pager, name: "" }]) })).slice(1, -1),
    ).to.deep.equal([
      '  - stream-orchestration:notify[0].type must be one of webhook, pagerduty, slack, teams, received "pager".',
      '  - stream-orchestration:notify[1].name must have 1 to 20 lower-case letters, digits and hyphens, and begin with a letter, received "".',
    ]);
    expect((await problemsOf({ notify: "{}" })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:notify must be an array, received an object.",
    ]);
  });

  it("has inputs for each channel, as TYPE:id", async () => {
    expect(
      (await problemsOf({ channelIds: "1,2", channelInputs: "RTMP_PUSH:7" })).slice(1, -1),
    ).to.deep.equal([
      "  - stream-orchestration:channelInputs must have one list of inputs for each of the 2 channelIds, received 1.",
    ]);
    const problems = await problemsOf({ channelIds: "1", channelInputs: "RTMP:7+SRT_CALLER" });
    expect(problems.slice(1, -1)).to.deep.equal([
      '  - stream-orchestration:channelInputs must be one of RTMP_PUSH, RTMP_PULL, SRT_LISTENER, SRT_CALLER, received "RTMP".',
      "  - stream-orchestration:channelInputs is required.",
    ]);
  });

  it("drains channels that it has, and at least one less than all", async () => {
    expect((await problemsOf({ channelIds: "1,2", drainingChannelIds: "2,3" })).slice(1, -1)).to.deep.equal([
      `  - stream-orchestration:drainingChannelIds must have ids of channelIds alone, which keep the channel's settings, received "3".`,
    ]);
    expect((await problemsOf({ channelIds: "1,2", drainingChannelIds: "2,1" })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:channelIds must have at least 1 channel that is not draining, received draining channels alone.",
    ]);
    const distributions = { distributionId: "E1", formerDistributionIds: "E1" };
    expect((await problemsOf(distributions)).slice(1, -1)).to.deep.equal([
      '  - stream-orchestration:formerDistributionIds must not have playback.distributionId, which gets the new streams, received "E1".',
    ]);
  });

  it("says which keys have to be set", async () => {
    expect((await problemsOf({ channelIds: "", distributionId: " " })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:channelIds must have at least 1 element, received none.",
      "  - stream-orchestration:distributionId is required.",
    ]);
    expect((await problemsOf({ network: "existing" })).slice(1, -1)).to.deep.equal([
      "  - stream-orchestration:vpcId is required.",
      "  - stream-orchestration:subnetIds is required.",
    ]);
    expect((await problemsOf({ network: "vpc" })).slice(1, -1)).to.deep.equal([
      '  - stream-orchestration:network must be one of none, create, existing, received "vpc".',
    ]);
  });

  it("never reads a key that Pulumi.yaml does not declare, and declares none that is never read", async () => {
    const read = new Set<string>();
    const { get } = pulumi.Config.prototype;
    pulumi.Config.prototype.get = function (this: pulumi.Config, key: string) {
      read.add(key);
      return get.call(this, key);
    } as typeof get;
    try {
      await readWith();
    } finally {
      pulumi.Config.prototype.get = get;
    }
    expect([...read].sort()).to.deep.equal([...ownKeys].sort());
  });

  it("names every unknown key, and which one may be meant", async () => {
    expect(
      (await problemsOf({ chanelIds: "1", maxLivehours: "0", colour: "red" })).slice(1, -1),
    ).to.deep.equal([
      '  - stream-orchestration:chanelIds is not a configuration key (did you mean "channelIds"?).',
      '  - stream-orchestration:maxLivehours is not a configuration key (did you mean "maxLiveHours"?).',
      "  - stream-orchestration:colour is not a configuration key.",
    ]);
  });

  it("leaves the keys of providers and of other programs alone", async () => {
    expect(await problemsOf({ "aws:profile": "video", "other:channelIds": "x" })).to.deep.equal([]);
  });

  for (const key of ownKeys) {
    it(`declares ${key} with a description and a default, and without a type, at which Pulumi would stop`, () => {
      const { type, description, default: fallback } = declared[key] ?? {};
      expect(type).to.equal(undefined);
      expect(description).to.match(/^[A-Z].*[.']$/s);
      expect(typeof fallback).to.be.oneOf(["string", "number", "boolean"]);
    });
  }
});
