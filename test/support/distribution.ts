import fc from "fast-check";

export interface Origin {
  readonly Id: string;
  readonly [member: string]: unknown;
}

export interface Behavior {
  readonly PathPattern: string;
  readonly TargetOriginId: string;
  readonly [member: string]: unknown;
}

/** The part of a distribution's configuration that playback reads and writes. */
export interface DistributionConfig {
  readonly Origins: { readonly Quantity: number; readonly Items: readonly Origin[] };
  readonly CacheBehaviors: { readonly Quantity: number; readonly Items?: readonly Behavior[] };
  readonly DefaultCacheBehavior: { readonly TargetOriginId: string };
  readonly [member: string]: unknown;
}

export const defaultOrigin: Origin = {
  Id: "default",
  DomainName: "media.example.com",
  OriginPath: "/out",
  CustomHeaders: { Quantity: 0 },
  CustomOriginConfig: { HttpPort: 80, HttpsPort: 443, OriginProtocolPolicy: "https-only" },
};

/** The id of an attempt's origin; `0123456789ab` is the component of the tests. */
export function originOf(streamId: string, attempt: number, componentId = "0123456789ab"): string {
  return `stream-orchestration_${componentId}_${streamId}_${attempt}`;
}

/** A configuration with a default origin, and other origins and behaviours as given. */
export function distributionConfig(
  origins: readonly Origin[] = [],
  behaviors: readonly Behavior[] = [],
): DistributionConfig {
  return {
    CallerReference: "team",
    Comment: "Plays streams",
    Enabled: true,
    HttpVersion: "http2and3",
    Origins: { Quantity: origins.length + 1, Items: [defaultOrigin, ...origins] },
    DefaultCacheBehavior: { TargetOriginId: "default" },
    // CloudFront leaves Items out of an empty list.
    CacheBehaviors: { Quantity: behaviors.length, ...(behaviors.length > 0 && { Items: behaviors }) },
  };
}

/** Playback entries of attempts: some of `spring-launch`, some of streams whose names are nearly its own, some of another component. */
const entries = fc.uniqueArray(
  fc.record({
    streamId: fc.constantFrom("spring-launch", "spring-launch-2", "spring", "other", "Spring-Launch"),
    attempt: fc.integer({ min: 1, max: 3 }),
    componentId: fc.constantFrom("0123456789ab", "ba9876543210"),
  }),
  {
    selector: ({ streamId, attempt, componentId }) => originOf(streamId, attempt, componentId),
    maxLength: 6,
  },
);

/** Configurations with any mixture of entries, one behaviour a stream at most, and a team's own. */
export const distributionConfigs = fc.tuple(entries, fc.boolean()).map(([list, own]) => {
  const origins = list.map(({ streamId, attempt, componentId }) => ({
    Id: originOf(streamId, attempt, componentId),
    DomainName: `${attempt}.example.com`,
  }));
  const behaviors = list
    .filter(({ streamId }, index) => list.findIndex((one) => one.streamId === streamId) === index)
    .map(({ streamId, attempt, componentId }) => ({
      PathPattern: `/${streamId}/*`,
      TargetOriginId: originOf(streamId, attempt, componentId),
    }));
  return distributionConfig(
    [...(own ? [{ Id: "assets", DomainName: "assets.example.com" }] : []), ...origins],
    [...(own ? [{ PathPattern: "/assets/*", TargetOriginId: "assets" }] : []), ...behaviors],
  );
});
