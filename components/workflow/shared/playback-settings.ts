import { sdkMemberName } from "./sdk-member-name";

/** What an origin gets beside its domain and its path. */
export interface OriginSettings {
  /** Signs CloudFront's requests to the origin; null leaves the origin as it is. */
  readonly originAccessControlId: string | null;
  /** Headers that CloudFront adds to its requests to the origin; null leaves the origin as it is. */
  readonly originHeaders: { readonly [name: string]: string } | null;
}

/** The distribution that plays the streams, and how. */
export interface PlaybackSettings {
  readonly distributionId: string;
  /** Names this component in the ids of its origins. */
  readonly componentId: string;
  /** The cache policy of each stream's behaviour. */
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string | null;
  readonly responseHeadersPolicyId: string | null;
  /** The CloudFront function that takes the stream's name off the path: the origin knows nothing of it. */
  readonly viewerRequestFunctionArn: string;
  /** The key groups whose signatures a viewer needs; none for open playback. */
  readonly trustedKeyGroupIds: readonly string[];
  /** How many behaviours CloudFront allows the distribution, besides the default one. */
  readonly cacheBehaviorQuota: number;
  /** How many origins CloudFront allows the distribution. */
  readonly originQuota: number;
  /**
   * The settings of each channel's origin, by channel. They stand in the definition alone: a header's value may be a secret, and what
   * the workflow sends to its functions is seen by more people.
   */
  readonly origins: { readonly [channelId: string]: OriginSettings };
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

/** @returns the members that each channel's settings change, by channel; channels without settings are left out. */
export function settingsMembers({ origins }: PlaybackSettings): { [channelId: string]: object } {
  return Object.fromEntries(
    Object.entries(origins).flatMap(([channelId, { originAccessControlId, originHeaders }]) => {
      if (originAccessControlId === null && originHeaders === null) return [];
      const Items = Object.entries(originHeaders ?? {}).map(([HeaderName, HeaderValue]) => ({
        HeaderName,
        HeaderValue,
      }));
      return [
        [
          channelId,
          {
            ...(originAccessControlId !== null && { OriginAccessControlId: originAccessControlId }),
            ...(originHeaders !== null && { CustomHeaders: { Quantity: Items.length, Items } }),
          },
        ],
      ];
    }),
  );
}

/** @returns the members of a stream's behaviour, besides its path and its origin. */
export function behaviorMembers(playback: PlaybackSettings) {
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
