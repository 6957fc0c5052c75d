import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import { CloudFront } from "../../../../local/services";
import { SteppedClock } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

describe("CloudFront", () => {
  let clock: SteppedClock;
  let cloudFront: CloudFront;

  beforeEach(() => {
    clock = new SteppedClock();
    cloudFront = new CloudFront({ clock, accountId: "123456789012", deployMilliseconds: 1000 });
    cloudFront.addDistribution("E1");
  });

  const read = async () => {
    const { ETag, DistributionConfig } = await cloudFront.call("GetDistributionConfig", { Id: "E1" });
    return { IfMatch: String(ETag), config: DistributionConfig as JsonObject };
  };

  const update = async (change: (config: JsonObject) => JsonObject) => {
    const { IfMatch, config } = await read();
    return await cloudFront.call("UpdateDistribution", {
      Id: "E1",
      IfMatch,
      DistributionConfig: change(config),
    });
  };

  const status = async () => {
    const { Distribution } = await cloudFront.call("GetDistribution", { Id: "E1" });
    return (Distribution as JsonObject).Status;
  };

  it("adds an origin and a behaviour, and gives back what it filled in", async () => {
    await update((config) => ({
      ...config,
      Origins: list(defaultOrigin(config), origin("o")),
      CacheBehaviors: list(behavior("/o/*", "o")),
    }));
    const { config } = await read();
    const [added] = (config.CacheBehaviors as JsonObject).Items as JsonObject[];
    expect(added).to.deep.equal({
      ...behavior("/o/*", "o"),
      TrustedSigners: { Enabled: false, Quantity: 0 },
      TrustedKeyGroups: { Enabled: false, Quantity: 0 },
      FunctionAssociations: { Quantity: 0 },
      GrpcConfig: { Enabled: false },
    });
  });

  it("deploys a change in its own time, from the last change on", async () => {
    expect(await status()).to.equal("Deployed");
    await update((config) => config);
    await clock.advance({ milliseconds: 600 });
    await update((config) => config);
    await clock.advance({ milliseconds: 600 });
    expect(await status()).to.equal("InProgress");
    await clock.advance({ milliseconds: 400 });
    expect(await status()).to.equal("Deployed");
  });

  it("lets one of two writers win who read the same configuration", async () => {
    const { IfMatch, config } = await read();
    const write = () =>
      cloudFront.call("UpdateDistribution", { Id: "E1", IfMatch, DistributionConfig: config });
    await write();
    await expectAwsError(write(), "PreconditionFailed", 412);
  });

  it("keeps its own copy of what it is given and gives", async () => {
    const { IfMatch, config } = await read();
    await cloudFront.call("UpdateDistribution", { Id: "E1", IfMatch, DistributionConfig: config });
    (config.Aliases as JsonObject).Quantity = 7;
    const after = await read();
    (after.config.Aliases as JsonObject).Quantity = 8;
    expect((await read()).config.Aliases).to.deep.equal({ Quantity: 0 });
  });

  it("asks for an If-Match, and for a distribution that is there", async () => {
    const { config } = await read();
    const input = { Id: "E1", DistributionConfig: config };
    await expectAwsError(cloudFront.call("UpdateDistribution", input), "InvalidIfMatchVersion");
    await expectAwsError(
      cloudFront.call("UpdateDistribution", { ...input, Id: "E2" }),
      "NoSuchDistribution",
      404,
    );
    await expectAwsError(cloudFront.call("GetDistribution", {}), "NoSuchDistribution", 404);
  });

  const refusals: [
    what: string,
    code: string,
    change: (config: JsonObject) => JsonObject,
    statusCode?: number,
  ][] = [
    [
      "a behaviour without its origin",
      "NoSuchOrigin",
      (c) => ({ ...c, CacheBehaviors: list(behavior("/x", "x")) }),
      404,
    ],
    ["another caller reference", "IllegalUpdate", (c) => ({ ...c, CallerReference: "other" })],
    [
      "a wrong quantity",
      "InconsistentQuantities",
      (c) => ({ ...c, Aliases: { Quantity: 2, Items: ["one"] } }),
    ],
    [
      "a quantity without items",
      "InconsistentQuantities",
      (c) => ({ ...c, CacheBehaviors: { Quantity: 1 } }),
    ],
    [
      "76 behaviours",
      "TooManyCacheBehaviors",
      (c) => ({ ...c, CacheBehaviors: list(...many(76, (n) => behavior(n, "default"))) }),
    ],
    ["101 origins", "TooManyOrigins", (c) => ({ ...c, Origins: list(...many(101, origin)) })],
    [
      "the same path twice",
      "InvalidArgument",
      (c) => ({ ...c, CacheBehaviors: list(behavior("/a", "default"), behavior("/a", "default")) }),
    ],
    [
      "the same origin twice",
      "InvalidArgument",
      (c) => ({ ...c, Origins: list(defaultOrigin(c), defaultOrigin(c)) }),
    ],
    [
      "an origin of no kind",
      "InvalidArgument",
      (c) => ({ ...c, Origins: list(without(defaultOrigin(c), "CustomOriginConfig")) }),
    ],
    [
      "an origin without a domain",
      "InvalidArgument",
      (c) => ({ ...c, Origins: list(without(defaultOrigin(c), "DomainName")) }),
    ],
    ["a configuration without its logging", "InvalidArgument", (c) => without(c, "Logging")],
  ];
  for (const member of [
    "PathPattern",
    "ViewerProtocolPolicy",
    "CachePolicyId",
    "AllowedMethods",
    "FieldLevelEncryptionId",
  ]) {
    const change = (config: JsonObject) => ({
      ...config,
      CacheBehaviors: list(without(behavior("/a", "default"), member)),
    });
    refusals.push([`a behaviour without ${member}`, "InvalidArgument", change]);
  }
  for (const [what, code, change, statusCode] of refusals) {
    it(`refuses ${what}`, async () => {
      const before = await read();
      await expectAwsError(update(change), code, statusCode);
      expect(await read()).to.deep.equal(before);
    });
  }

  it("takes as many behaviours and origins as the quotas allow", async () => {
    await update((config) => ({
      ...config,
      Origins: list(defaultOrigin(config), ...many(99, origin)),
      CacheBehaviors: list(...many(75, (n) => behavior(n, n))),
    }));
  });

  it("takes as many as a program counts on, where it says so", async () => {
    cloudFront.setQuotas("E1", { cacheBehaviors: 80, origins: 102 });
    const fill = (behaviors: number, origins: number) =>
      update((config) => ({
        ...config,
        Origins: list(defaultOrigin(config), ...many(origins - 1, origin)),
        CacheBehaviors: list(...many(behaviors, (name) => behavior(name, "default"))),
      }));
    await fill(80, 102);
    await expectAwsError(fill(81, 102), "TooManyCacheBehaviors");
    await expectAwsError(fill(80, 103), "TooManyOrigins");
  });

  it("wants the timeouts of a custom origin, which only an update asks for", async () => {
    const incomplete = origin("o");
    incomplete.CustomOriginConfig = without(incomplete.CustomOriginConfig as JsonObject, "OriginReadTimeout");
    const error = await expectAwsError(
      update((c) => ({ ...c, Origins: list(defaultOrigin(c), incomplete) })),
      "IllegalUpdate",
    );
    expect(error.message).to.equal("OriginReadTimeout is required for updates.");
  });
});

function list(...items: JsonObject[]): JsonObject {
  return { Quantity: items.length, Items: items };
}

function many(count: number, make: (name: string) => JsonObject): JsonObject[] {
  return Array.from({ length: count }, (_, index) => make(`n${index}`));
}

function without(object: JsonObject, member: string): JsonObject {
  const { [member]: _, ...rest } = object;
  return rest;
}

function defaultOrigin(config: JsonObject): JsonObject {
  const [first = {}] = (config.Origins as JsonObject).Items as JsonObject[];
  return first;
}

function origin(id: string): JsonObject {
  return {
    Id: id,
    DomainName: `${id}.example.com`,
    OriginPath: "",
    CustomHeaders: { Quantity: 0 },
    CustomOriginConfig: {
      HTTPPort: 80,
      HTTPSPort: 443,
      OriginProtocolPolicy: "https-only",
      OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
      OriginReadTimeout: 30,
      OriginKeepaliveTimeout: 5,
    },
  };
}

function behavior(pathPattern: string, targetOriginId: string): JsonObject {
  const methods = { Quantity: 2, Items: ["HEAD", "GET"] };
  return {
    PathPattern: pathPattern,
    TargetOriginId: targetOriginId,
    ViewerProtocolPolicy: "redirect-to-https",
    AllowedMethods: { ...methods, CachedMethods: methods },
    SmoothStreaming: false,
    Compress: true,
    LambdaFunctionAssociations: { Quantity: 0 },
    FieldLevelEncryptionId: "",
    CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  };
}
