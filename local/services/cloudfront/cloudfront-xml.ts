import { isJsonObject, type Json, type JsonObject } from "../../json";

/**
 * What CloudFront's API model calls the elements of each list, by the structure that holds its `Items`.
 * No name occurs with two meanings in the model, so that no path is needed.
 */
const elementOf: ReadonlyMap<string, string> = new Map([
  ["Aliases", "CNAME"],
  ["AllowedMethods", "Method"],
  ["CacheBehaviors", "CacheBehavior"],
  ["CachedMethods", "Method"],
  ["CustomErrorResponses", "CustomErrorResponse"],
  ["CustomHeaders", "OriginCustomHeader"],
  ["FunctionAssociations", "FunctionAssociation"],
  ["GeoRestriction", "Location"],
  ["Headers", "Name"],
  ["LambdaFunctionAssociations", "LambdaFunctionAssociation"],
  ["Members", "OriginGroupMember"],
  ["OriginGroups", "OriginGroup"],
  ["OriginSslProtocols", "SslProtocol"],
  ["Origins", "Origin"],
  ["QueryStringCacheKeys", "Name"],
  ["StatusCodes", "StatusCode"],
  ["TrustedKeyGroups", "KeyGroup"],
  ["TrustedSigners", "AwsAccountNumber"],
  ["WhitelistedNames", "Name"],
]);

const integers = new Set([
  "ConnectionAttempts",
  "ConnectionTimeout",
  "DefaultTTL",
  "ErrorCachingMinTTL",
  "ErrorCode",
  "HTTPPort",
  "HTTPSPort",
  "MaxTTL",
  "MinTTL",
  "OriginKeepaliveTimeout",
  "OriginReadTimeout",
  "Quantity",
  "ResponseCompletionTimeout",
  "StatusCode",
]);

const booleans = new Set([
  "AdvertiseTrustStoreCaNames",
  "CloudFrontDefaultCertificate",
  "Compress",
  "Enabled",
  "IgnoreCertificateExpiry",
  "IncludeBody",
  "IncludeCookies",
  "IsIPV6Enabled",
  "QueryString",
  "Required",
  "SmoothStreaming",
  "Staging",
]);

/**
 * Turns API-model values into what `writeXml` writes: `{ Items: [a, b] }` of Origins becomes
 * `{ Items: { Origin: [a, b] } }`.
 * @param name the member that holds the value.
 */
export function toXmlShape(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((one) => toXmlShape("", one));
  if (!isJsonObject(value)) return value;
  const element = elementOf.get(name);
  const members = Object.entries(value).map(([member, child]): [string, Json] => {
    if (member !== "Items" || element === undefined) return [member, toXmlShape(member, child)];
    return [member, { [element]: toXmlShape(member, child) }];
  });
  return Object.fromEntries(members);
}

/**
 * Turns what `readXml` read into API-model values: the reverse of {@link toXmlShape}, numbers and booleans included.
 * @param name the member that holds the value.
 */
export function fromXmlShape(name: string, value: Json): Json {
  if (typeof value === "string") return scalar(name, value);
  if (!isJsonObject(value)) return value;
  const element = elementOf.get(name);
  const members = Object.entries(value).map(([member, child]): [string, Json] => {
    if (member !== "Items" || element === undefined) return [member, fromXmlShape(member, child)];
    return [member, listOf(child, element)];
  });
  return Object.fromEntries(members);
}

function listOf(wrapper: Json, element: string): Json[] {
  const content = (isJsonObject(wrapper) ? wrapper : ({} as JsonObject))[element];
  const elements = content === undefined ? [] : Array.isArray(content) ? content : [content];
  return elements.map((one) => fromXmlShape(element, one));
}

function scalar(name: string, text: string): Json {
  if (integers.has(name) && /^-?\d+$/.test(text)) return Number(text);
  if (booleans.has(name) && (text === "true" || text === "false")) return text === "true";
  return text;
}
