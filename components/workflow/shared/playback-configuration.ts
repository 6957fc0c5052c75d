import { partOfJsonata } from "./jsonata";
import { isOursFunction, type OriginOwner, originIdOfAttempt, originIdOfStream } from "./origin-ids";
import { originMembers, type PlaybackSource } from "./playback-settings";

/** The configuration just read, in JSONata. */
const configurationRead = "$states.input.DistributionConfig";

/**
 * Writes the JSONata expression that adds a stream's playback entry to a configuration: an origin of its
 * own and, before all others, the behaviour `/<streamId>/*`. What this component's earlier attempts at the stream left is replaced,
 * everything else passes through untouched.
 *
 * Reads the configuration and `$provision`. Without an
 * `originDomainName` the channel plays through a copy of the distribution's default origin.
 *
 * @param originId the id of the entry's origin, in JSONata. @default - the attempt's
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function playbackConfiguration(
  playback: PlaybackSource,
  originId: string = originIdOfAttempt(playback),
  configuration: string = configurationRead,
): string {
  return partOfJsonata(`(
    $config := ${configuration};
    $channel := $provision.channel;
    ${isOursFunction(playback)}
    $originId := ${originId};
    $target := $config.DefaultCacheBehavior.TargetOriginId;
    $primary := $config.OriginGroups.Items[Id = $target].Members.Items[0].OriginId;
    $defaultOrigin := $config.Origins.Items[Id = ($exists($primary) ? $primary : $target)];
    $base := $channel.originDomainName
      ? $merge([${JSON.stringify(originMembers)}, { "DomainName": $channel.originDomainName }])
      : $defaultOrigin;
    $path := $channel.originPath
      ? $channel.originPath
      : $exists($base.OriginPath) ? $base.OriginPath : "";
    $origin := $merge([
      $base,
      { "Id": $originId, "OriginPath": $path },
      ${playback.origin}
    ]);
    $behavior := $merge([
      { "PathPattern": "/" & $provision.request.streamId & "/*", "TargetOriginId": $originId },
      ${playback.behavior}
    ]);
    $origins := $append($filter($config.Origins.Items, function($item) { $not($isOurs($item.Id)) and $item.Id != $originId }), [$origin]);
    $behaviors := $append(
      [$behavior],
      $filter($config.CacheBehaviors.Items, function($item) { $not($isOurs($item.TargetOriginId)) and $item.TargetOriginId != $originId })
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
export function hasLaterPlaybackEntry(owner: OriginOwner): string {
  return partOfJsonata(`(
    $ours := ${originIdOfStream(owner)};
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
 * Writes the JSONata expression that tells whether a configuration holds a playback entry, or a part of it.
 *
 * @param originId the id of the entry's origin, in JSONata.
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function hasPlaybackEntry(originId: string, configuration: string = configurationRead): string {
  return `$exists(${configuration}.Origins.Items[Id = (${originId})])`;
}

/**
 * Writes the JSONata expression that tells whether viewers get the attempt's stream: a configuration holds the entry's origin, and the
 * behaviour that leads to it.
 *
 * @param originId the id of the entry's origin, in JSONata.
 * @param configuration the expression of the configuration.
 */
export function hasWholePlaybackEntry(originId: string, configuration: string): string {
  const path = partOfJsonata('"/" & $provision.request.streamId & "/*"');
  return `(${hasPlaybackEntry(originId, configuration)} and $exists(${configuration}.CacheBehaviors.Items[PathPattern = (${path}) and TargetOriginId = (${originId})]))`;
}

/**
 * Writes the JSONata expression that takes a playback entry out of a configuration. An entry of a later attempt
 * at the same stream stays.
 *
 * @param originId the id of the entry's origin, in JSONata.
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function configurationWithoutPlayback(
  originId: string,
  configuration: string = configurationRead,
): string {
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
