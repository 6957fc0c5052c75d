import type { SdkMembers, SettingsItem } from "./deployment-settings";
import { type CheckedExpression, expressionOf } from "./expression";

/**
 * The right of one attempt to use one channel. Only the cleanup of the attempt deletes it: as long as it stands, the
 * attempt may hold something.
 */
export interface AttemptLease {
  channelId: string;
  /** The ARN of the attempt's execution. */
  leasedBy: string;
  streamId: string;
  attempt: number;
  /** RFC 3339, in UTC. */
  leasedAt: string;
  /** RFC 3339, in UTC. When the workflow was last about to start the channel. */
  startedAt?: string;
  /** Beside `startedAt`: whether the channel is the attempt's to stop, as its item says. Missing in leases of earlier releases. */
  ownsChannel?: boolean;
  /** RFC 3339, in UTC. When a workflow was last about to stop the channel. */
  stoppedAt?: string;
  /**
   * RFC 3339, in UTC. When StreamTeardown last found that the attempt's workflow has ended. From then on the attempt adds no entry, and
   * `originId` keeps no place: an entry that is still in the distribution counts by itself.
   */
  cleanupStartedAt?: string;
  /** The id of the attempt's origin: its place in the distribution, from before its channel starts until the lease goes back. */
  originId?: string;
  /** The distribution in which the place is. A later deployment may name another. */
  distributionId?: string;
  /** How many bytes of the configuration the playback entry takes. Missing where the place is of an earlier release. */
  playbackBytes?: number;
  /** Present once the attempt, or its cleanup, has waited for the lock on the distribution. */
  playbackUpdate?: PlaybackUpdate;
  /** Beside ADD: {@link PlaybackSource} as JSON. Values of headers may be secrets. */
  playbackSource?: string;
  purpose?: never;
}

/**
 * What an attempt wants of the distribution, which whoever has the lock does for it: `ADD` or `REMOVE` its playback entry. `ADDED` and
 * `REMOVED` once that is done. `ADD_ALONE` and `REMOVE_ALONE` where CloudFront has refused an update of many: the attempt then waits for
 * the lock and makes an update of its own.
 */
export type PlaybackUpdate = "ADD" | "ADDED" | "ADD_ALONE" | "REMOVE" | "REMOVED" | "REMOVE_ALONE";

/** What another execution needs to add an attempt's playback entry, beside the names on the lease. */
export interface PlaybackSource {
  /** Null where the channel plays through the distribution's default origin. */
  readonly domain: string | null;
  readonly path: string;
  /** The members of the origin that the channel's settings change. */
  readonly origin: SdkMembers;
  /** The hash of the behaviour's members. An execution of another deployment, whose behaviours differ, adds no entry for this one. */
  readonly behaviorId: string;
}

/** The sweep's on a channel that is up and that no attempt has, for the seconds in which it stops or reports the channel. */
export interface SweepLease {
  channelId: string;
  /** The ARN of the sweep's execution. */
  leasedBy: string;
  /** RFC 3339, in UTC. */
  leasedAt: string;
  /** Seconds since the Unix epoch. The lease is void after that. Missing in leases of earlier releases. */
  expiresAt?: number;
  purpose: "sweep";
  streamId?: never;
  attempt?: never;
}

export type Lease = AttemptLease | SweepLease;

/** The lock on a distribution, which stands in the leases table beside the leases. */
export interface DistributionLock {
  channelId: `distribution/${string}`;
  /** The ARN of the execution that has the lock. */
  leasedBy: string;
  /** Seconds since the Unix epoch. */
  expiresAt: number;
}

/**
 * Stands beside the leases for a channel that an attempt was about to start, and that its cleanup found not running: the start
 * may still take effect, after the lease went back. It tells the sweep that the channel is this component's to stop.
 */
export interface StartRecord {
  channelId: `start/${string}`;
  /** The ARN of the attempt's execution. */
  startedBy: string;
  /** RFC 3339, in UTC. */
  startedAt: string;
}

/**
 * Stands beside the leases for an attempt whose cleanup found no playback entry in the distribution: an update that adds the entry may
 * still take effect, after the lease went back. It has the sweep look for the entry.
 */
export interface EntryRecord {
  channelId: `entry/${string}`;
  /** As one attribute: whoever counts the places in a distribution counts each item that has a `distributionId`. */
  playbackEntry: { distributionId: string; originId: string };
  /** RFC 3339, in UTC. When the cleanup looked into the distribution. */
  cleanedAt: string;
}

/** An attribute of an item of the leases table. */
export type LeaseAttribute =
  | keyof AttemptLease
  | keyof SweepLease
  | keyof DistributionLock
  | keyof StartRecord
  | keyof EntryRecord
  | keyof SettingsItem;

/** The attribute that is the key of the leases table. */
export const leaseKeyName = "channelId" satisfies LeaseAttribute;

/** @returns the key of a distribution's lock in the leases table. */
export function distributionLockId(distributionId: string): DistributionLock["channelId"] {
  return `distribution/${distributionId}`;
}

/** @returns the key of the record of a channel's start in the leases table. */
export function startRecordId(channelId: string): StartRecord["channelId"] {
  return `start/${channelId}`;
}

/** @returns the key of the record of an attempt's playback entry in the leases table. */
export function entryRecordId(originId: string): EntryRecord["channelId"] {
  return `entry/${originId}`;
}

/**
 * Checks the attributes that a DynamoDB expression on the leases table names.
 *
 * @returns the expression as it is.
 */
export function leaseExpression<const Text extends string>(
  text: CheckedExpression<Text, LeaseAttribute>,
): Text {
  return expressionOf(text);
}

/** The condition that a lease, or the lock, is that of the execution `:me`. */
export const ownLease = leaseExpression("leasedBy = :me");
