import { expect } from "chai";
import fc from "fast-check";
import { originIdOfAttempt } from "../../../../components/workflow/shared/origin-ids";
import {
  entryOfProvision,
  hasLaterPlaybackEntry,
  hasPlaybackEntry,
  updatedConfiguration,
} from "../../../../components/workflow/shared/playback-configuration";
import { behaviorMembers, sourceOfAttempt } from "../../../../components/workflow/shared/playback-settings";
import { attemptSettings, settings } from "../../../support/definition";
import {
  type DistributionConfig,
  defaultOrigin,
  distributionConfig,
  distributionConfigs,
  originOf,
} from "../../../support/distribution";
import { evaluate } from "../../../support/jsonata";

/** As ValidateProvisionRequest gives it. */
const channel = { channelId: "1234567", originDomainName: null as string | null, originPath: "" };
const provision = {
  request: { streamId: "spring-launch" },
  attempt: 2,
  channel,
  settings: attemptSettings,
};
const ours = originOf("spring-launch", 2);
const source = sourceOfAttempt(settings.playback);
const originId = originIdOfAttempt(settings.playback);

const run = (expression: string, config: DistributionConfig, of = provision) =>
  evaluate(expression, { states: { input: { DistributionConfig: config } }, provision: of });
const add = (config: DistributionConfig, of = provision) =>
  run(
    updatedConfiguration(source, entryOfProvision(source, originId), ""),
    config,
    of,
  ) as Promise<DistributionConfig>;
const remove = (config: DistributionConfig) =>
  run(updatedConfiguration(source, "", originId), config) as Promise<DistributionConfig>;
const isOurs = (id: string) => /^stream-orchestration_0123456789ab_spring-launch_\d+$/.test(id);

function expectCounted({ Origins, CacheBehaviors }: DistributionConfig): void {
  expect(Origins.Quantity).to.equal(Origins.Items.length);
  expect(CacheBehaviors.Quantity).to.equal(CacheBehaviors.Items?.length ?? 0);
}

describe("updatedConfiguration with an entry to add", () => {
  it("adds an origin and a behaviour to a distribution that has no behaviour yet", async () => {
    const config = await add(distributionConfig());
    expect(config).to.deep.equal({
      ...distributionConfig(),
      Origins: { Quantity: 2, Items: [defaultOrigin, { ...defaultOrigin, Id: ours }] },
      CacheBehaviors: {
        Quantity: 1,
        Items: [
          {
            PathPattern: "/spring-launch/*",
            TargetOriginId: ours,
            ViewerProtocolPolicy: "redirect-to-https",
            CachePolicyId: settings.playback.cachePolicyId,
            Compress: true,
            AllowedMethods: {
              Quantity: 2,
              Items: ["HEAD", "GET"],
              CachedMethods: { Quantity: 2, Items: ["HEAD", "GET"] },
            },
            TrustedKeyGroups: { Enabled: false, Quantity: 0 },
            TrustedSigners: { Enabled: false, Quantity: 0 },
            SmoothStreaming: false,
            FieldLevelEncryptionId: "",
            LambdaFunctionAssociations: { Quantity: 0 },
            FunctionAssociations: {
              Quantity: 1,
              Items: [
                { FunctionARN: settings.playback.viewerRequestFunctionArn, EventType: "viewer-request" },
              ],
            },
          },
        ],
      },
    });
  });

  it("puts the behaviour before one that is there, and before many", async () => {
    const behaviors = ["/a/*", "/b/*", "/*"].map((PathPattern) => ({
      PathPattern,
      TargetOriginId: "default",
    }));
    for (const some of [behaviors.slice(2), behaviors]) {
      const { CacheBehaviors } = await add(distributionConfig([], some));
      expect(CacheBehaviors.Items?.map(({ PathPattern }) => PathPattern)).to.deep.equal([
        "/spring-launch/*",
        ...some.map(({ PathPattern }) => PathPattern),
      ]);
    }
  });

  it("copies the default origin, with the channel's path where it has one", async () => {
    const { Origins } = await add(distributionConfig(), {
      ...provision,
      channel: { ...channel, originPath: "/channel-7" },
    });
    expect(Origins.Items.at(-1)).to.deep.equal({ ...defaultOrigin, Id: ours, OriginPath: "/channel-7" });
  });

  it("makes an origin for a channel's own domain name, with and without a path", async () => {
    const own = { ...channel, originDomainName: "egress.example.com" };
    const origin = {
      Id: ours,
      DomainName: "egress.example.com",
      CustomHeaders: { Quantity: 0 },
      CustomOriginConfig: {
        HttpPort: 80,
        HttpsPort: 443,
        OriginProtocolPolicy: "https-only",
        OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
        OriginReadTimeout: 30,
        OriginKeepaliveTimeout: 5,
      },
      ConnectionAttempts: 3,
      ConnectionTimeout: 10,
      OriginShield: { Enabled: false },
      OriginAccessControlId: "",
    };
    const plain = await add(distributionConfig(), { ...provision, channel: own });
    expect(plain.Origins.Items.at(-1)).to.deep.equal({ ...origin, OriginPath: "" });
    const deep = await add(distributionConfig(), { ...provision, channel: { ...own, originPath: "/out" } });
    expect(deep.Origins.Items.at(-1)).to.deep.equal({ ...origin, OriginPath: "/out" });
  });

  it("wants a signature of one of the trusted key groups, where there are any", async () => {
    for (const trustedKeyGroupIds of [["group-1"], ["group-1", "group-2"]]) {
      const behavior = behaviorMembers({ ...settings.playback, trustedKeyGroupIds });
      const config = await add(distributionConfig(), {
        ...provision,
        settings: { ...attemptSettings, behavior },
      });
      expect(config.CacheBehaviors.Items?.[0]?.TrustedKeyGroups).to.deep.equal({
        Enabled: true,
        Quantity: trustedKeyGroupIds.length,
        Items: trustedKeyGroupIds,
      });
    }
  });

  it("replaces what earlier attempts of the stream left and touches nothing else, whatever is there", async () => {
    await fc.assert(
      fc.asyncProperty(distributionConfigs, async (before) => {
        const after = await add(before);
        expectCounted(after);
        const { Origins: _, CacheBehaviors: __, ...rest } = after;
        expect({ ...before, ...rest }).to.deep.equal(before);
        expect(after.Origins.Items).to.deep.equal([
          ...before.Origins.Items.filter(({ Id }) => !isOurs(Id)),
          { ...defaultOrigin, Id: ours },
        ]);
        expect(after.CacheBehaviors.Items?.[0]).to.include({
          PathPattern: "/spring-launch/*",
          TargetOriginId: ours,
        });
        expect(after.CacheBehaviors.Items?.slice(1)).to.deep.equal(
          (before.CacheBehaviors.Items ?? []).filter(({ TargetOriginId }) => !isOurs(TargetOriginId)),
        );
      }),
    );
  });

  it("changes nothing when it is applied again", async () => {
    await fc.assert(
      fc.asyncProperty(distributionConfigs, async (before) => {
        const once = await add(before);
        expect(await add(once)).to.deep.equal(once);
      }),
      { numRuns: 30 },
    );
  });
});

describe("updatedConfiguration with an entry to remove", () => {
  it("gives back what was there before the entry was added", async () => {
    const before = distributionConfig([], [{ PathPattern: "/a/*", TargetOriginId: "default" }]);
    for (const config of [before, distributionConfig()]) {
      expect(await remove(await add(config))).to.deep.equal(config);
    }
  });

  it("takes this attempt's entry out and touches nothing else, whatever is there", async () => {
    await fc.assert(
      fc.asyncProperty(distributionConfigs, async (before) => {
        const after = await remove(before);
        expectCounted(after);
        expect(after.Origins.Items).to.deep.equal(before.Origins.Items.filter(({ Id }) => Id !== ours));
        expect(after.CacheBehaviors.Items ?? []).to.deep.equal(
          (before.CacheBehaviors.Items ?? []).filter(({ TargetOriginId }) => TargetOriginId !== ours),
        );
        const { Origins: _, CacheBehaviors: __, ...rest } = after;
        expect({ ...before, ...rest }).to.deep.equal(before);
      }),
    );
  });

  it("is asked for only where the entry is there", async () => {
    await fc.assert(
      fc.asyncProperty(distributionConfigs, async (config) => {
        const there = config.Origins.Items.some(({ Id }) => Id === ours);
        expect(await run(hasPlaybackEntry(originId), config)).to.equal(there);
      }),
      { numRuns: 50 },
    );
  });
});

describe("hasLaterPlaybackEntry", () => {
  const withOrigins = (...ids: string[]) => {
    const config = distributionConfig();
    const Items = [...config.Origins.Items, ...ids.map((Id) => ({ ...defaultOrigin, Id }))];
    return { ...config, Origins: { Quantity: Items.length, Items } };
  };
  const cases: [string, string[], boolean][] = [
    ["nothing of the stream", [originOf("other", 9)], false],
    ["earlier attempts and its own", [originOf("spring-launch", 1), ours], false],
    ["a later attempt", [ours, originOf("spring-launch", 10)], true],
    ["a later attempt of another component", [ours, originOf("spring-launch", 10, "ba9876543210")], false],
    ["a later attempt of an earlier release", [ours, "stream-orchestration_spring-launch_10"], false],
    ["an origin that only begins alike", [`${originOf("spring-launch", 1)}_blue`], false],
  ];
  for (const [what, ids, later] of cases) {
    it(`says ${later ? "yes" : "no"} to ${what}`, async () => {
      expect(await run(hasLaterPlaybackEntry(settings.playback), withOrigins(...ids))).to.equal(later);
    });
  }
});

describe("A channel without an origin of its own", () => {
  it("plays through the first member of the default origin group", async () => {
    const config = {
      ...distributionConfig(),
      OriginGroups: {
        Quantity: 1,
        Items: [{ Id: "group", Members: { Quantity: 1, Items: [{ OriginId: defaultOrigin.Id }] } }],
      },
    };
    config.DefaultCacheBehavior = { ...config.DefaultCacheBehavior, TargetOriginId: "group" };
    const { Origins } = await add(config);
    expect(Origins.Items.at(-1)).to.deep.equal({ ...defaultOrigin, Id: ours });
  });
});

describe("The names of a playback entry", () => {
  const named = async (streamId: string, attempt: number) => {
    const config = await add(distributionConfig(), { ...provision, request: { streamId }, attempt });
    return { origin: config.Origins.Items.at(-1)?.Id, behavior: config.CacheBehaviors.Items?.[0] };
  };

  it("stay within CloudFront's 128 characters for the longest streamId", async () => {
    const { origin } = await named("x".repeat(64), Number.MAX_SAFE_INTEGER);
    expect(origin).to.have.length.at.most(128);
  });

  it("tell streams whose ids begin alike apart", async () => {
    const { origin, behavior } = await named("launch", 12);
    expect(origin).to.equal(originOf("launch", 12));
    expect(behavior?.PathPattern).to.equal("/launch/*");
    expect((await named("launch-2", 1)).origin?.startsWith(originOf("launch", 1).slice(0, -1))).to.equal(
      false,
    );
  });
});
