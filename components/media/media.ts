import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type InputType, inputTypes, type ViewerSettings } from "../../contracts";
import type { Channel } from "../../contracts/internal";
import type { Tags } from "../common";
import type { PolicyStatement } from "../policy";
import type { StackArns } from "../stack-arns";
import type { PlaybackArgs, StreamOrchestrationArgs } from "../stream-orchestration-args";
import { componentIdLength } from "../workflow/shared/origin-ids";
import type {
  OriginSettings,
  OriginsByChannel,
  PlaybackSettings,
} from "../workflow/shared/playback-settings";
import { createCachePolicy } from "./cache-policy";
import { type ChannelEntries, channelEntries } from "./channel-entries";
import {
  createOriginAccessControl,
  endpointPolicy,
  isLater,
  isMediaPackageV2,
  mayNeedOriginAccessControl,
} from "./origin-access";
import { createViewerRequestFunction } from "./viewer-request-function";

/** The channels and the distributions that exist already, as the workflows name and use them. */
export interface Media {
  readonly channels: pulumi.Output<Channel[]>;
  readonly channelArns: pulumi.Output<string[]>;
  /** What it takes to read the channels' inputs and to set their sources. */
  readonly useInputs: readonly PolicyStatement[];
  readonly playback: pulumi.Output<PlaybackSettings>;
  /** As `playback` has it: known before the outputs are. */
  readonly update: PlaybackSettings["update"];
  /** The channels' entries for a distribution that nothing updates; none for one that workflows update. */
  readonly entries: ChannelEntries;
  /** Where viewers find streams; null without manifests. */
  readonly viewer: pulumi.Output<ViewerSettings | null>;
  /** Secret where a header is given. */
  readonly origins: pulumi.Output<OriginsByChannel>;
  /** What it takes to read and update the distribution of new streams and the former ones. */
  readonly updateDistributions: readonly PolicyStatement[];
  /** The policy (JSON) that lets the distribution read MediaPackage v2 endpoints. */
  readonly endpointPolicyJson: pulumi.Output<string>;
}

/** CloudFront's default quotas for each distribution. */
const defaultQuotas = { cacheBehaviors: 75, origins: 100 };

type MediaArgs = Pick<StreamOrchestrationArgs, "encoder" | "playback"> & {
  attempts: aws.dynamodb.Table;
  arns: StackArns;
  tags: Tags;
};

/** Makes what CloudFront needs to play streams, and reads what exists already. */
export function createMedia(
  name: string,
  { encoder, playback, attempts, arns, tags }: MediaArgs,
  opts: pulumi.CustomResourceOptions,
): Media {
  const channels = pulumi.output(withoutHeaders(encoder.channels)).apply((list) =>
    list.map(({ channelId, originDomainName, originPath, draining, inputs }): Channel => {
      warnOfSharedDomain(channelId, originDomainName, originPath);
      return {
        channelId,
        ...(originDomainName !== undefined && { originDomainName }),
        ...(originPath !== undefined && { originPath }),
        ...(draining === true && { draining }),
        ...(inputs && { inputs: inputs.map(({ inputId, type }) => ({ inputId, type })) }),
      };
    }),
  );
  const formerDistributionIds = pulumi.output(playback.formerDistributionIds ?? []);
  // Without updates, the distribution is not known here: the endpoint policy has a word in capitals in its place.
  const distributionId = playback.distributionId ?? "DISTRIBUTION";
  const distributionArns = formerDistributionIds.apply((former) =>
    pulumi.all([distributionId, ...former].map((id) => arns.distribution(id))),
  );
  const update = playback.update ?? "stream";
  const settings: Media["playback"] = pulumi.output({
    update,
    distributionId: playback.distributionId ?? "",
    formerDistributionIds,
    componentId: attempts.arn.apply(componentIdOf),
    cachePolicyId: playback.cachePolicyId ?? createCachePolicy(name, opts).id,
    originRequestPolicyId: playback.originRequestPolicyId ?? null,
    responseHeadersPolicyId: playback.responseHeadersPolicyId ?? null,
    viewerRequestFunctionArn: createViewerRequestFunction(name, tags, opts).arn,
    trustedKeyGroupIds: playback.trustedKeyGroupIds ?? [],
    cacheBehaviorQuota: playback.cacheBehaviorQuota ?? defaultQuotas.cacheBehaviors,
    originQuota: playback.originQuota ?? defaultQuotas.origins,
  });
  const created = mayNeedOriginAccessControl(encoder, playback)
    ? createOriginAccessControl(name, opts).id
    : undefined;
  const origins = originSettings(encoder.channels, playback, created);
  return {
    channels,
    update,
    entries: channelEntries(channels, settings, origins),
    channelArns: channels.apply((entries) =>
      pulumi.all(entries.map(({ channelId }) => arns.channel(channelId))),
    ),
    useInputs: inputStatements(channels, arns),
    playback: settings,
    viewer: viewerSettings(playback),
    origins,
    updateDistributions:
      update === "none"
        ? []
        : [
            {
              actions: ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
              resources: distributionArns,
            },
            // CloudFront asks whether the caller of an update may read the distribution's web ACL (aws-sdk-java #2901).
            ...(playback.webAclArn === undefined
              ? []
              : [{ actions: ["wafv2:GetWebACL"], resources: [playback.webAclArn] }]),
          ],
    endpointPolicyJson: endpointPolicy(channels, { ...arns, distributionArns }),
  };
}

function viewerSettings({ domainName, manifests, update }: PlaybackArgs): Media["viewer"] {
  const byChannel = update === "none" ? { pathBy: "channel" as const } : {};
  if (domainName !== undefined && manifests !== undefined) {
    return pulumi.output({ domainName, manifests, ...byChannel });
  }
  return pulumi.output(update === "none" ? { domainName: "", manifests: [], ...byChannel } : null);
}

/** An input that is pushed to is only read: its addresses stay the same. */
function inputStatements(channels: Media["channels"], arns: StackArns): readonly PolicyStatement[] {
  const arnsOf = (isWanted: (type: InputType) => boolean) =>
    channels.apply((list) => {
      const inputs = list.flatMap((channel) => channel.inputs ?? []);
      return pulumi.all(
        inputs.filter(({ type }) => isWanted(type)).map(({ inputId }) => arns.input(inputId)),
      );
    });
  // Each input stands in one statement: the size of a role's policies is limited.
  return [
    {
      actions: ["medialive:DescribeInput", "medialive:UpdateInput"],
      resources: arnsOf((type) => inputTypes[type].pulls),
    },
    { actions: ["medialive:DescribeInput"], resources: arnsOf((type) => !inputTypes[type].pulls) },
  ];
}

type Channels = StreamOrchestrationArgs["encoder"]["channels"];

/**
 * Functions are told of the channels, and need not know how CloudFront reaches an origin. What comes of a secret is a secret for Pulumi:
 * a channel's header would make one of every policy that names the channel.
 */
function withoutHeaders(channels: Channels): Channels {
  if (isLater(channels)) return channels;
  return channels.map((channel) => {
    if (isLater(channel)) return channel;
    const { originHeaders: _, ...others } = channel;
    return others;
  });
}

/** @returns how CloudFront reaches each channel's origin. Values of headers are secret, and so are definitions that hold one. */
function originSettings(
  channels: Channels,
  playback: PlaybackArgs,
  createdAccessControlId: pulumi.Output<string> | undefined,
): pulumi.Output<OriginsByChannel> {
  const common = pulumi.output({
    accessControlId: playback.originAccessControlId ?? null,
    createdId: createdAccessControlId ?? null,
    headers: playback.originHeaders === undefined ? null : pulumi.secret(playback.originHeaders),
  });
  return pulumi.all([channels, common]).apply(([list, { accessControlId, createdId, headers }]) => {
    const entries = list.map((channel): [string, OriginSettings] => [
      channel.channelId,
      {
        originAccessControlId:
          channel.originAccessControlId ??
          accessControlId ??
          (isMediaPackageV2(channel.originDomainName) ? createdId : null),
        originHeaders: channel.originHeaders ?? headers,
      },
    ]);
    const origins = pulumi.output(Object.fromEntries(entries)) as pulumi.Output<OriginsByChannel>;
    return list.some(({ originHeaders }) => originHeaders !== undefined) ? pulumi.secret(origins) : origins;
  });
}

function warnOfSharedDomain(channelId: string, domainName?: string, path?: string): void {
  if (!isMediaPackageV2(domainName) || path !== undefined) return;
  void pulumi.log.warn(
    `encoder.channels: channel ${channelId} has no originPath. All channels of a MediaPackage v2 channel group share the domain '${domainName}', so that viewers of this channel's stream could ask for the others. Set originPath to the endpoint's path, /out/v1/<channel group>/<channel>/<endpoint>.`,
  );
}

function componentIdOf(attemptsArn: string): string {
  return createHash("sha256").update(attemptsArn).digest("hex").slice(0, componentIdLength);
}
