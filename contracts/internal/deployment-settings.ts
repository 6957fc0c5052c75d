import type { InputType } from "../channel-inputs";
import type { ViewerSettings } from "../playback";

/** One MediaLive input of a channel. */
export interface ChannelInput {
  readonly inputId: string;
  readonly type: InputType;
}

/** One MediaLive channel of the pool. */
export interface Channel {
  readonly channelId: string;
  readonly originDomainName?: string;
  readonly originPath?: string;
  /** Present where no new stream gets the channel. Streams that have it are cleaned up all the same. */
  readonly draining?: true;
  /** Its inputs. Missing where they are not known: the channel then takes any request, and nobody sets or tells what it ingests. */
  readonly inputs?: readonly ChannelInput[];
}

/** Members of an origin or a behaviour, named as Step Functions' SDK integration names them. */
export interface SdkMembers {
  readonly [member: string]: unknown;
}

/** How an attempt is played and guarded: what the deployment says at the moment in which the attempt gets its channel. */
export interface AttemptSettings {
  /** The distribution that gets the attempt's playback entry. */
  readonly distributionId: string;
  /** How many behaviours CloudFront allows the distribution, besides the default one. */
  readonly cacheBehaviorQuota: number;
  /** How many origins CloudFront allows the distribution. */
  readonly originQuota: number;
  /** The size of the largest playback entry, in bytes. */
  readonly entryBytes: number;
  /** The members of the attempt's behaviour, besides its path and its origin. */
  readonly behavior: SdkMembers;
  /** The members of the attempt's origin that the channel's settings change. Values of headers may be secrets. */
  readonly origin: SdkMembers;
  /** Where viewers find the stream; missing where the deployment names no manifests. */
  readonly viewer?: ViewerSettings;
  /** How long the attempt waits for READY or FAILED. */
  readonly confirmationTimeoutSeconds: number;
  /** Hours that a stream may be READY or LIVE; 0 for any number. */
  readonly maxLiveHours: number;
}

/** A channel of the pool. */
interface DeployedChannel extends Channel {
  readonly origin: AttemptSettings["origin"];
}

/**
 * What one deployment says and the next may say otherwise. An execution keeps the definition with which it began, and a scheduled start
 * waits for up to 360 days: this is read when the attempt gets its channel.
 */
export interface DeploymentSettings {
  /** The pool. */
  readonly channels: readonly DeployedChannel[];
  readonly attempt: Omit<AttemptSettings, "origin">;
}

/** The item of the leases table in which a deployment writes its settings. */
export interface SettingsItem {
  channelId: "settings";
  /** {@link DeploymentSettings} as JSON. */
  settings: string;
}

/** The key of the settings in the leases table. */
export const settingsItemId = "settings" satisfies SettingsItem["channelId"];
