/**
 * Names a member of an AWS API the way Step Functions' SDK integrations do: they follow the AWS SDK for Java, which
 * treats a leading run of capitals as one word, and begin with a capital. `HTTPPort` is `HttpPort` and `IAMCertificateId`
 * is `IamCertificateId`, while `WebACLId`, `MinTTL` and `ETag` stay as they are.
 *
 * Inferred from https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html: every place that
 * depends on the rule calls this function.
 *
 * @param member the name in the service's API model.
 */
export function sdkMemberName(member: string): string {
  const run = /^[A-Z]+(?=[A-Z][a-z])|^[A-Z]{2,}$/.exec(member)?.[0];
  return run ? run.charAt(0) + run.slice(1).toLowerCase() + member.slice(run.length) : member;
}
