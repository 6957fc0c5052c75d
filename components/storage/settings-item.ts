import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type DeploymentSettings,
  leaseKeyName,
  type SettingsItem,
  settingsItemId,
} from "../../contracts/internal";
import type { Media } from "../media/media";
import { behaviorMembers, entryBytes, membersOfOrigin } from "../workflow/shared/playback-settings";

export interface SettingsItemArgs {
  leases: aws.dynamodb.Table;
  media: Media;
  confirmationTimeoutSeconds: pulumi.Input<number>;
  maxLiveHours: pulumi.Input<number>;
}

/**
 * Writes what may change between two deployments into the leases table, from which an attempt gets it together with its channel.
 *
 * @param opts `dependsOn`: what has to be there before a stream may start with the new settings.
 */
export function createSettingsItem(
  name: string,
  { leases, media, ...args }: SettingsItemArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const settings = pulumi
    .all([
      media.channels,
      media.playback,
      media.origins,
      media.viewer,
      args.confirmationTimeoutSeconds,
      args.maxLiveHours,
    ])
    .apply(
      ([
        channels,
        playback,
        origins,
        viewer,
        confirmationTimeoutSeconds,
        maxLiveHours,
      ]): DeploymentSettings => {
        const none = { originAccessControlId: null, originHeaders: null };
        return {
          channels: channels.map((channel) => ({
            ...channel,
            origin: membersOfOrigin(origins[channel.channelId] ?? none),
          })),
          attempt: {
            distributionId: playback.distributionId,
            cacheBehaviorQuota: playback.cacheBehaviorQuota,
            originQuota: playback.originQuota,
            entryBytes: entryBytes(playback, origins),
            behavior: behaviorMembers(playback),
            ...(viewer && { viewer }),
            confirmationTimeoutSeconds,
            maxLiveHours,
          },
        };
      },
    );
  new aws.dynamodb.TableItem(
    `${name}-settings`,
    { tableName: leases.name, hashKey: leaseKeyName, item: settings.apply(toItem) },
    opts,
  );
}

/** The settings as an item in DynamoDB's form. */
function toItem(settings: DeploymentSettings): string {
  return JSON.stringify({
    channelId: { S: settingsItemId },
    settings: { S: JSON.stringify(settings) },
  } satisfies { [attribute in keyof SettingsItem]: { S: string } });
}
