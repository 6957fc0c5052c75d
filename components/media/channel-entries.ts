import type * as pulumi from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";
import type { Channel } from "../../contracts/internal";
import type {
  OriginSettings,
  OriginsByChannel,
  PlaybackSettings,
} from "../workflow/shared/playback-settings";

/** The origin of a channel, as an element of `origins` of `aws.cloudfront.Distribution`. */
export interface PlaybackOrigin {
  originId: string;
  domainName: string;
  originPath?: string;
  originAccessControlId?: string;
  customHeaders?: PlaybackOriginHeader[];
  customOriginConfig: PlaybackOriginConfig;
}

/** A header that CloudFront adds to its requests. */
export interface PlaybackOriginHeader {
  name: string;
  value: string;
}

/** How CloudFront connects to an origin. */
export interface PlaybackOriginConfig {
  httpPort: number;
  httpsPort: number;
  originProtocolPolicy: string;
  originSslProtocols: string[];
}

/** The behaviour of a channel, as an element of `orderedCacheBehaviors` of `aws.cloudfront.Distribution`. */
export interface PlaybackBehavior {
  pathPattern: string;
  targetOriginId: string;
  viewerProtocolPolicy: string;
  allowedMethods: string[];
  cachedMethods: string[];
  compress: boolean;
  cachePolicyId: string;
  originRequestPolicyId?: string;
  responseHeadersPolicyId?: string;
  trustedKeyGroups?: string[];
  functionAssociations: PlaybackFunctionAssociation[];
}

/** A CloudFront function, and the event that it answers. */
export interface PlaybackFunctionAssociation {
  eventType: string;
  functionArn: string;
}

/** What a distribution needs to play every channel of the pool. */
export interface ChannelEntries {
  readonly origins: pulumi.Output<PlaybackOrigin[]>;
  readonly behaviors: pulumi.Output<PlaybackBehavior[]>;
}

/** @returns an origin and a behaviour for each channel; none where workflows update the distribution for each stream. */
export function channelEntries(
  channels: pulumi.Output<Channel[]>,
  playback: pulumi.Output<PlaybackSettings>,
  origins: pulumi.Output<OriginsByChannel>,
): ChannelEntries {
  return {
    origins: all([channels, playback, origins]).apply(([list, { update }, settings]) =>
      update === "none" ? list.map((channel) => originOf(channel, settings[channel.channelId])) : [],
    ),
    behaviors: all([channels, playback]).apply(([list, settings]) =>
      settings.update === "none" ? list.map((channel) => behaviorOf(channel, settings)) : [],
    ),
  };
}

function originId({ channelId }: Channel): string {
  return `stream-orchestration-channel-${channelId}`;
}

function originOf(channel: Channel, settings: OriginSettings | undefined): PlaybackOrigin {
  const { originDomainName = "", originPath } = channel;
  const { originAccessControlId = null, originHeaders = null } = settings ?? {};
  return {
    originId: originId(channel),
    domainName: originDomainName,
    ...(originPath !== undefined && { originPath }),
    ...(originAccessControlId !== null && { originAccessControlId }),
    ...(originHeaders !== null && {
      customHeaders: Object.entries(originHeaders).map(([name, value]) => ({ name, value })),
    }),
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
    },
  };
}

function behaviorOf(channel: Channel, playback: PlaybackSettings): PlaybackBehavior {
  const { originRequestPolicyId, responseHeadersPolicyId, trustedKeyGroupIds } = playback;
  return {
    pathPattern: `/${channel.channelId}/*`,
    targetOriginId: originId(channel),
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    compress: true,
    cachePolicyId: playback.cachePolicyId,
    ...(originRequestPolicyId !== null && { originRequestPolicyId }),
    ...(responseHeadersPolicyId !== null && { responseHeadersPolicyId }),
    ...(trustedKeyGroupIds.length > 0 && { trustedKeyGroups: [...trustedKeyGroupIds] }),
    // It takes the first segment off the path, and puts it into the cache key.
    functionAssociations: [{ eventType: "viewer-request", functionArn: playback.viewerRequestFunctionArn }],
  };
}
