import { isJsonObject, type Json, type JsonObject } from "../../json";
import { AwsError } from "../service";

/** How much a distribution may hold. AWS raises both on request. */
export interface DistributionQuotas {
  readonly cacheBehaviors: number;
  readonly origins: number;
}

/** CloudFront's own quotas. */
const defaultQuotas: DistributionQuotas = { cacheBehaviors: 75, origins: 100 };

/**
 * UpdateDistribution asks for more than CreateDistribution and than the API model marks as required.
 * Source: CloudFront developer guide, "Required fields for creating and updating distributions".
 */
const requiredForUpdate = {
  DistributionConfig: [
    "CallerReference",
    "Aliases",
    "DefaultRootObject",
    "Origins",
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Comment",
    "Logging",
    "PriceClass",
    "Enabled",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
  ],
  CacheBehavior: [
    "TargetOriginId",
    "ViewerProtocolPolicy",
    "AllowedMethods",
    "SmoothStreaming",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
  ],
  Origin: ["Id", "DomainName", "OriginPath", "CustomHeaders"],
  CustomOriginConfig: ["HTTPPort", "HTTPSPort", "OriginProtocolPolicy", "OriginSslProtocols"],
};

const originKinds = ["CustomOriginConfig", "S3OriginConfig", "VpcOriginConfig"];

/**
 * Checks a configuration as UpdateDistribution does.
 * @throws {AwsError} `InvalidArgument`, `IllegalUpdate`, `InconsistentQuantities`, `TooManyOrigins`,
 * `TooManyCacheBehaviors` or `NoSuchOrigin`.
 */
export function checkUpdate(
  config: JsonObject,
  current: JsonObject,
  quotas: DistributionQuotas = defaultQuotas,
): void {
  requireMembers(config, requiredForUpdate.DistributionConfig, "DistributionConfig");
  if (config.CallerReference !== current.CallerReference) {
    throw new AwsError("IllegalUpdate", "The CallerReference of a distribution cannot be changed.");
  }
  checkQuantities(config, "DistributionConfig");

  const origins = items(config.Origins);
  const behaviors = items(config.CacheBehaviors);
  if (origins.length > quotas.origins) {
    throw new AwsError("TooManyOrigins", `A distribution has at most ${quotas.origins} origins.`);
  }
  if (behaviors.length > quotas.cacheBehaviors) {
    const message = `A distribution has at most ${quotas.cacheBehaviors} cache behaviors.`;
    throw new AwsError("TooManyCacheBehaviors", message);
  }
  for (const origin of origins) checkOrigin(origin);
  for (const behavior of behaviors) {
    requireMembers(behavior, ["PathPattern"], "CacheBehavior");
    checkBehavior(behavior, "CacheBehavior");
  }
  const defaultBehavior = config.DefaultCacheBehavior;
  if (!isJsonObject(defaultBehavior)) throw missing("DefaultCacheBehavior");
  checkBehavior(defaultBehavior, "DefaultCacheBehavior");
  refuseDuplicates(origins, "Id", "Origin");
  refuseDuplicates(behaviors, "PathPattern", "CacheBehavior");

  const known = new Set([...origins, ...items(config.OriginGroups)].map((target) => target.Id));
  const lost = [...behaviors, defaultBehavior].find((behavior) => !known.has(behavior.TargetOriginId));
  if (lost !== undefined) {
    throw new AwsError(
      "NoSuchOrigin",
      `One or more of your origins or origin groups do not exist: ${JSON.stringify(lost.TargetOriginId)}.`,
      404,
    );
  }
}

/** @returns the elements of CloudFront's list structure `{ Quantity, Items? }`. */
function items(list: Json | undefined): JsonObject[] {
  return isJsonObject(list) && Array.isArray(list.Items) ? list.Items.filter(isJsonObject) : [];
}

function checkOrigin(origin: JsonObject): void {
  requireMembers(origin, requiredForUpdate.Origin, "Origin");
  if (originKinds.filter((kind) => origin[kind] !== undefined).length !== 1) {
    throw new AwsError(
      "InvalidArgument",
      `The origin ${JSON.stringify(origin.Id)} must have exactly one of ${originKinds.join(", ")}.`,
    );
  }
  const custom = origin.CustomOriginConfig;
  if (!isJsonObject(custom)) return;
  requireMembers(custom, requiredForUpdate.CustomOriginConfig, "CustomOriginConfig");
  for (const member of ["OriginReadTimeout", "OriginKeepaliveTimeout"]) {
    if (custom[member] === undefined) {
      throw new AwsError("IllegalUpdate", `${member} is required for updates.`);
    }
  }
}

function checkBehavior(behavior: JsonObject, kind: string): void {
  requireMembers(behavior, requiredForUpdate.CacheBehavior, kind);
  if (behavior.CachePolicyId === undefined && behavior.ForwardedValues === undefined) {
    throw missing(`${kind} CachePolicyId`);
  }
}

function requireMembers(shape: JsonObject, members: readonly string[], kind: string): void {
  const absent = members.find((member) => shape[member] === undefined);
  if (absent !== undefined) throw missing(`${kind} ${absent}`);
}

function missing(parameter: string): AwsError {
  return new AwsError("InvalidArgument", `The parameter ${parameter} is required.`);
}

function refuseDuplicates(list: readonly JsonObject[], member: string, kind: string): void {
  const values = list.map((one) => one[member]);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new AwsError(
      "InvalidArgument",
      `The parameter ${kind} ${member} contains ${JSON.stringify(twice)} twice.`,
    );
  }
}

function checkQuantities(value: Json, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) checkQuantities(one, `${path}[${index}]`);
    return;
  }
  if (!isJsonObject(value)) return;
  if (value.Quantity !== undefined) {
    const length = Array.isArray(value.Items) ? value.Items.length : 0;
    if (value.Quantity !== length) {
      throw new AwsError(
        "InconsistentQuantities",
        `The value of Quantity and the size of Items don't match at ${path}: ${String(value.Quantity)} and ${length}.`,
      );
    }
  }
  for (const [name, child] of Object.entries(value)) checkQuantities(child, `${path}.${name}`);
}
