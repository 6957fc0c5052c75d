import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import { findArgumentIssues } from "../../components/check-args";
import { deploymentSettingsOf } from "../support/deployment-settings";
import { Recording, record } from "../support/record";
import { leastArgs, recordOrchestration } from "../support/stream-orchestration";

const wrongArgs = {
  encoder: {
    channels: [
      { channelId: "channel-1", originDomainName: "https://origin.example.com/", originPath: "live/" },
      { channelId: "2", region: "eu", originAccessControlId: "oac", originHeaders: { via: "x" } },
      { channelId: "2" },
    ],
    leadTimeMinutes: 10_081,
    stopUnowned: "yes",
  },
  playback: {
    distributionId: "arn:aws:cloudfront",
    cachePolicyId: "none",
    originRequestPolicyId: "none",
    responseHeadersPolicyId: "none",
    originAccessControlId: "none",
    originHeaders: ["x-a"],
    webAclArn: "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/streams/1",
    originQuota: 1001,
    trustedKeyGroupIds: "key",
    cacheBehaviorQuota: 0,
    graceMinutes: 1441,
  },
  confirmationTimeoutSeconds: 0,
  maxLiveHours: -1,
  sweepIntervalMinutes: 9,
  observability: { dashboard: "yes", alarms: "none", logs: true },
  events: {
    includeIngestEndpoints: "no",
    confirmationPrincipals: ["arn:aws:iam::123456789012:role/encoder", "encoder"],
    schemaRegistry: "yes",
    bus: "mine",
  },
  auth: { jwt: { issuer: "http://issuer.example.com", audiences: [] } },
  onCall: { emails: ["nobody"] },
  throttle: { burstLimit: 0.5, rateLimit: "many" },
  cors: { allowOrigins: ["portal.example.com"], allowHeaders: ["x team"] },
  network: { vpcId: "vpc", subnetIds: [] },
  logRetentionDays: 31,
  archiveRetentionDays: -1,
  encryptionKeyArn: "alias/streams",
  protect: "yes",
  tracing: "active",
  tags: { team: 5 },
  bus: "mine",
};

const wrongPaths = [
  "encoder.channels[0].channelId",
  "encoder.channels[0].originDomainName",
  "encoder.channels[0].originPath",
  "encoder.channels[1].region",
  "encoder.channels[1].originAccessControlId",
  "encoder.channels[1].originHeaders",
  "encoder.channels",
  "encoder.leadTimeMinutes",
  "encoder.stopUnowned",
  "playback.distributionId",
  "playback.cachePolicyId",
  "playback.originRequestPolicyId",
  "playback.responseHeadersPolicyId",
  "playback.originAccessControlId",
  "playback.originHeaders",
  "playback.webAclArn",
  "playback.originQuota",
  "playback.trustedKeyGroupIds",
  "playback.cacheBehaviorQuota",
  "playback.graceMinutes",
  "confirmationTimeoutSeconds",
  "maxLiveHours",
  "sweepIntervalMinutes",
  "observability.dashboard",
  "observability.alarms",
  "observability.logs",
  "events.includeIngestEndpoints",
  "events.confirmationPrincipals[1]",
  "events.schemaRegistry",
  "events.bus",
  "auth.jwt.issuer",
  "auth.jwt.audiences",
  "onCall.emails[0]",
  "throttle.burstLimit",
  "throttle.rateLimit",
  "cors.allowOrigins[0]",
  "cors.allowHeaders[0]",
  "network.vpcId",
  "network.subnetIds",
  "logRetentionDays",
  "archiveRetentionDays",
  "encryptionKeyArn",
  "protect",
  "tracing",
  "tags.team",
  "bus",
];

/** What a constructor throws. */
async function expectAccepted(name: string): Promise<void> {
  let created = false;
  await record(() => {
    new StreamOrchestration(name, leastArgs);
    created = true;
  });
  expect(created).to.equal(true);
}

async function failureOf(
  args: unknown,
  recording = new Recording(),
  name = "streams",
): Promise<pulumi.InputPropertiesError> {
  let failure: unknown;
  await record(
    () => {
      try {
        new StreamOrchestration(name, args as StreamOrchestrationArgs);
      } catch (error) {
        failure = error;
      }
    },
    { recording },
  );
  expect(failure).to.be.instanceOf(pulumi.InputPropertiesError);
  return failure as pulumi.InputPropertiesError;
}

describe("The arguments of a StreamOrchestration", () => {
  it("are refused all at once, each by its path", async () => {
    const failure = await failureOf(wrongArgs);
    expect(failure.errors?.map(({ propertyPath }) => propertyPath)).to.have.members(wrongPaths);
    expect(failure.message).to.match(
      new RegExp(`^StreamOrchestration 'streams' has ${wrongPaths.length} wrong arguments:\n`),
    );
    for (const path of wrongPaths) expect(failure.message).to.contain(`\n  - ${path} `);
  });

  it("are refused before any resource is registered, the component included", async () => {
    const recording = new Recording();
    await failureOf(wrongArgs, recording);
    expect(recording.registrations).to.deep.equal([]);
  });

  it("are refused where one is null: lists, objects and what is in them", async () => {
    const { encoder } = leastArgs;
    const cases: [string, object][] = [
      ["encoder", { encoder: null }],
      ["encoder.channels", { encoder: { channels: null } }],
      ["encoder.channels[0]", { encoder: { channels: [null] } }],
      ["encoder.channels[0].inputs", { encoder: { channels: [{ channelId: "1", inputs: null }] } }],
      ["encoder.channels[0].inputs[0]", { encoder: { channels: [{ channelId: "1", inputs: [null] }] } }],
      ["notify", { notify: null }],
      ["notify[0]", { notify: [null] }],
      ...["playback", "events", "auth", "onCall", "api", "observability", "tags"].map(
        (name): [string, object] => [name, { [name]: null }],
      ),
    ];
    for (const [path, wrong] of cases) {
      const { errors } = await failureOf({ ...leastArgs, encoder, ...wrong });
      expect(errors?.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`)).to.have.lengthOf(1);
      expect(`${errors?.[0]?.propertyPath} ${errors?.[0]?.reason}`).to.match(
        new RegExp(`^${path.replace(/[[\].]/g, "\\$&")} must be an? \\w+, received null\\.?$`),
      );
    }
  });

  it("say what is allowed and what came", async () => {
    const failure = await failureOf({
      encoder: { channels: [{ channelId: "7" }, { channelId: "7" }, { channelId: "7" }] },
      playback: { distributionId: "distribution" },
      confirmationTimeoutSeconds: "900",
    });
    expect(failure.message.split("\n").slice(1)).to.deep.equal([
      '  - encoder.channels must have each channel once, received "7" more than once.',
      '  - playback.distributionId must be the id of a CloudFront distribution, such as E2QWRUHAPOMQZL, received "distribution".',
      '  - confirmationTimeoutSeconds must be a whole number from 1 to 86400, received "900".',
    ]);
  });

  const numbers: readonly [
    path: string,
    least: number,
    most: number,
    args: (value: unknown) => Partial<StreamOrchestrationArgs>,
  ][] = [
    [
      "encoder.leadTimeMinutes",
      0,
      10_080,
      (value) => ({ encoder: { ...leastArgs.encoder, leadTimeMinutes: value as number } }),
    ],
    [
      "playback.cacheBehaviorQuota",
      1,
      1000,
      (value) => ({ playback: { ...leastArgs.playback, cacheBehaviorQuota: value as number } }),
    ],
    [
      "playback.originQuota",
      1,
      1000,
      (value) => ({ playback: { ...leastArgs.playback, originQuota: value as number } }),
    ],
    ["maxLiveHours", 0, 8760, (value) => ({ maxLiveHours: value as number })],
    ["sweepIntervalMinutes", 10, 1440, (value) => ({ sweepIntervalMinutes: value as number })],
  ];
  for (const [path, least, most, args] of numbers) {
    it(`take ${path} from ${least} to ${most}, in whole numbers`, () => {
      const problems = (value: unknown) => findArgumentIssues({ ...leastArgs, ...args(value) });
      for (const value of [least, most]) expect(problems(value), String(value)).to.deep.equal([]);
      for (const value of [least - 1, most + 1, least + 0.5, Number.NaN]) {
        expect(problems(value), String(value)).to.deep.equal([
          { path, problem: `must be a whole number from ${least} to ${most}, received ${value}.` },
        ]);
      }
    });
  }

  it("take headers for origins that CloudFront adds, and tell no value of one that it does not", () => {
    const problems = (originHeaders: unknown) =>
      findArgumentIssues({ ...leastArgs, playback: { ...leastArgs.playback, originHeaders } }).map(
        ({ path, problem }) => `${path} ${problem}`,
      );
    const secret = "s3cret";
    expect(problems({ "X-Origin-Verify": secret, "x-team": "video" })).to.deep.equal([]);
    for (const name of [
      "Host",
      "cookie",
      "X-Amz-Date",
      "x-edge-a",
      "Proxy-Authorization",
      "x-stream-id",
      "a b",
      "",
    ]) {
      expect(problems({ [name]: secret }), name).to.have.lengthOf(1);
      expect(problems({ [name]: secret })[0])
        .to.include(`"${name}"`)
        .and.not.include(secret);
    }
    for (const value of ["", `${secret}\n`, secret.repeat(300), 5, null]) {
      expect(problems({ "x-a": value })).to.have.lengthOf(1);
      expect(problems({ "x-a": value })[0])
        .to.include('"x-a"')
        .and.not.include(secret);
    }
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-${index}`, secret]));
    expect(problems(many)[0]).to.include("at most 10 headers, received 11");
  });

  it("give channels that share a MediaPackage v2 domain paths of which none contains another", () => {
    const originDomainName = "abcde.egress.xyz.mediapackagev2.us-east-1.amazonaws.com";
    const problems = (paths: readonly (string | undefined)[], domain = originDomainName) => {
      const channels = paths.map((originPath, index) => ({
        channelId: String(index),
        originDomainName: domain,
        ...(originPath !== undefined && { originPath }),
      }));
      return findArgumentIssues({ ...leastArgs, encoder: { channels } }).map(({ path }) => path);
    };
    expect(problems(["/out/v1/g/a/hls", "/out/v1/g/ab/hls", "/out/v1/g/b/hls"])).to.deep.equal([]);
    expect(problems([undefined])).to.deep.equal([]);
    expect(problems([undefined, undefined], "origin.example.com")).to.deep.equal([]);
    expect(problems([undefined, "/out/v1/g/b/hls"])).to.deep.equal(["encoder.channels"]);
    expect(problems(["/out/v1/g", "/out/v1/g/b/hls"])).to.deep.equal(["encoder.channels"]);
    expect(problems(["/out/v1/g/b/hls", "/out/v1/g/b/hls"])).to.deep.equal([
      "encoder.channels",
      "encoder.channels",
    ]);
  });

  it("take users and roles of IAM, of any account and by any pattern, and a key by its ARN alone", () => {
    const problems = (args: Partial<StreamOrchestrationArgs>) =>
      findArgumentIssues({ ...leastArgs, ...args }).map(({ path }) => path);
    const principals = ["arn:aws:iam::*:*", "arn:aws-cn:iam::1:role/a"];
    expect(problems({ events: { confirmationPrincipals: principals } })).to.deep.equal([]);
    expect(problems({ events: { confirmationPrincipals: [] } })).to.deep.equal([]);
    for (const principal of [
      "*",
      "123456789012",
      "arn:aws:s3:::bucket",
      "arn:aws:sts::1:assumed-role/a/b",
      "",
    ]) {
      expect(problems({ events: { confirmationPrincipals: [principal] } }), principal).to.deep.equal([
        "events.confirmationPrincipals[0]",
      ]);
    }
    expect(problems({ encryptionKeyArn: "arn:aws:kms:eu-west-1:1:key/a" })).to.deep.equal([]);
    for (const key of ["arn:aws:kms:eu-west-1:1:alias/a", "a", ""]) {
      expect(problems({ encryptionKeyArn: key }), key).to.deep.equal(["encryptionKeyArn"]);
    }
  });

  it("have to name channels and a distribution", async () => {
    const failure = await failureOf({});
    expect(failure.message.split("\n").slice(1)).to.deep.equal([
      "  - encoder is required.",
      "  - playback is required.",
    ]);
    expect((await failureOf(undefined)).message).to.contain("has a wrong argument:");
    expect(findArgumentIssues({ ...leastArgs, encoder: { channels: [] } })).to.deep.equal([
      { path: "encoder.channels", problem: "must have at least 1 element, received none." },
    ]);
  });

  it("may name as many channels as a role's policies have place for", () => {
    const problems = (count: number) =>
      findArgumentIssues({
        ...leastArgs,
        encoder: { channels: Array.from({ length: count }, (_, index) => ({ channelId: String(index) })) },
      });
    expect(problems(100)).to.deep.equal([]);
    expect(problems(101)).to.deep.equal([
      { path: "encoder.channels", problem: "must have at most 100 elements, received 101." },
    ]);
  });

  it("include the name, of which AWS names come", async () => {
    for (const name of ["", "live streams", "a".repeat(29)]) {
      const { errors } = await failureOf(leastArgs, new Recording(), name);
      expect(errors.map(({ propertyPath }) => propertyPath)).to.deep.equal(["name"]);
    }
    await expectAccepted("a".repeat(28));
  });

  it("may have 50 tags, with keys and values that every service takes", () => {
    const problems = (tags: unknown) =>
      findArgumentIssues({ ...leastArgs, tags }).map(({ path, problem }) => `${path} ${problem}`);
    expect(problems({ "cost center": "a/b@c", Größe: "" })).to.deep.equal([]);
    expect(problems({ "AWS:team": "a" }).join()).to.match(
      /^tags must have keys .* received 'AWS:team'|"AWS:team"/,
    );
    expect(problems({ ["k".repeat(129)]: "a" })).to.have.lengthOf(1);
    expect(problems({ team: "v".repeat(257), unit: "a|b" })).to.have.lengthOf(2);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag-${index}`, "a"]));
    expect(problems(many)).to.deep.equal(["tags must have at most 50 tags, received 51."]);
  });

  it("may not mix a new network with an existing one", () => {
    const paths = (network: unknown) => findArgumentIssues({ ...leastArgs, network }).map(({ path }) => path);
    expect(paths({ create: true, vpcId: "vpc-1" })).to.deep.equal(["network.vpcId"]);
    expect(paths({ create: false })).to.deep.equal(["network.create"]);
    expect(paths({})).to.deep.equal(["network.vpcId", "network.subnetIds"]);
    expect(paths("create")).to.not.deep.equal([]);
  });

  it("may be outputs, at every level, which AWS has the last word on", async () => {
    const recording = await recordOrchestration({
      encoder: {
        channels: pulumi.output([
          { channelId: pulumi.output("42"), originDomainName: Promise.resolve("origin.example.com") },
        ]),
        leadTimeMinutes: pulumi.output(15),
        stopUnowned: pulumi.output(true),
      },
      playback: {
        distributionId: pulumi.output("E1"),
        cachePolicyId: pulumi.output("policy"),
        trustedKeyGroupIds: [pulumi.output("key-group")],
        cacheBehaviorQuota: pulumi.output(80),
      },
      confirmationTimeoutSeconds: pulumi.output(60),
      maxLiveHours: pulumi.output(3),
      sweepIntervalMinutes: Promise.resolve(20),
      events: {
        includeIngestEndpoints: pulumi.output(false),
        confirmationPrincipals: [pulumi.output("arn:aws:iam::123456789012:role/encoder")],
      },
      encryptionKeyArn: pulumi.output("arn:aws:kms:eu-west-1:123456789012:key/1"),
      auth: {
        jwt: { issuer: pulumi.output("https://issuer.example.com"), audiences: pulumi.output(["portal"]) },
      },
      onCall: { emails: [pulumi.output("ops@example.com")] },
      throttle: { burstLimit: pulumi.output(5), rateLimit: Promise.resolve(2) },
      cors: { allowOrigins: pulumi.output(["https://portal.example.com"]) },
      logRetentionDays: pulumi.output(7),
      archiveRetentionDays: pulumi.output(7),
      tags: { team: pulumi.output("video") },
    });
    const { definition } = recording.only(":StateMachine", "streams-StreamLifecycleOrchestrator").inputs;
    expect(definition).to.contain('"leadTimeMinutes":15');
    const { channels, attempt } = deploymentSettingsOf(recording);
    expect(channels).to.deep.equal([{ channelId: "42", originDomainName: "origin.example.com", origin: {} }]);
    expect(attempt).to.include({ distributionId: "E1", cacheBehaviorQuota: 80, maxLiveHours: 3 });
    const { scheduleExpression, kmsKeyArn } = recording.only(
      ":Schedule",
      "streams-StreamSweep-schedule",
    ).inputs;
    expect(scheduleExpression).to.equal("rate(20 minutes)");
    expect(kmsKeyArn).to.equal("arn:aws:kms:eu-west-1:123456789012:key/1");
    const sweep = recording.only(":StateMachine", "streams-StreamSweep").inputs.definition as string;
    expect(sweep).to.contain("medialive:stopChannel");
    const { policy } = recording.only(":EventBusPolicy", "streams-events").inputs;
    expect(policy).to.contain('"arn:aws:iam::123456789012:role/encoder"');
    expect(attempt.confirmationTimeoutSeconds).to.equal(60);
    expect(recording.only(":Queue", "streams-events-dead-letters").inputs.tags).to.deep.equal({
      team: "video",
    });
  });

  const pool = { playback: { distributionId: "E1" } };
  const draining: { readonly [what: string]: readonly [args: object, path: string, problem: string] } = {
    "a pool of draining channels": [
      {
        encoder: {
          channels: [
            { channelId: "1", draining: true },
            { channelId: "2", draining: true },
          ],
        },
        ...pool,
      },
      "encoder.channels",
      "must have at least 1 channel that is not draining, received draining channels alone.",
    ],
    "an input of a type that takes no ingest endpoint": [
      { encoder: { channels: [{ channelId: "1", inputs: [{ inputId: "7", type: "URL_PULL" }] }] }, ...pool },
      "encoder.channels[0].inputs[0].type",
      'must be one of RTMP_PUSH, RTMP_PULL, SRT_LISTENER, SRT_CALLER, received "URL_PULL".',
    ],
    "an input without an id": [
      {
        encoder: { channels: [{ channelId: "1", inputs: [{ inputId: "in", type: "RTMP_PUSH" }] }] },
        ...pool,
      },
      "encoder.channels[0].inputs[0].inputId",
      'must be the id of a MediaLive input, digits only, received "in".',
    ],
    "an input of two channels": [
      {
        encoder: {
          channels: ["1", "2"].map((channelId) => ({
            channelId,
            inputs: [{ inputId: "7", type: "RTMP_PUSH" }],
          })),
        },
        ...pool,
      },
      "encoder.channels",
      'must have each input once, since MediaLive attaches it to one channel, received "7" more than once.',
    ],
    "more channels and inputs than a policy can name": [
      {
        encoder: {
          channels: Array.from({ length: 51 }, (_, index) => ({
            channelId: String(index + 1),
            inputs: [{ inputId: String(index + 100), type: "RTMP_PUSH" }],
          })),
        },
        ...pool,
      },
      "encoder.channels",
      "must have at most 100 channels and inputs in all, received 102.",
    ],
    "an empty list of inputs": [
      { encoder: { channels: [{ channelId: "1", inputs: [] }] }, ...pool },
      "encoder.channels[0].inputs",
      "must have at least 1 element, received none.",
    ],
    "no distribution": [{ ...leastArgs, playback: {} }, "playback.distributionId", "is required."],
    "a distribution that nothing updates": [
      {
        encoder: { channels: [{ channelId: "1", originDomainName: "a.example.com" }] },
        playback: { update: "none", distributionId: "E1" },
      },
      "playback.distributionId",
      'must be left out where playback.update is "none", since no distribution is updated.',
    ],
    "a channel without an origin, where nothing is updated": [
      { encoder: { channels: [{ channelId: "1" }] }, playback: { update: "none" } },
      "encoder.channels[0].originDomainName",
      'is required where playback.update is "none".',
    ],
    "an unknown way to update": [
      { ...leastArgs, playback: { distributionId: "E1", update: "sometimes" } },
      "playback.update",
      'must be one of stream, none, received "sometimes".',
    ],
    "manifests without a domain": [
      {
        ...leastArgs,
        playback: { distributionId: "E1", manifests: [{ name: "hls", format: "HLS", path: "index.m3u8" }] },
      },
      "playback.domainName",
      "is required with playback.manifests.",
    ],
    "a former distribution that is the current one": [
      { ...leastArgs, playback: { distributionId: "E1", formerDistributionIds: ["E2", "E1"] } },
      "playback.formerDistributionIds",
      'must not have playback.distributionId, which gets the new streams, received "E1".',
    ],
    "a former distribution twice": [
      { ...leastArgs, playback: { distributionId: "E1", formerDistributionIds: ["E2", "E2"] } },
      "playback.formerDistributionIds",
      'must have each distribution once, received "E2" more than once.',
    ],
    "something that is no distribution": [
      { ...leastArgs, playback: { distributionId: "E1", formerDistributionIds: ["d111.cloudfront.net"] } },
      "playback.formerDistributionIds[0]",
      'must be the id of a CloudFront distribution, such as E2QWRUHAPOMQZL, received "d111.cloudfront.net".',
    ],
    "more former distributions than a policy should name": [
      {
        ...leastArgs,
        playback: {
          distributionId: "E1",
          formerDistributionIds: Array.from({ length: 11 }, (_, index) => `EF${index}`),
        },
      },
      "playback.formerDistributionIds",
      "must have at most 10 elements, received 11.",
    ],
  };
  for (const [what, [args, propertyPath, reason]] of Object.entries(draining)) {
    it(`may not have ${what}`, async () => {
      expect((await failureOf(args)).errors).to.deep.equal([{ propertyPath, reason }]);
    });
  }

  it("may leave open which channels are draining", async () => {
    const channels = [{ channelId: "1", draining: pulumi.output(true) }, { channelId: "2" }];
    const recording = await recordOrchestration({ encoder: { channels } });
    expect(deploymentSettingsOf(recording).channels[0]).to.include({ draining: true });
  });

  it("may be unknown in a preview", async () => {
    await recordOrchestration(
      {
        encoder: {
          channels: pulumi.output([{ channelId: unknown<string>() }]),
          leadTimeMinutes: unknown<number>(),
          stopUnowned: unknown<boolean>(),
        },
        playback: { distributionId: unknown<string>(), cacheBehaviorQuota: unknown<number>() },
        maxLiveHours: unknown<number>(),
        sweepIntervalMinutes: unknown<number>(),
        events: {
          includeIngestEndpoints: unknown<boolean>(),
          confirmationPrincipals: unknown<string[]>(),
        },
        encryptionKeyArn: unknown<string>(),
      },
      { preview: true },
    );
  });
});

/** An output that a preview does not know. */
function unknown<T>(): pulumi.Output<T> {
  const UnknownOutput = pulumi.Output as unknown as new (
    resources: Set<pulumi.Resource>,
    promise: Promise<unknown>,
    isKnown: Promise<boolean>,
    isSecret: Promise<boolean>,
    allResources: Promise<Set<pulumi.Resource>>,
  ) => pulumi.Output<T>;
  return new UnknownOutput(
    new Set(),
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve(new Set()),
  );
}
