import type { SdkMembers } from "../../../contracts/internal";
import { sdkMemberName } from "./sdk-member-name";

/** What an origin gets beside its domain and its path. */
export interface OriginSettings {
  /** Signs CloudFront's requests to the origin; null leaves the origin as it is. */
  readonly originAccessControlId: string | null;
  /** Headers that CloudFront adds to its requests to the origin; null leaves the origin as it is. */
  readonly originHeaders: { readonly [name: string]: string } | null;
}

/** The settings of each channel's origin, by channel. A header's value may be a secret. */
export interface OriginsByChannel {
  readonly [channelId: string]: OriginSettings;
}

/** The distribution that plays the streams, and how. */
export interface PlaybackSettings {
  /** Whether workflows update the distribution for each stream, or a team's program has entries for each channel. */
  readonly update: "stream" | "none";
  /** Empty where nothing is updated. */
  readonly distributionId: string;
  /** Distributions in which streams may still have entries, and get no new ones. */
  readonly formerDistributionIds: readonly string[];
  /** Names this component in the ids of its origins. */
  readonly componentId: string;
  /** The cache policy of each stream's behaviour. */
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string | null;
  readonly responseHeadersPolicyId: string | null;
  /** The CloudFront function that takes the stream's name off the path, which the origin does not have. */
  readonly viewerRequestFunctionArn: string;
  /** The key groups whose signatures a viewer needs; none for open playback. */
  readonly trustedKeyGroupIds: readonly string[];
  /** How many behaviours CloudFront allows the distribution, besides the default one. */
  readonly cacheBehaviorQuota: number;
  /** How many origins CloudFront allows the distribution. */
  readonly originQuota: number;
}

/** Where an expression finds how a stream is played, and which origins are this component's. */
export interface PlaybackSource {
  /** Names this component in the ids of its origins. */
  readonly componentId: string;
  /** The members of a stream's behaviour, in JSONata. */
  readonly behavior: string;
  /** The members of an origin that the settings of `$channel` change, in JSONata. */
  readonly origin: string;
}

/** In the orchestrator: what the deployment said when the attempt got its channel. */
export function sourceOfAttempt({ componentId }: Pick<PlaybackSettings, "componentId">): PlaybackSource {
  return { componentId, behavior: "$provision.settings.behavior", origin: "$provision.settings.origin" };
}

/** In the sweep, whose executions are over before another deployment: what its own definition says. */
export function sourceOfDefinition(playback: PlaybackSettings, origins: OriginsByChannel): PlaybackSource {
  return {
    componentId: playback.componentId,
    behavior: JSON.stringify(behaviorMembers(playback)),
    origin: `$lookup(${JSON.stringify(originMembersByChannel(origins))}, $channel.channelId)`,
  };
}

/** CloudFront's default port, protocol and patience for an origin, as an update has to state them. */
const customOrigin = {
  [sdkMemberName("HTTPPort")]: 80,
  [sdkMemberName("HTTPSPort")]: 443,
  OriginProtocolPolicy: "https-only",
  OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
  OriginReadTimeout: 30,
  OriginKeepaliveTimeout: 5,
};

/** The members of an origin that has a domain of its own, besides its id, domain and path. */
export const originMembers = {
  CustomHeaders: { Quantity: 0 },
  CustomOriginConfig: customOrigin,
  ConnectionAttempts: 3,
  ConnectionTimeout: 10,
  OriginShield: { Enabled: false },
  OriginAccessControlId: "",
};

/** @returns the members that a channel's settings change; none without settings. */
export function membersOfOrigin({ originAccessControlId, originHeaders }: OriginSettings): SdkMembers {
  const Items = Object.entries(originHeaders ?? {}).map(([HeaderName, HeaderValue]) => ({
    HeaderName,
    HeaderValue,
  }));
  return {
    ...(originAccessControlId !== null && { OriginAccessControlId: originAccessControlId }),
    ...(originHeaders !== null && { CustomHeaders: { Quantity: Items.length, Items } }),
  };
}

function originMembersByChannel(origins: OriginsByChannel): { [channelId: string]: SdkMembers } {
  const entries = Object.entries(origins).map(
    ([channelId, settings]) => [channelId, membersOfOrigin(settings)] as const,
  );
  return Object.fromEntries(entries.filter(([, members]) => Object.keys(members).length > 0));
}

/** What ids, path pattern, domain and path of an entry take at most, and the names of these members. */
const namesBytes = 1_000;

/** @returns the size by which the largest playback entry makes a configuration grow, in bytes. */
export function entryBytes(playback: PlaybackSettings, origins: OriginsByChannel): number {
  const settings = Object.values(origins).map((origin) => JSON.stringify(membersOfOrigin(origin)).length);
  const fixed = [originMembers, behaviorMembers(playback)].map((members) => JSON.stringify(members).length);
  return Math.max(0, ...settings) + fixed.reduce((sum, length) => sum + length, namesBytes);
}

/** @returns the members of a stream's behaviour, besides its path and its origin. */
export function behaviorMembers(playback: PlaybackSettings): SdkMembers {
  const { originRequestPolicyId, responseHeadersPolicyId, trustedKeyGroupIds } = playback;
  return {
    ViewerProtocolPolicy: "redirect-to-https",
    CachePolicyId: playback.cachePolicyId,
    ...(originRequestPolicyId !== null && { OriginRequestPolicyId: originRequestPolicyId }),
    ...(responseHeadersPolicyId !== null && { ResponseHeadersPolicyId: responseHeadersPolicyId }),
    Compress: true,
    AllowedMethods: {
      Quantity: 2,
      Items: ["HEAD", "GET"],
      CachedMethods: { Quantity: 2, Items: ["HEAD", "GET"] },
    },
    TrustedKeyGroups: keyGroups(trustedKeyGroupIds),
    // An update, other than a creation, has to state these even where they are empty.
    TrustedSigners: { Enabled: false, Quantity: 0 },
    SmoothStreaming: false,
    FieldLevelEncryptionId: "",
    LambdaFunctionAssociations: { Quantity: 0 },
    FunctionAssociations: {
      Quantity: 1,
      Items: [{ FunctionARN: playback.viewerRequestFunctionArn, EventType: "viewer-request" }],
    },
  };
}

function keyGroups(ids: readonly string[]) {
  return ids.length > 0
    ? { Enabled: true, Quantity: ids.length, Items: ids }
    : { Enabled: false, Quantity: 0 };
}
