import type { Configuration } from "./engine";

/** A stack's configuration: what is required, and tables that may be deleted. */
export const baseConfiguration: Configuration = {
  "aws:region": "us-east-1",
  channelIds: "1234567",
  distributionId: "E2QWRUHAPOMQZL",
  protect: "false",
};

/** A change of every key that `Pulumi.yaml` declares: another value than the one above or the default, and what has to go with it. */
export const configurationChanges: { readonly [key: string]: Configuration } = {
  channelIds: { channelIds: "7654321" },
  originDomainNames: { originDomainNames: "origin.example.com" },
  originPaths: {
    originDomainNames: "abcdefg.egress.xyz789.mediapackagev2.us-east-1.amazonaws.com",
    originPaths: "/out/v1/group/channel/endpoint",
  },
  originAccessControlIds: {
    originDomainNames: "abcdefg.egress.xyz789.mediapackagev2.us-east-1.amazonaws.com",
    originAccessControlIds: "E1AAAAAAAAAAAA",
  },
  channelInputs: { channelInputs: "RTMP_PULL:2345678" },
  // Lists for one channel do not go with two.
  drainingChannelIds: {
    ...{ channelIds: "1234567,7654321", drainingChannelIds: "1234567" },
    ...{ originDomainNames: "", originPaths: "", originAccessControlIds: "", channelInputs: "" },
  },
  leadTimeMinutes: { leadTimeMinutes: "30" },
  stopUnowned: { stopUnowned: "true" },
  // A distribution that nothing updates has neither former ones nor a web ACL.
  playbackUpdate: {
    ...{ playbackUpdate: "none", distributionId: "", originDomainNames: "origin.example.com" },
    ...{ formerDistributionIds: "", webAclArn: "" },
  },
  distributionId: { distributionId: "E1BBBBBBBBBBBB" },
  formerDistributionIds: { formerDistributionIds: "E1DDDDDDDDDDDD" },
  cachePolicyId: { cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6" },
  originRequestPolicyId: { originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3" },
  responseHeadersPolicyId: { responseHeadersPolicyId: "60669652-455b-4ae9-85a4-c4c02393f86c" },
  originAccessControlId: {
    originDomainNames: "abcdefg.egress.xyz789.mediapackagev2.us-east-1.amazonaws.com",
    originAccessControlId: "E1CCCCCCCCCCCC",
  },
  originHeaders: { originHeaders: "x-origin-verify=c2VjcmV0" },
  webAclArn: { webAclArn: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/streams/1" },
  playbackDomainName: { playbackDomainName: "live.example.com", manifests: "hls=HLS:index.m3u8" },
  manifests: { playbackDomainName: "live.example.com", manifests: "hls=HLS:a.m3u8,dash=DASH:a.mpd" },
  trustedKeyGroupIds: { trustedKeyGroupIds: "a4ee5a1c-2e71-4f3b-8d3a-0c0a1b2c3d4e" },
  cacheBehaviorQuota: { cacheBehaviorQuota: "100" },
  graceMinutes: { graceMinutes: "30" },
  originQuota: { originQuota: "150" },
  readinessMode: {
    playbackDomainName: "d111111abcdef8.cloudfront.net",
    manifests: "main=HLS:index.m3u8",
    readinessMode: "automatic",
  },
  readinessTimeoutSeconds: {
    playbackDomainName: "d111111abcdef8.cloudfront.net",
    manifests: "main=HLS:index.m3u8",
    readinessMode: "automatic",
    readinessTimeoutSeconds: "60",
  },
  requireRunning: { requireRunning: "true" },
  onChannelLost: { onChannelLost: "restart" },
  alertMinutes: { alertMinutes: "0" },
  noInputMinutes: { noInputMinutes: "30" },
  confirmationTimeoutSeconds: { confirmationTimeoutSeconds: "60" },
  maxLiveHours: { maxLiveHours: "0" },
  sweepIntervalMinutes: { sweepIntervalMinutes: "60" },
  dashboard: { dashboard: "false" },
  alarms: { alarms: "guards" },
  notify: {
    notify: JSON.stringify([
      { type: "pagerduty", name: "pager", routingKey: "0123456789abcdef0123456789abcdef" },
    ]),
  },
  includeIngestEndpoints: { includeIngestEndpoints: "false" },
  confirmationPrincipals: { confirmationPrincipals: "arn:aws:iam::210987654321:role/encoder" },
  schemaRegistry: { schemaRegistry: "true" },
  jwtIssuer: { jwtIssuer: "https://issuer.example.com", jwtAudiences: "portal" },
  jwtAudiences: { jwtIssuer: "https://issuer.example.com", jwtAudiences: "portal,backoffice" },
  jwtIngestScope: {
    jwtIssuer: "https://issuer.example.com",
    jwtAudiences: "portal",
    jwtIngestScope: "streams/keys",
  },
  onCallEmails: { onCallEmails: "ops@example.com" },
  throttleBurstLimit: { throttleBurstLimit: "5" },
  throttleRateLimit: { throttleRateLimit: "2" },
  corsAllowOrigins: { corsAllowOrigins: "https://portal.example.com" },
  corsAllowHeaders: { corsAllowOrigins: "https://portal.example.com", corsAllowHeaders: "x-team" },
  tracing: { tracing: "true" },
  network: { network: "existing", vpcId: "vpc-1", subnetIds: "subnet-1,subnet-2" },
  vpcId: { network: "existing", vpcId: "vpc-2", subnetIds: "subnet-1,subnet-2" },
  subnetIds: { network: "existing", vpcId: "vpc-1", subnetIds: "subnet-3,subnet-4" },
  logRetentionDays: { logRetentionDays: "0" },
  archiveRetentionDays: { archiveRetentionDays: "0" },
  encryptionKeyArn: { encryptionKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1" },
  protect: { protect: "true" },
  apiDomainName: {
    apiDomainName: "streams.example.com",
    apiCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
  },
  apiCertificateArn: {
    apiDomainName: "streams.example.com",
    apiCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/2",
  },
  tags: { tags: "team=live,cost-center=42" },
};

/** Keys that name a resource of the team's own, which takes the place of one that the component makes. */
export const ownResources: Configuration = {
  eventBusName: "team-events",
  onCallTopicArn: "arn:aws:sns:us-east-1:123456789012:team-on-call",
  apiId: "a1b2c3d4e5",
  logGroupName: "/aws/vendedlogs/team",
  attemptsTableName: "team-attempts",
  leasesTableName: "team-leases",
};
