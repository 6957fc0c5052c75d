import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { all } from "@pulumi/pulumi";
import type { Channel } from "../../contracts/internal";
import type {
  OriginSettings,
  OriginsByChannel,
  PlaybackSettings,
} from "../workflow/shared/playback-settings";

type Origin = aws.types.input.cloudfront.DistributionOrigin;
type Behavior = aws.types.input.cloudfront.DistributionOrderedCacheBehavior;

/** What a distribution needs to play every channel of the pool, as arguments of `aws.cloudfront.Distribution`. */
export interface ChannelEntries {
  readonly origins: pulumi.Output<Origin[]>;
  readonly behaviors: pulumi.Output<Behavior[]>;
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

function originOf(channel: Channel, settings: OriginSettings | undefined): Origin {
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

function behaviorOf(channel: Channel, playback: PlaybackSettings): Behavior {
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
