import * as aws from "@pulumi/aws";

/** What streams change while they are up. `pulumi up --refresh` takes it over; without the refresh, `pulumi up` sends what it knew before. */
const changedByStreams: (keyof aws.cloudfront.DistributionArgs)[] = ["origins", "orderedCacheBehaviors"];

export const distribution = new aws.cloudfront.Distribution(
  "streams",
  {
    enabled: true,
    origins: [
      {
        originId: "default",
        domainName: "media.example.com",
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
        },
      },
    ],
    defaultCacheBehavior: {
      targetOriginId: "default",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      // AWS's managed policy CachingOptimized.
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate: { cloudfrontDefaultCertificate: true },
  },
  { ignoreChanges: changedByStreams },
);
