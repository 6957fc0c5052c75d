import { StreamOrchestration } from "@guidogerb/stream-orchestration";
import * as aws from "@pulumi/aws";

/** The domain under which viewers reach the distribution below. */
const domainName = "live.example.com";

const streams = new StreamOrchestration("streams", {
  encoder: {
    channels: [
      { channelId: "1234567", originDomainName: "studio-1.example.com" },
      { channelId: "7654321", originDomainName: "studio-2.example.com", originPath: "/live" },
    ],
  },
  playback: { update: "none", domainName, manifests: [{ name: "hls", format: "HLS", path: "index.m3u8" }] },
});

const website = { originId: "website", domainName: "www.example.com" };

const distribution = new aws.cloudfront.Distribution("streams", {
  enabled: true,
  aliases: [domainName],
  origins: streams.playbackOrigins.apply((origins) => [
    {
      ...website,
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: "https-only",
        originSslProtocols: ["TLSv1.2"],
      },
    },
    ...origins,
  ]),
  // Behaviours of your own go before or after these.
  orderedCacheBehaviors: streams.playbackBehaviors,
  defaultCacheBehavior: {
    targetOriginId: website.originId,
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    // AWS's managed policy CachingOptimized.
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  },
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: {
    acmCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
    sslSupportMethod: "sni-only",
  },
});

export const apiUrl = streams.apiUrl;
export const distributionId = distribution.id;
/** `https://live.example.com/{channelId}/index.m3u8`; `GET /streams/{streamId}` tells it with the stream's channel. */
export const manifestUrls = streams.manifestUrls;
