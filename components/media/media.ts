import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Channel } from "../../contracts/internal";
import type { PolicyStatement } from "../policy";
import type { StreamOrchestrationArgs } from "../stream-orchestration-args";
import { componentIdLength } from "../workflow/shared/origin-ids";
import type { PlaybackSettings } from "../workflow/shared/playback-settings";

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

/** CloudFront's default quotas for each distribution. */
const defaultQuotas = { cacheBehaviors: 75, origins: 100 };

export function readMedia(
  { encoder, playback }: Pick<StreamOrchestrationArgs, "encoder" | "playback">,
  viewerRequestFunctionArn: pulumi.Output<string>,
  attempts: aws.dynamodb.Table,
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
      cacheBehaviorQuota: playback.cacheBehaviorQuota ?? defaultQuotas.cacheBehaviors,
      originQuota: playback.originQuota ?? defaultQuotas.origins,
      componentId: attempts.arn.apply(componentIdOf),
      originRequestPolicyId: null,
      responseHeadersPolicyId: null,
      origins: pulumi.output<PlaybackSettings["origins"]>({}),
    }),
    updateDistribution: {
      actions: ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
      resources: [arns.distribution(playback.distributionId)],
    },
  };
}

function componentIdOf(attemptsArn: string): string {
  return createHash("sha256").update(attemptsArn).digest("hex").slice(0, componentIdLength);
}
