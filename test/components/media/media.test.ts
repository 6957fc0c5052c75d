import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../../components";
import { deploymentSettingsOf } from "../../support/deployment-settings";
import { type Recording, record, resolved } from "../../support/record";
import { allow, statementsOf } from "../../support/statements";
import { leastArgs, recordDefaults, recordOrchestration } from "../../support/stream-orchestration";

const group = "abcde.egress.xyz.mediapackagev2.eu-central-1.amazonaws.com";
const endpoint = { originDomainName: group, originPath: "/out/v1/live/one/hls" };
const accessControls = (recording: Recording) => recording.ofType(":OriginAccessControl");
/** What the settings of each channel change of its origin. */
const originsOf = (recording: Recording) =>
  Object.fromEntries(
    deploymentSettingsOf(recording).channels.map(({ channelId, origin }) => [channelId, origin]),
  );
const behaviorOf = (recording: Recording) => deploymentSettingsOf(recording).attempt.behavior;
const withChannels = (channels: StreamOrchestrationArgs["encoder"]["channels"]) =>
  recordOrchestration({ encoder: { channels } });

describe("The cache policy", () => {
  it("has the stream's id and MediaPackage's query strings in its key, and no cookies", async () => {
    const recording = await recordDefaults();
    const { inputs } = recording.only(":CachePolicy", "streams-playback");
    expect(inputs).to.deep.include({ minTtl: 0, defaultTtl: 5, maxTtl: 86_400 });
    expect(inputs.parametersInCacheKeyAndForwardedToOrigin).to.deep.equal({
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "whitelist", headers: { items: ["x-stream-id"] } },
      queryStringsConfig: {
        queryStringBehavior: "whitelist",
        queryStrings: {
          items: [
            ...["aws.manifestfilter", "aws.manifestsettings", "start", "end", "m"],
            ...["time_delay", "_HLS_msn", "_HLS_part", "_HLS_skip"],
          ],
        },
      },
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
    expect(inputs, "Pulumi names it, so that two stacks of an account do not collide").to.not.have.property(
      "name",
    );
  });

  it("is not made where the program names one, which the behaviours then have", async () => {
    const cachePolicyId = "658327ea-f89d-4fab-a63d-7e88639e58f6";
    const recording = await recordOrchestration({ playback: { distributionId: "E1", cachePolicyId } });
    expect(recording.ofType(":CachePolicy")).to.deep.equal([]);
    expect(behaviorOf(recording)).to.include({ CachePolicyId: cachePolicyId });
  });
});

describe("The origin access control", () => {
  it("is made for MediaPackage v2, signs always, and is used for those origins alone", async () => {
    const recording = await withChannels([
      { channelId: "1", ...endpoint },
      { channelId: "2", originDomainName: "origin.example.com" },
      { channelId: "3" },
    ]);
    const [control, ...others] = accessControls(recording);
    expect(others).to.deep.equal([]);
    expect(control?.name).to.equal("streams-playback");
    expect(control?.inputs).to.include({
      originAccessControlOriginType: "mediapackagev2",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const { "1": signed, ...unsigned } = originsOf(recording);
    expect(signed?.OriginAccessControlId).to.match(/^E[0-9A-F]{13}$/);
    expect(unsigned).to.deep.equal({ "2": {}, "3": {} });
  });

  it("is made for a domain without the middle part too", async () => {
    const originDomainName = "a1b2c3.egress.mediapackagev2.us-east-1.amazonaws.com";
    expect(
      accessControls(await withChannels([{ ...endpoint, channelId: "1", originDomainName }])),
    ).to.have.lengthOf(1);
  });

  const none: { readonly [what: string]: StreamOrchestrationArgs["encoder"]["channels"] } = {
    "no channel has a domain": [{ channelId: "1" }],
    "the domain is another's": [{ channelId: "1", originDomainName: "origin.example.com" }],
    "the domain is MediaPackage v1's": [
      { channelId: "1", originDomainName: "a1b2.mediapackage.eu-west-1.amazonaws.com" },
    ],
    "the domain only looks alike": [{ channelId: "1", originDomainName: `${group}.example.com` }],
    "the channel has its own": [{ channelId: "1", ...endpoint, originAccessControlId: "EOWN" }],
  };
  for (const [what, channels] of Object.entries(none)) {
    it(`is not made where ${what}`, async () => {
      expect(accessControls(await withChannels(channels))).to.deep.equal([]);
    });
  }

  it("of a channel stands before that for all", async () => {
    const recording = await recordOrchestration({
      encoder: {
        channels: [{ channelId: "1", ...endpoint, originAccessControlId: "EOWN" }, { channelId: "2" }],
      },
      playback: { distributionId: "E1", originAccessControlId: "EALL" },
    });
    expect(accessControls(recording)).to.deep.equal([]);
    expect(originsOf(recording)).to.deep.equal({
      "1": { OriginAccessControlId: "EOWN" },
      "2": { OriginAccessControlId: "EALL" },
    });
  });

  it("is the same in a preview where channels are known later, and is used if one turns out to need it", async () => {
    for (const channels of [
      pulumi.output([{ channelId: "1", ...endpoint }]),
      [pulumi.output({ channelId: "1", ...endpoint })],
      [{ channelId: "1", ...endpoint, originDomainName: Promise.resolve(group) }],
    ]) {
      const recording = await withChannels(channels);
      expect(accessControls(recording)).to.have.lengthOf(1);
      expect(originsOf(recording)["1"]).to.have.all.keys("OriginAccessControlId");
      const args = { ...leastArgs, encoder: { channels } };
      const preview = await record(() => new StreamOrchestration("streams", args), { preview: true });
      expect(preview.list()).to.deep.equal(recording.list());
    }
    const other = await withChannels(pulumi.output([{ channelId: "1", originDomainName: "a.example.com" }]));
    expect(originsOf(other)).to.deep.equal({ "1": {} });
  });
});

describe("A draining channel and a former distribution", () => {
  const channels = [
    { channelId: "1", draining: true, ...endpoint },
    { channelId: "2", originDomainName: "two.example.com" },
  ];
  const playback = { distributionId: "E1", formerDistributionIds: ["E2", "E3"] };
  const channel = (id: string) => `arn:aws:medialive:eu-west-1:123456789012:channel:${id}`;
  const distribution = (id: string) => `arn:aws:cloudfront::123456789012:distribution/${id}`;
  const started = () => recordOrchestration({ encoder: { channels }, playback });

  it("get no new stream, and may be stopped and updated all the same", async () => {
    const recording = await started();
    const all = [channel("1"), channel("2")];
    const update = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"];
    const orchestrator = statementsOf(recording, "streams-StreamLifecycleOrchestrator");
    expect(orchestrator).to.deep.include.members([
      // A stream that leased the channel a moment before may still start it.
      allow(["medialive:StartChannel", "medialive:StopChannel", "medialive:DescribeChannel"], all),
      allow(update, ["E1", "E2", "E3"].map(distribution)),
    ]);
    const teardown = statementsOf(recording, "streams-StreamTeardown");
    expect(teardown).to.deep.include.members([
      allow(["medialive:StopChannel", "medialive:DescribeChannel"], all),
      allow(update, ["E1", "E2", "E3"].map(distribution)),
    ]);
    const sweep = statementsOf(recording, "streams-StreamSweep");
    expect(sweep).to.deep.include.members([
      allow(["medialive:DescribeChannel", "medialive:StopChannel"], all),
      // It restores entries in the distribution of new streams alone, and removes those that came late from each.
      allow(update, ["E1", "E2", "E3"].map(distribution)),
    ]);
    const settings = deploymentSettingsOf(recording);
    expect(settings.attempt.distributionId).to.equal("E1");
    expect(settings.channels.map(({ channelId, draining }) => [channelId, draining])).to.deep.equal([
      ["1", true],
      ["2", undefined],
    ]);
  });

  it("may go on to fetch from MediaPackage v2", async () => {
    const { result } = await started();
    const { Statement } = JSON.parse(await resolved(result.endpointPolicyJson));
    expect(Statement[0].Condition.StringEquals["AWS:SourceArn"]).to.deep.equal(
      ["E1", "E2", "E3"].map(distribution),
    );
    expect(Statement[0].Resource).to.have.lengthOf(1);
  });
});

describe("The endpoint policy", () => {
  const policyOf = async (channels: StreamOrchestrationArgs["encoder"]["channels"]) => {
    const { result } = await withChannels(channels);
    return JSON.parse(await resolved(result.endpointPolicyJson)) as { Statement: { Resource: string[] }[] };
  };

  it("lets the distribution read the endpoint that the channel's path names, and nobody else", async () => {
    expect(await policyOf([{ channelId: "1", ...endpoint }])).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AllowCloudFrontServicePrincipal",
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: ["mediapackagev2:GetObject"],
          Resource: [
            "arn:aws:mediapackagev2:eu-central-1:123456789012:channelGroup/live/channel/one/originEndpoint/hls",
          ],
          Condition: {
            StringEquals: {
              "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E2QWRUHAPOMQZL",
            },
          },
        },
      ],
    });
  });

  it("has words to fill in where the program does not know the endpoint", async () => {
    expect((await policyOf([{ channelId: "1" }])).Statement[0]?.Resource).to.deep.equal([
      "arn:aws:mediapackagev2:eu-west-1:123456789012:channelGroup/CHANNEL_GROUP/channel/CHANNEL/originEndpoint/ENDPOINT",
    ]);
  });
});

describe("What CloudFront gets for each stream", () => {
  it("has the policies that the program names", async () => {
    const originRequestPolicyId = "216adef6-5c7f-47e4-b989-5492eafa07d3";
    const responseHeadersPolicyId = "60669652-455b-4ae9-85a4-c4c02393f86c";
    const playback = { distributionId: "E1", originRequestPolicyId, responseHeadersPolicyId };
    expect(behaviorOf(await recordOrchestration({ playback }))).to.include({
      OriginRequestPolicyId: originRequestPolicyId,
      ResponseHeadersPolicyId: responseHeadersPolicyId,
    });
    expect(behaviorOf(await recordDefaults())).to.not.have.any.keys(
      "OriginRequestPolicyId",
      "ResponseHeadersPolicyId",
    );
  });

  it("may be read together with its web ACL by the workflows that update the distribution", async () => {
    const webAclArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/streams/1";
    const recording = await recordOrchestration({ playback: { distributionId: "E1", webAclArn } });
    for (const machine of ["StreamLifecycleOrchestrator", "StreamTeardown"]) {
      expect(statementsOf(recording, `streams-${machine}`), machine).to.deep.include({
        Effect: "Allow",
        Action: ["wafv2:GetWebACL"],
        Resource: [webAclArn],
      });
    }
    const { policy } = (await recordDefaults()).only(":RolePolicy", "streams-StreamTeardown").inputs;
    expect(String(policy)).to.not.include("wafv2");
  });

  it("has the headers of all origins, or the channel's own, as secrets that no policy and no other workflow sees", async () => {
    const recording = await recordOrchestration({
      encoder: {
        channels: [{ channelId: "1", originHeaders: { "x-own": "s3cret-own" } }, { channelId: "2" }],
      },
      playback: { distributionId: "E1", originHeaders: { "x-origin-verify": pulumi.secret("s3cret-all") } },
    });
    const { item } = recording.only(":TableItem", "streams-settings").inputs;
    expect(pulumi.runtime.isRpcSecret(item), "Pulumi keeps the item as a secret").to.equal(true);
    const headers = (HeaderName: string, HeaderValue: string) => ({
      CustomHeaders: { Quantity: 1, Items: [{ HeaderName, HeaderValue }] },
    });
    expect(originsOf(recording)).to.deep.equal({
      "1": headers("x-own", "s3cret-own"),
      "2": headers("x-origin-verify", "s3cret-all"),
    });
    for (const { type, name, inputs } of recording.registrations) {
      // The sweep restores an entry with the same headers.
      const isSecret = name.endsWith("-StreamSweep") && pulumi.runtime.isRpcSecret(inputs.definition);
      if (inputs.item === item || isSecret) continue;
      expect(JSON.stringify(inputs), `${type} ${name}`).to.not.include("s3cret");
      if (type.endsWith(":RolePolicy")) expect(inputs.policy, name).to.be.a("string");
    }
  });
});
