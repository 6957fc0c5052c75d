import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { expect } from "chai";
import { CloudFront } from "../../../../local/services";
import { SteppedClock } from "../../../support/stepped-clock";
import { accountId, rejection, startServer, type TestServer } from "../../support/test-server";

describe("CloudFront over REST-XML", () => {
  const clock = new SteppedClock();
  let server: TestServer;
  let client: CloudFrontClient;
  let service: CloudFront;

  beforeEach(async () => {
    service = new CloudFront({ clock, accountId, deployMilliseconds: 1000 });
    service.addDistribution("E1PLAYBACK", { Comment: '<live> & "more" – 42' });
    server = await startServer({ CloudFront: service });
    client = new CloudFrontClient(server.client);
  });

  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  async function read() {
    const { ETag, DistributionConfig } = await client.send(
      new GetDistributionConfigCommand({ Id: "E1PLAYBACK" }),
    );
    if (ETag === undefined || DistributionConfig === undefined) throw new Error("incomplete answer");
    return { ETag, DistributionConfig };
  }

  it("gives back exactly what was written, when an origin and a behaviour are added", async () => {
    const { ETag, DistributionConfig } = await read();
    const wanted = withEverything(DistributionConfig);

    const update = await client.send(
      new UpdateDistributionCommand({ Id: "E1PLAYBACK", IfMatch: ETag, DistributionConfig: wanted }),
    );
    const after = await read();

    const stored = await service.call("GetDistributionConfig", { Id: "E1PLAYBACK" });
    expect(stored.DistributionConfig).to.deep.equal(wanted);
    expect(after.DistributionConfig).to.deep.equal(wanted);
    expect(update.Distribution?.DistributionConfig).to.deep.equal(wanted);
    expect(after.ETag).to.equal(update.ETag).and.not.equal(ETag);
  });

  it("describes a distribution and its deployment", async () => {
    const { ETag, DistributionConfig } = await read();
    await client.send(new UpdateDistributionCommand({ Id: "E1PLAYBACK", IfMatch: ETag, DistributionConfig }));

    const changing = await client.send(new GetDistributionCommand({ Id: "E1PLAYBACK" }));
    await clock.advance({ milliseconds: 1000 });
    const deployed = await client.send(new GetDistributionCommand({ Id: "E1PLAYBACK" }));

    expect(changing.Distribution).to.deep.include({
      Id: "E1PLAYBACK",
      ARN: `arn:aws:cloudfront::${accountId}:distribution/E1PLAYBACK`,
      Status: "InProgress",
      InProgressInvalidationBatches: 0,
    });
    expect(changing.Distribution?.LastModifiedTime).to.be.instanceOf(Date);
    expect(deployed.Distribution?.Status).to.equal("Deployed");
  });

  it("answers a stale ETag with 412 PreconditionFailed", async () => {
    const { ETag, DistributionConfig } = await read();
    await client.send(new UpdateDistributionCommand({ Id: "E1PLAYBACK", IfMatch: ETag, DistributionConfig }));

    const error = await rejection(
      client.send(new UpdateDistributionCommand({ Id: "E1PLAYBACK", IfMatch: ETag, DistributionConfig })),
    );

    expect(error.name).to.equal("PreconditionFailed");
    expect(error.$metadata?.httpStatusCode).to.equal(412);
    expect(error.$metadata?.requestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it("answers a missing If-Match with InvalidIfMatchVersion", async () => {
    const { DistributionConfig } = await read();
    const error = await rejection(
      client.send(
        new UpdateDistributionCommand({ Id: "E1PLAYBACK", IfMatch: undefined, DistributionConfig }),
      ),
    );
    expect(error.name).to.equal("InvalidIfMatchVersion");
  });

  it("answers an unknown distribution with NoSuchDistribution", async () => {
    const error = await rejection(client.send(new GetDistributionConfigCommand({ Id: "E0" })));
    expect(error.name).to.equal("NoSuchDistribution");
    expect(error.message).to.contain("E0");
  });

  it("names an action that it does not serve", async () => {
    const error = await rejection(client.send(new ListDistributionsCommand({})));
    expect(error.name).to.equal("UnknownOperationException");
    expect(error.message).to.contain("CloudFront GET /2020-05-31/distribution");
  });

  it("answers a body that is not XML, or not a configuration, with MalformedXML", async () => {
    const url = `${server.url}/2020-05-31/distribution/E1PLAYBACK/config`;
    for (const body of [
      "<DistributionConfig>",
      "<DistributionConfig><Comment>x</DistributionConfig>",
      "no xml",
      "<Other/>",
    ]) {
      const response = await fetch(url, { method: "PUT", headers: { "if-match": "x" }, body });
      expect(response.status, body).to.equal(400);
      expect(await response.text(), body).to.contain("<Code>MalformedXML</Code>");
    }
  });

  it("takes an indented document", async () => {
    const { ETag, DistributionConfig } = await read();
    const url = `${server.url}/2020-05-31/distribution/E1PLAYBACK/config`;
    const document = await (await fetch(url)).text();
    const indented = document.replace(/(<\/\w+>)(?=<)/g, "$1\n  ");

    const response = await fetch(url, { method: "PUT", headers: { "if-match": ETag }, body: indented });

    expect(response.status, await response.text()).to.equal(200);
    const stored = await service.call("GetDistributionConfig", { Id: "E1PLAYBACK" });
    expect(stored.DistributionConfig).to.deep.equal(DistributionConfig);
  });
});

/** One of each kind of list, number and flag that the API model has for a configuration. */
function withEverything(config: DistributionConfig): DistributionConfig {
  const nobody = { Enabled: false, Quantity: 0 };
  return {
    ...config,
    Aliases: { Quantity: 2, Items: ["live.example.com", "tv.example.com"] },
    Origins: {
      Quantity: 3,
      Items: [
        ...(config.Origins?.Items ?? []),
        {
          Id: "channel-1",
          DomainName: "packager.example.com",
          OriginPath: "/out/v1",
          CustomHeaders: { Quantity: 1, Items: [{ HeaderName: "X-Key", HeaderValue: " 007 <&> " }] },
          CustomOriginConfig: {
            HTTPPort: 8080,
            HTTPSPort: 8443,
            OriginProtocolPolicy: "https-only",
            OriginSslProtocols: { Quantity: 2, Items: ["TLSv1.1", "TLSv1.2"] },
            OriginReadTimeout: 20,
            OriginKeepaliveTimeout: 6,
          },
          ConnectionAttempts: 2,
          ConnectionTimeout: 5,
          OriginShield: { Enabled: true, OriginShieldRegion: "eu-central-1" },
          OriginAccessControlId: "",
        },
        {
          Id: "slate",
          DomainName: "slate.s3.amazonaws.com",
          OriginPath: "",
          CustomHeaders: { Quantity: 0 },
          S3OriginConfig: { OriginAccessIdentity: "" },
          ConnectionAttempts: 3,
          ConnectionTimeout: 10,
          OriginShield: { Enabled: false },
          OriginAccessControlId: "E2OAC",
        },
      ],
    },
    OriginGroups: {
      Quantity: 1,
      Items: [
        {
          Id: "with-slate",
          FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [500, 503] } },
          Members: { Quantity: 2, Items: [{ OriginId: "channel-1" }, { OriginId: "slate" }] },
        },
      ],
    },
    CacheBehaviors: {
      Quantity: 2,
      Items: [
        {
          PathPattern: "/stream-1/*",
          TargetOriginId: "with-slate",
          TrustedSigners: { Enabled: true, Quantity: 1, Items: ["self"] },
          TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ["key-group"] },
          ViewerProtocolPolicy: "redirect-to-https",
          AllowedMethods: {
            Quantity: 3,
            Items: ["HEAD", "GET", "OPTIONS"],
            CachedMethods: { Quantity: 2, Items: ["HEAD", "GET"] },
          },
          SmoothStreaming: true,
          Compress: false,
          LambdaFunctionAssociations: {
            Quantity: 1,
            Items: [{ LambdaFunctionARN: "arn:l", EventType: "viewer-request", IncludeBody: true }],
          },
          FunctionAssociations: {
            Quantity: 1,
            Items: [{ FunctionARN: "arn:f", EventType: "viewer-response" }],
          },
          FieldLevelEncryptionId: "",
          CachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
          GrpcConfig: { Enabled: false },
        },
        {
          PathPattern: "*.old",
          TargetOriginId: "slate",
          TrustedSigners: nobody,
          TrustedKeyGroups: nobody,
          ViewerProtocolPolicy: "allow-all",
          AllowedMethods: {
            Quantity: 2,
            Items: ["HEAD", "GET"],
            CachedMethods: { Quantity: 2, Items: ["HEAD", "GET"] },
          },
          SmoothStreaming: false,
          Compress: true,
          LambdaFunctionAssociations: { Quantity: 0 },
          FunctionAssociations: { Quantity: 0 },
          FieldLevelEncryptionId: "",
          GrpcConfig: { Enabled: false },
          ForwardedValues: {
            QueryString: true,
            Cookies: { Forward: "whitelist", WhitelistedNames: { Quantity: 1, Items: ["session"] } },
            Headers: { Quantity: 1, Items: ["Origin"] },
            QueryStringCacheKeys: { Quantity: 1, Items: ["v"] },
          },
          MinTTL: 0,
          DefaultTTL: 86400,
          MaxTTL: 31536000,
        },
      ],
    },
    CustomErrorResponses: {
      Quantity: 1,
      Items: [{ ErrorCode: 404, ResponsePagePath: "/404.html", ResponseCode: "200", ErrorCachingMinTTL: 5 }],
    },
    Restrictions: { GeoRestriction: { RestrictionType: "whitelist", Quantity: 2, Items: ["DE", "AT"] } },
    Comment: "2026\n  two lines",
  };
}
