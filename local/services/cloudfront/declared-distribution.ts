import { isJsonObject, type Json, type JsonObject } from "../../json";

/**
 * Makes the configuration that CloudFront holds for an `aws.cloudfront.Distribution` of the program.
 *
 * @param id is the caller reference.
 */
export function declaredDistribution(id: string, inputs: JsonObject): JsonObject {
  return withoutUndefined({
    CallerReference: id,
    Comment: inputs.comment,
    Enabled: inputs.enabled,
    Aliases: inputs.aliases && listOf(inputs.aliases),
    DefaultRootObject: inputs.defaultRootObject,
    PriceClass: inputs.priceClass,
    HttpVersion: inputs.httpVersion,
    IsIPV6Enabled: inputs.isIpv6Enabled ?? false,
    WebACLId: inputs.webAclId,
    Origins: listOf(inputs.origins, origin),
    OriginGroups: inputs.originGroups && listOf(inputs.originGroups, originGroup),
    DefaultCacheBehavior: behavior(members(inputs.defaultCacheBehavior)),
    CacheBehaviors: listOf(inputs.orderedCacheBehaviors, behavior),
    CustomErrorResponses:
      inputs.customErrorResponses &&
      listOf(inputs.customErrorResponses, (response) => ({
        ErrorCode: response.errorCode,
        ResponseCode: response.responseCode === undefined ? "" : String(response.responseCode),
        ResponsePagePath: response.responsePagePath ?? "",
        ErrorCachingMinTTL: response.errorCachingMinTtl,
      })),
  });
}

/** Members as the program may leave them out. */
type Loose = { readonly [member: string]: Json | undefined };

function origin(given: JsonObject): Loose {
  const custom = given.customOriginConfig && members(given.customOriginConfig);
  const s3 = given.s3OriginConfig && members(given.s3OriginConfig);
  return {
    Id: given.originId,
    DomainName: given.domainName,
    OriginPath: given.originPath,
    OriginAccessControlId: given.originAccessControlId,
    ConnectionAttempts: given.connectionAttempts,
    ConnectionTimeout: given.connectionTimeout,
    CustomHeaders:
      given.customHeaders &&
      listOf(given.customHeaders, ({ name, value }) => ({ HeaderName: name, HeaderValue: value })),
    // The provider gives an origin without a kind, such as a bucket with an origin access control, the kind of a bucket.
    S3OriginConfig: custom ? undefined : { OriginAccessIdentity: s3 ? (s3.originAccessIdentity ?? "") : "" },
    CustomOriginConfig:
      custom &&
      withoutUndefined({
        HTTPPort: custom.httpPort,
        HTTPSPort: custom.httpsPort,
        OriginProtocolPolicy: custom.originProtocolPolicy,
        OriginSslProtocols: custom.originSslProtocols && listOf(custom.originSslProtocols),
        OriginReadTimeout: custom.originReadTimeout,
        OriginKeepaliveTimeout: custom.originKeepaliveTimeout,
      }),
  };
}

function originGroup(given: JsonObject): Loose {
  const { statusCodes } = members(given.failoverCriteria);
  return {
    Id: given.originId,
    FailoverCriteria: { StatusCodes: listOf(statusCodes) },
    Members: listOf(given.members, ({ originId }) => ({ OriginId: originId })),
  };
}

function behavior(given: JsonObject): JsonObject {
  const forwarded = given.forwardedValues && members(given.forwardedValues);
  const keyGroups = given.trustedKeyGroups;
  const signers = given.trustedSigners;
  return withoutUndefined({
    PathPattern: given.pathPattern,
    TargetOriginId: given.targetOriginId,
    ViewerProtocolPolicy: given.viewerProtocolPolicy,
    AllowedMethods: given.allowedMethods && {
      ...listOf(given.allowedMethods),
      CachedMethods: listOf(given.cachedMethods),
    },
    Compress: given.compress ?? false,
    SmoothStreaming: given.smoothStreaming ?? false,
    CachePolicyId: given.cachePolicyId,
    OriginRequestPolicyId: given.originRequestPolicyId,
    ResponseHeadersPolicyId: given.responseHeadersPolicyId,
    RealtimeLogConfigArn: given.realtimeLogConfigArn,
    TrustedKeyGroups: keyGroups && { Enabled: true, ...listOf(keyGroups) },
    TrustedSigners: signers && { Enabled: true, ...listOf(signers) },
    FunctionAssociations:
      given.functionAssociations &&
      listOf(given.functionAssociations, ({ eventType, functionArn }) => ({
        EventType: eventType,
        FunctionARN: functionArn,
      })),
    LambdaFunctionAssociations:
      given.lambdaFunctionAssociations &&
      listOf(given.lambdaFunctionAssociations, ({ eventType, lambdaArn, includeBody }) => ({
        EventType: eventType,
        LambdaFunctionARN: lambdaArn,
        IncludeBody: includeBody ?? false,
      })),
    ...(forwarded && {
      ForwardedValues: withoutUndefined({
        QueryString: forwarded.queryString,
        Cookies: withoutUndefined({
          Forward: members(forwarded.cookies).forward,
          WhitelistedNames:
            members(forwarded.cookies).whitelistedNames &&
            listOf(members(forwarded.cookies).whitelistedNames),
        }),
        Headers: listOf(forwarded.headers),
        QueryStringCacheKeys: listOf(forwarded.queryStringCacheKeys),
      }),
      MinTTL: given.minTtl ?? 0,
      DefaultTTL: given.defaultTtl ?? 86_400,
      MaxTTL: given.maxTtl ?? 31_536_000,
    }),
  });
}

/** A list as CloudFront writes it. */
function listOf(value: Json | undefined, convert?: (item: JsonObject) => Loose): JsonObject {
  const items = Array.isArray(value) ? value : [];
  if (items.length === 0) return { Quantity: 0 };
  const Items = convert ? items.map((item) => withoutUndefined(convert(members(item)))) : items;
  return { Quantity: items.length, Items };
}

function members(value: Json | undefined): JsonObject {
  return isJsonObject(value ?? null) ? (value as JsonObject) : {};
}

function withoutUndefined(value: Loose): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}
