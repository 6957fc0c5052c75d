import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { StreamOrchestration } from "@guidogerb/stream-orchestration";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const { region } = aws.getRegionOutput();

// The page: a private bucket that only the distribution reads.
const bucket = new aws.s3.Bucket("console");
new aws.s3.BucketPublicAccessBlock("console", {
  bucket: bucket.id,
  ...{ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
});
const originAccess = new aws.cloudfront.OriginAccessControl("console", {
  ...{ originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
});
const headers = new aws.cloudfront.ResponseHeadersPolicy("console", {
  securityHeadersConfig: {
    // The page has a policy of its own. Only a header keeps other pages from framing it.
    contentSecurityPolicy: { contentSecurityPolicy: "frame-ancestors 'none'", override: true },
    contentTypeOptions: { override: true },
    referrerPolicy: { referrerPolicy: "no-referrer", override: true },
    strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
  },
});
const distribution = new aws.cloudfront.Distribution("console", {
  enabled: true,
  defaultRootObject: "index.html",
  origins: [
    {
      originId: "console",
      domainName: bucket.bucketRegionalDomainName,
      originAccessControlId: originAccess.id,
    },
  ],
  defaultCacheBehavior: {
    targetOriginId: "console",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    // AWS's managed policy CachingOptimized.
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    responseHeadersPolicyId: headers.id,
  },
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: { cloudfrontDefaultCertificate: true },
});
new aws.s3.BucketPolicy("console", {
  bucket: bucket.id,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
        actions: ["s3:GetObject"],
        resources: [pulumi.interpolate`${bucket.arn}/*`],
        conditions: [{ test: "StringEquals", variable: "AWS:SourceArn", values: [distribution.arn] }],
      },
    ],
  }).json,
});
const url = pulumi.interpolate`https://${distribution.domainName}`;

// Who may use it: the users of a pool, to which an administrator adds them.
const pool = new aws.cognito.UserPool("console", {
  adminCreateUserConfig: { allowAdminCreateUserOnly: true },
});
const domain = new aws.cognito.UserPoolDomain("console", {
  domain: pulumi.interpolate`${pulumi.getProject()}-${pulumi.getStack()}`,
  userPoolId: pool.id,
});
const client = new aws.cognito.UserPoolClient("console", {
  userPoolId: pool.id,
  // A page keeps no secret: it proves by PKCE that it began the sign-in.
  generateSecret: false,
  allowedOauthFlowsUserPoolClient: true,
  allowedOauthFlows: ["code"],
  allowedOauthScopes: ["openid"],
  supportedIdentityProviders: ["COGNITO"],
  callbackUrls: [pulumi.interpolate`${url}/`],
});

const streams = new StreamOrchestration("streams", {
  encoder: { channels: [{ channelId: "1234567" }] },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
  auth: {
    jwt: {
      issuer: pulumi.interpolate`https://cognito-idp.${region}.amazonaws.com/${pool.id}`,
      // Cognito's access tokens have the client in `client_id`, which API Gateway takes for the audience.
      audiences: [client.id],
    },
  },
  cors: { allowOrigins: [url] },
});

// The files of the package, and the settings of this deployment.
const folder = join(
  dirname(require.resolve("@guidogerb/stream-orchestration/package.json")),
  "dist",
  "console",
);
const contentTypes: { readonly [extension: string]: string } = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
};
/** CloudFront asks the bucket again after a minute, so that a new release is there soon. */
const cacheControl = "max-age=60";
for (const name of readdirSync(folder)) {
  new aws.s3.BucketObjectv2(`console-${name}`, {
    ...{ bucket: bucket.id, key: name, contentType: contentTypes[extname(name)], cacheControl },
    // Every browser that runs the page takes Brotli. CloudFront compresses less.
    contentEncoding: "br",
    contentBase64: brotliCompressSync(readFileSync(join(folder, name))).toString("base64"),
  });
}
new aws.s3.BucketObjectv2("console-settings", {
  ...{ bucket: bucket.id, key: "console.json", contentType: "application/json", cacheControl },
  content: pulumi.jsonStringify({
    apiUrl: streams.apiUrl,
    authorization: "JWT",
    cognito: {
      domain: pulumi.interpolate`https://${domain.domain}.auth.${region}.amazoncognito.com`,
      clientId: client.id,
    },
  }),
});

export const consoleUrl = url;
export const apiUrl = streams.apiUrl;
export const userPoolId = pool.id;
