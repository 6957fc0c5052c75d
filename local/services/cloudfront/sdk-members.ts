import type { JsonObject } from "../../json";
import { renameMembers } from "../members";

/**
 * Names a member of the API model the way Step Functions' SDK integrations do: they follow the AWS SDK for Java, which treats a leading
 * run of capitals as one word, and begin with a capital. `HTTPPort` is `HttpPort` and `IAMCertificateId` is `IamCertificateId`, while
 * `WebACLId`, `MinTTL` and `ETag` stay as they are.
 *
 * Inferred from https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html.
 */
export function sdkMemberName(member: string): string {
  const run = /^[A-Z]+(?=[A-Z][a-z])|^[A-Z]{2,}$/.exec(member)?.[0];
  return run ? run.charAt(0) + run.slice(1).toLowerCase() + member.slice(run.length) : member;
}

/** The members of CloudFront's API model that the SDK integration spells in its own way. */
const modelNames = ["HTTPPort", "HTTPSPort", "ACMCertificateArn", "IAMCertificateId", "SSLSupportMethod"];
const modelNameOf = new Map(modelNames.map((name) => [sdkMemberName(name), name]));

/** @returns an input of the SDK integration in the names of the API model. */
export function fromSdkMembers(args: JsonObject): JsonObject {
  return renameMembers(args, (member) => modelNameOf.get(member) ?? member);
}

/** @returns a result of the API in the names of the SDK integration. */
export function toSdkMembers(result: JsonObject): JsonObject {
  return renameMembers(result, sdkMemberName);
}
