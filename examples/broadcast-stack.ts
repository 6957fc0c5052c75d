import { StreamOrchestration } from "@guidogerb/stream-orchestration";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** How many streams may be up at the same time. */
const studios = 2;

const encoderRole = new aws.iam.Role("encoder", {
  assumeRolePolicy: {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "medialive.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  },
});

const encoders = new aws.medialive.InputSecurityGroup("encoders", {
  whitelistRules: [{ cidr: "203.0.113.0/24" }],
});

/** One studio: an input to push to, a packager, and a channel from the one to the other. */
function createStudio(number: number) {
  const name = `studio-${number}`;
  const packager = new aws.mediapackage.Channel(name, { channelId: name, description: "Managed by Pulumi" });
  const ingest = packager.hlsIngests.apply(([first]) => first?.ingestEndpoints?.[0]);
  const password = new aws.ssm.Parameter(name, {
    type: "SecureString",
    value: pulumi.secret(ingest.apply((endpoint) => endpoint?.password ?? "unknown")),
  });
  const input = new aws.medialive.Input(name, {
    name,
    type: "RTMP_PUSH",
    inputSecurityGroups: [encoders.id],
    destinations: [{ streamName: `${name}/live` }],
  });
  const channel = new aws.medialive.Channel(name, {
    name,
    channelClass: "SINGLE_PIPELINE",
    roleArn: encoderRole.arn,
    inputSpecification: { codec: "AVC", inputResolution: "HD", maximumBitrate: "MAX_20_MBPS" },
    inputAttachments: [{ inputAttachmentName: name, inputId: input.id }],
    destinations: [
      {
        id: "packager",
        settings: [
          {
            url: ingest.apply((endpoint) => endpoint?.url ?? ""),
            username: ingest.apply((endpoint) => endpoint?.username ?? ""),
            passwordParam: password.name,
          },
        ],
      },
    ],
    encoderSettings: {
      timecodeConfig: { source: "SYSTEMCLOCK" },
      audioDescriptions: [{ name: "audio", audioSelectorName: "default" }],
      videoDescriptions: [
        { name: "video", height: 1080, width: 1920, codecSettings: { h264Settings: { bitrate: 6_000_000 } } },
      ],
      outputGroups: [
        {
          outputGroupSettings: {
            hlsGroupSettings: {
              destination: { destinationRefId: "packager" },
              hlsCdnSettings: [{ hlsWebdavSettings: {} }],
            },
          },
          outputs: [
            {
              outputName: "hls",
              videoDescriptionName: "video",
              audioDescriptionNames: ["audio"],
              outputSettings: {
                hlsOutputSettings: { hlsSettings: { standardHlsSettings: { m3u8Settings: {} } } },
              },
            },
          ],
        },
      ],
    },
  });
  return { channel, input };
}

const all = Array.from({ length: studios }, (_, index) => createStudio(index + 1));

/** Where MediaPackage serves what it packages. Its endpoints have no resource in Pulumi: their domain and paths are configured. */
const config = new pulumi.Config();
const packagerDomain = config.get("packagerDomain") ?? "a1b2c3.mediapackage.us-east-1.amazonaws.com";

/** A distribution for the streams alone. Its default behaviour has nothing to play. */
const distribution = new aws.cloudfront.Distribution(
  "streams",
  {
    enabled: true,
    origins: [
      {
        originId: "packager",
        domainName: packagerDomain,
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
        },
      },
    ],
    defaultCacheBehavior: {
      targetOriginId: "packager",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      // AWS's managed policy Elemental-MediaPackage.
      cachePolicyId: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate: { cloudfrontDefaultCertificate: true },
  },
  // The workflows add and remove the streams' origins and behaviours.
  { ignoreChanges: ["origins", "orderedCacheBehaviors"] },
);

const streams = new StreamOrchestration("streams", {
  encoder: {
    channels: all.map(({ channel, input }, index) => ({
      channelId: channel.channelId,
      originDomainName: packagerDomain,
      originPath: `/out/v1/studio-${index + 1}`,
      inputs: [{ inputId: input.id, type: "RTMP_PUSH" }],
    })),
  },
  playback: {
    distributionId: distribution.id,
    domainName: distribution.domainName,
    manifests: [{ name: "hls", format: "HLS", path: "index.m3u8" }],
  },
});

export const apiUrl = streams.apiUrl;
export const eventBusName = streams.eventBusName;
