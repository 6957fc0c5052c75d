import { partOfJsonata } from "./jsonata";
import { sdkMemberName } from "./sdk-member-name";

/** What the ids of our origins begin with. A `streamId` has no underscore, so that what follows can be told apart. */
const originPrefix = "stream-orchestration_";

/** The distribution that plays the streams, and how. */
export interface PlaybackSettings {
  readonly distributionId: string;
  /** The cache policy of each stream's behaviour. */
  readonly cachePolicyId: string;
  /** The CloudFront function that takes the stream's name off the path: the origin knows nothing of it. */
  readonly viewerRequestFunctionArn: string;
  /** The key groups whose signatures a viewer needs; none for open playback. */
  readonly trustedKeyGroupIds: readonly string[];
  /** How many behaviours CloudFront allows the distribution, besides the default one. */
  readonly cacheBehaviorQuota: number;
}

/** The configuration just read, in JSONata. */
const configurationRead = "$states.input.DistributionConfig";

/**
 * Writes the JSONata expression that adds a stream's playback entry to a configuration: an origin of its
 * own and, before all others, the behaviour `/<streamId>/*`. What earlier attempts of the same stream left is replaced,
 * everything else passes through untouched.
 *
 * Reads the configuration and `$provision`. Without an
 * `originDomainName` the channel plays through a copy of the distribution's default origin.
 *
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function playbackConfiguration(
  { cachePolicyId, viewerRequestFunctionArn, trustedKeyGroupIds }: PlaybackSettings,
  configuration: string = configurationRead,
): string {
  const behavior = {
    ViewerProtocolPolicy: "redirect-to-https",
    CachePolicyId: cachePolicyId,
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
      Items: [{ FunctionARN: viewerRequestFunctionArn, EventType: "viewer-request" }],
    },
  };
  const customOrigin = {
    [sdkMemberName("HTTPPort")]: 80,
    [sdkMemberName("HTTPSPort")]: 443,
    OriginProtocolPolicy: "https-only",
    OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
    OriginReadTimeout: 30,
    OriginKeepaliveTimeout: 5,
  };
  return partOfJsonata(`(
    $config := ${configuration};
    $streamId := $provision.request.streamId;
    $channel := $provision.channel;
    $ours := ${JSON.stringify(originPrefix)} & $streamId & "_";
    $originId := $ours & $string($provision.attempt);
    $path := "/" & $streamId & "/*";
    $isOurs := function($origin) { $substring($origin.Id, 0, $length($ours)) = $ours };
    $target := $config.DefaultCacheBehavior.TargetOriginId;
    $primary := $config.OriginGroups.Items[Id = $target].Members.Items[0].OriginId;
    $defaultOrigin := $config.Origins.Items[Id = ($exists($primary) ? $primary : $target)];
    $origin := $channel.originDomainName
      ? {
          "Id": $originId,
          "DomainName": $channel.originDomainName,
          "OriginPath": $channel.originPath,
          "CustomHeaders": { "Quantity": 0 },
          "CustomOriginConfig": ${JSON.stringify(customOrigin)},
          "ConnectionAttempts": 3,
          "ConnectionTimeout": 10,
          "OriginShield": { "Enabled": false },
          "OriginAccessControlId": ""
        }
      : $merge([
          $defaultOrigin,
          { "Id": $originId },
          $channel.originPath ? { "OriginPath": $channel.originPath } : {}
        ]);
    $behavior := $merge([
      { "PathPattern": $path, "TargetOriginId": $originId },
      ${JSON.stringify(behavior)}
    ]);
    $origins := $append($filter($config.Origins.Items, function($item) { $not($isOurs($item)) }), [$origin]);
    $behaviors := $append(
      [$behavior],
      $filter($config.CacheBehaviors.Items, function($item) { $item.PathPattern != $path })
    );
    $merge([$config, {
      "Origins": { "Quantity": $count($origins), "Items": $origins },
      "CacheBehaviors": { "Quantity": $count($behaviors), "Items": $behaviors }
    }])
  )`);
}

/**
 * Writes the JSONata expression that tells whether the configuration just read holds the entry of a later attempt at the
 * same stream: then this attempt is too late, and must not take its place.
 */
export function hasLaterPlaybackEntry(): string {
  return partOfJsonata(`(
    $ours := ${JSON.stringify(originPrefix)} & $provision.request.streamId & "_";
    $later := $filter($states.input.DistributionConfig.Origins.Items, function($origin) {(
      $suffix := $substring($origin.Id, $length($ours));
      $substring($origin.Id, 0, $length($ours)) = $ours and $contains($suffix, /^[0-9]{1,9}$/)
        ? $number($suffix) > $provision.attempt
        : false
    )});
    $count($later) > 0
  )`);
}

/**
 * Writes the JSONata expression that tells how many behaviours the distribution has besides this stream's own, which an
 * earlier attempt may have left there and which is replaced.
 */
export function countOtherBehaviors(): string {
  return partOfJsonata(`(
    $path := "/" & $provision.request.streamId & "/*";
    $count($filter($states.result.DistributionConfig.CacheBehaviors.Items, function($item) { $item.PathPattern != $path }))
  )`);
}

/** The id of this attempt's origin, in JSONata. */
const originId = partOfJsonata(
  `${JSON.stringify(originPrefix)} & $provision.request.streamId & "_" & $string($provision.attempt)`,
);

/**
 * Writes the JSONata expression that tells whether a configuration holds this attempt's playback entry, or a part of it.
 *
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function hasPlaybackEntry(configuration: string = configurationRead): string {
  return `$exists(${configuration}.Origins.Items[Id = (${originId})])`;
}

/** The path of the stream's behaviour, in JSONata. */
const playbackPath = partOfJsonata('"/" & $provision.request.streamId & "/*"');

/**
 * Writes the JSONata expression that tells whether viewers get this attempt's stream: a configuration holds its origin, and the
 * behaviour that leads to it.
 */
export function hasWholePlaybackEntry(configuration: string): string {
  return `(${hasPlaybackEntry(configuration)} and $exists(${configuration}.CacheBehaviors.Items[PathPattern = (${playbackPath}) and TargetOriginId = (${originId})]))`;
}

/** Writes the JSONata expression that tells whether the stream's path leads to an origin of somebody else. */
export function isPlaybackPathTaken(configuration: string): string {
  return partOfJsonata(`(
    $ours := ${JSON.stringify(originPrefix)} & $provision.request.streamId & "_";
    $exists(${configuration}.CacheBehaviors.Items[PathPattern = (${playbackPath}) and $substring(TargetOriginId, 0, $length($ours)) != $ours])
  )`);
}

/**
 * Writes the JSONata expression that takes this attempt's playback entry out of a configuration. An entry of
 * a later attempt of the same stream stays.
 *
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function configurationWithoutPlayback(configuration: string = configurationRead): string {
  return partOfJsonata(`(
    $config := ${configuration};
    $originId := ${originId};
    $origins := [$filter($config.Origins.Items, function($item) { $item.Id != $originId })];
    $behaviors := [$filter($config.CacheBehaviors.Items, function($item) { $item.TargetOriginId != $originId })];
    $merge([$config, {
      "Origins": { "Quantity": $count($origins), "Items": $origins },
      "CacheBehaviors": $merge([
        { "Quantity": $count($behaviors) },
        $count($behaviors) > 0 ? { "Items": $behaviors } : {}
      ])
    }])
  )`);
}

function keyGroups(ids: readonly string[]) {
  return ids.length > 0
    ? { Enabled: true, Quantity: ids.length, Items: ids }
    : { Enabled: false, Quantity: 0 };
}
