import { partOfJsonata } from "./jsonata";
import { isOursFunction, originIdOfAttempt, originIdOfStream } from "./origin-ids";
import { behaviorMembers, originMembers, type PlaybackSettings, settingsMembers } from "./playback-settings";

/**
 * Writes the JSONata expression that adds a stream's playback entry to the configuration just read: an origin of its
 * own and, before all others, the behaviour `/<streamId>/*`. What this component's earlier attempts at the stream left is replaced,
 * everything else passes through untouched.
 *
 * Reads `$states.input.DistributionConfig` and `$provision`. Without an
 * `originDomainName` the channel plays through a copy of the distribution's default origin.
 */
export function playbackConfiguration(playback: PlaybackSettings): string {
  return partOfJsonata(`(
    $config := $states.input.DistributionConfig;
    $channel := $provision.channel;
    ${isOursFunction(playback)}
    $originId := ${originIdOfAttempt(playback)};
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
      $lookup(${JSON.stringify(settingsMembers(playback))}, $channel.channelId)
    ]);
    $behavior := $merge([
      { "PathPattern": "/" & $provision.request.streamId & "/*", "TargetOriginId": $originId },
      ${JSON.stringify(behaviorMembers(playback))}
    ]);
    $origins := $append($filter($config.Origins.Items, function($item) { $not($isOurs($item.Id)) }), [$origin]);
    $behaviors := $append(
      [$behavior],
      $filter($config.CacheBehaviors.Items, function($item) { $not($isOurs($item.TargetOriginId)) })
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
export function hasLaterPlaybackEntry(playback: PlaybackSettings): string {
  return partOfJsonata(`(
    $ours := ${originIdOfStream(playback)};
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
 * Writes the JSONata expression that tells whether the configuration just read holds a playback entry.
 *
 * @param originId the id of the entry's origin, in JSONata.
 */
export function hasPlaybackEntry(originId: string): string {
  return `$exists($states.input.DistributionConfig.Origins.Items[Id = (${originId})])`;
}

/**
 * Writes the JSONata expression that takes a playback entry out of the configuration just read. An entry of a later attempt
 * at the same stream stays.
 *
 * @param originId the id of the entry's origin, in JSONata.
 */
export function configurationWithoutPlayback(originId: string): string {
  return partOfJsonata(`(
    $config := $states.input.DistributionConfig;
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
