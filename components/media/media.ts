import * as pulumi from "@pulumi/pulumi";
import type { Channel } from "../../contracts/internal";
import type { PolicyStatement } from "../policy";
import type { StreamOrchestrationArgs } from "../stream-orchestration-args";
import type { PlaybackSettings } from "../workflow/shared/playback-configuration";

/** The channels and the distribution that exist already, as the workflows name and use them. */
export interface Media {
  readonly channels: pulumi.Output<Channel[]>;
  readonly channelArns: pulumi.Output<string[]>;
  readonly playback: pulumi.Output<PlaybackSettings>;
  /** What it takes to read and update the distribution. */
  readonly updateDistribution: PolicyStatement;
}

/** AWS's managed cache policy for MediaPackage origins: it keeps the query strings by which players ask for a window. */
const elementalMediaPackageCachePolicyId = "08627262-05a9-4f76-9ded-b50ca2e3a84f";

/** CloudFront's default quota of behaviours for each distribution. */
const defaultCacheBehaviorQuota = 75;

export function readMedia(
  { encoder, playback }: Pick<StreamOrchestrationArgs, "encoder" | "playback">,
  viewerRequestFunctionArn: pulumi.Output<string>,
  arns: {
    channel: (id: string) => pulumi.Output<string>;
    distribution: (id: pulumi.Input<string>) => pulumi.Output<string>;
  },
): Media {
  const channels = pulumi.output(encoder.channels);
  return {
    channels,
    channelArns: channels.apply((entries) =>
      pulumi.all(entries.map(({ channelId }) => arns.channel(channelId))),
    ),
    playback: pulumi.output({
      distributionId: playback.distributionId,
      cachePolicyId: playback.cachePolicyId ?? elementalMediaPackageCachePolicyId,
      viewerRequestFunctionArn,
      trustedKeyGroupIds: playback.trustedKeyGroupIds ?? [],
      cacheBehaviorQuota: playback.cacheBehaviorQuota ?? defaultCacheBehaviorQuota,
    }),
    updateDistribution: {
      actions: ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
      resources: [arns.distribution(playback.distributionId)],
    },
  };
}
