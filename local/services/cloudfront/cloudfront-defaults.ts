import { isJsonObject, type Json, type JsonObject } from "../../json";

const none = { Quantity: 0 };
const nobody = { Enabled: false, Quantity: 0 };

/** AWS's managed policy "CachingOptimized". */
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/**
 * Fills in what CloudFront itself fills in, so that a configuration read back is as complete as the real one.
 * @param id names the origin and the caller reference of a configuration that has none.
 */
export function withDefaults(config: JsonObject, id: string): JsonObject {
  const complete: JsonObject = {
    CallerReference: id,
    Aliases: none,
    DefaultRootObject: "",
    Origins: { Quantity: 1, Items: [{ Id: "default", DomainName: "origin.example.com" }] },
    OriginGroups: none,
    DefaultCacheBehavior: { TargetOriginId: "default" },
    CacheBehaviors: none,
    CustomErrorResponses: none,
    Comment: "",
    Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "" },
    PriceClass: "PriceClass_All",
    Enabled: true,
    ViewerCertificate: {
      CloudFrontDefaultCertificate: true,
      SSLSupportMethod: "vip",
      MinimumProtocolVersion: "TLSv1",
      CertificateSource: "cloudfront",
    },
    Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
    WebACLId: "",
    HttpVersion: "http2",
    IsIPV6Enabled: true,
    ContinuousDeploymentPolicyId: "",
    Staging: false,
    ...config,
  };
  return {
    ...complete,
    Origins: eachItem(complete.Origins, originWithDefaults),
    CacheBehaviors: eachItem(complete.CacheBehaviors, behaviorWithDefaults),
    DefaultCacheBehavior: isJsonObject(complete.DefaultCacheBehavior)
      ? behaviorWithDefaults(complete.DefaultCacheBehavior)
      : {},
  };
}

function eachItem(list: Json | undefined, complete: (item: JsonObject) => JsonObject): JsonObject {
  if (!isJsonObject(list)) return none;
  const { Items, ...rest } = list;
  if (!Array.isArray(Items) || Items.length === 0) return rest;
  return { ...rest, Items: Items.map((item) => (isJsonObject(item) ? complete(item) : item)) };
}

function originWithDefaults(origin: JsonObject): JsonObject {
  const isOfOtherKind = origin.S3OriginConfig !== undefined || origin.VpcOriginConfig !== undefined;
  const given = isJsonObject(origin.CustomOriginConfig) ? origin.CustomOriginConfig : {};
  const custom: JsonObject = {
    HTTPPort: 80,
    HTTPSPort: 443,
    OriginProtocolPolicy: "https-only",
    OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
    OriginReadTimeout: 30,
    OriginKeepaliveTimeout: 5,
    ...given,
  };
  return {
    OriginPath: "",
    CustomHeaders: none,
    ConnectionAttempts: 3,
    ConnectionTimeout: 10,
    OriginShield: { Enabled: false },
    OriginAccessControlId: "",
    ...origin,
    ...(isOfOtherKind ? {} : { CustomOriginConfig: custom }),
  };
}

function behaviorWithDefaults(behavior: JsonObject): JsonObject {
  const cached = { Quantity: 2, Items: ["HEAD", "GET"] };
  const policy = behavior.ForwardedValues === undefined ? { CachePolicyId: cachingOptimized } : {};
  return {
    TrustedSigners: nobody,
    TrustedKeyGroups: nobody,
    ViewerProtocolPolicy: "redirect-to-https",
    AllowedMethods: { ...cached, CachedMethods: cached },
    SmoothStreaming: false,
    Compress: true,
    LambdaFunctionAssociations: none,
    FunctionAssociations: none,
    FieldLevelEncryptionId: "",
    GrpcConfig: { Enabled: false },
    ...policy,
    ...behavior,
  };
}
