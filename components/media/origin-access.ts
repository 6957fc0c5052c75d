import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Channel } from "../../contracts/internal";
import { policyDocument } from "../policy";
import type { EncoderArgs, EncoderChannelArgs, PlaybackArgs } from "../stream-orchestration-args";

/**
 * The egress domain of a MediaPackage v2 channel group, such as `abcde.egress.xyz.mediapackagev2.us-east-1.amazonaws.com`
 * (MediaPackage v2 guide, "Working with channel groups"; older examples lack the part between). All channels of the group share it.
 */
const mediaPackageDomain =
  /^[a-z0-9-]+\.egress\.(?:[a-z0-9-]+\.)?mediapackagev2\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/i;

/** The path of an endpoint in its group: `/out/v1/<channel group>/<channel>/<endpoint>`. */
const endpointPath = /^\/out\/v1\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** @returns whether an origin's domain is that of a MediaPackage v2 channel group, which refuses requests without a signature. */
export function isMediaPackageV2(domainName: string | null | undefined): boolean {
  return typeof domainName === "string" && mediaPackageDomain.test(domainName);
}

/** @returns whether a value becomes known only when resources are made. */
export function isLater(value: unknown): value is pulumi.OutputInstance<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * @returns whether a channel may have a MediaPackage v2 origin without an access control of its own. What is not known yet may be one:
 * a preview and the deployment have to agree, and an access control that nothing uses costs nothing.
 */
export function mayNeedOriginAccessControl(
  { channels }: Pick<EncoderArgs, "channels">,
  { originAccessControlId }: Pick<PlaybackArgs, "originAccessControlId">,
): boolean {
  if (originAccessControlId !== undefined) return false;
  if (isLater(channels)) return true;
  return channels.some((channel: pulumi.Input<EncoderChannelArgs>) => {
    if (isLater(channel)) return true;
    const { originDomainName, originAccessControlId: own } = channel;
    if (own !== undefined || originDomainName === undefined) return false;
    return isLater(originDomainName) || isMediaPackageV2(originDomainName);
  });
}

/** Makes the origin access control with which CloudFront signs its requests to MediaPackage v2. */
export function createOriginAccessControl(
  name: string,
  opts: pulumi.CustomResourceOptions,
): aws.cloudfront.OriginAccessControl {
  return new aws.cloudfront.OriginAccessControl(
    `${name}-playback`,
    {
      description: "Signs requests to the MediaPackage v2 endpoints of live streams.",
      originAccessControlOriginType: "mediapackagev2",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    },
    opts,
  );
}

/** What stands in an ARN where the program does not know a name. */
const unknownEndpoint = "channelGroup/CHANNEL_GROUP/channel/CHANNEL/originEndpoint/ENDPOINT";

/** @returns the resources of an endpoint policy: the endpoints that the channels' paths name, else one with placeholders. */
function endpointArns(
  channels: readonly Channel[],
  place: { partition: string; region: string; accountId: string },
): string[] {
  const arns = channels.flatMap(({ originDomainName, originPath }) => {
    const [, region] = mediaPackageDomain.exec(originDomainName ?? "") ?? [];
    const [, group, channel, endpoint] = endpointPath.exec(originPath ?? "") ?? [];
    if (region === undefined || group === undefined) return [];
    return [arn(region, `channelGroup/${group}/channel/${channel}/originEndpoint/${endpoint}`)];
  });
  return arns.length > 0 ? [...new Set(arns)] : [arn(place.region, unknownEndpoint)];

  function arn(region: string, resource: string): string {
    return `arn:${place.partition}:mediapackagev2:${region}:${place.accountId}:${resource}`;
  }
}

/**
 * @returns the policy (JSON) that lets only the distributions read MediaPackage v2 endpoints.
 *
 * Source: CloudFront guide, "Restrict access to an AWS Elemental MediaPackage v2 origin".
 */
export function endpointPolicy(
  channels: pulumi.Output<readonly Channel[]>,
  args: {
    partition: pulumi.Input<string>;
    region: pulumi.Input<string>;
    accountId: pulumi.Input<string>;
    /** Of the distribution that plays new streams, and of those that may still play others. */
    distributionArns: pulumi.Output<string[]>;
  },
): pulumi.Output<string> {
  const { distributionArns, ...place } = args;
  const sources = distributionArns.apply(([only = "", ...others]) =>
    others.length === 0 ? only : [only, ...others],
  );
  return policyDocument([
    {
      sid: "AllowCloudFrontServicePrincipal",
      service: "cloudfront.amazonaws.com",
      actions: ["mediapackagev2:GetObject"],
      resources: pulumi.all([channels, place]).apply(([list, where]) => endpointArns(list, where)),
      conditions: { StringEquals: { "AWS:SourceArn": sources } },
    },
  ]);
}
