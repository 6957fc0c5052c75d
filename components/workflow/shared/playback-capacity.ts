import { objectText, partOfJsonata } from "./jsonata";
import { isOursFunction, type OriginOwner, originIdOfAttempt } from "./origin-ids";
import { originMembers, type PlaybackSource } from "./playback-settings";

/**
 * How large a configuration may become, in bytes. A workflow's state takes 262,144, and the answer to an update carries the configuration
 * with what CloudFront adds to it: the ARN, the domain, the active key groups and signers.
 */
export const maxConfigurationBytes = 248_000;

/** What a number of streams takes of the distribution, without this stream. */
interface Taken {
  readonly behaviors: number;
  readonly origins: number;
  /** The size of the configuration with all of them, and with this stream. */
  readonly bytes: number;
}

/** What DecidePlaybackCapacity reads of the distribution, as the variable `$capacity`. */
export interface PlaybackCapacity extends Taken {
  /** Another's path pattern that matches paths of the stream; null where there is none. */
  readonly taken: string | null;
  /** The same for the entries that are there and the places that come before this stream's. */
  readonly before: Taken;
  /** Whether other attempts have a place and no entry yet, and so are about to update the distribution, too. */
  readonly isContended: boolean;
}

/** What CloudFront adds to an entry when it is read back, such as GrpcConfig. */
const addedBytes = 80;

/** Writes the size of the attempt's entry without the members that its origin begins with, in JSONata: `playbackBytes` of its lease. */
export function playbackBytes(playback: PlaybackSource): string {
  return partOfJsonata(`(
    $channel := $provision.channel;
    $id := ${originIdOfAttempt(playback)};
    ${addedBytes} + $length($string([
      $merge([{ "Id": $id, "DomainName": $channel.originDomainName, "OriginPath": $channel.originPath }, ${playback.origin}]),
      $merge([{ "PathPattern": "/" & $provision.request.streamId & "/*", "TargetOriginId": $id }, ${playback.behavior}])
    ]))
  )`);
}

/**
 * Writes the JSONata function `$takesPath`, which tells whether the path pattern of somebody else's behaviour has a stream's path.
 *
 * CloudFront compares a path with the patterns in their order, `*` for any characters and `?` for one, case-sensitively, and treats a
 * pattern the same with and without its leading slash (API reference, CacheBehavior: PathPattern). The stream's behaviour stands first,
 * so it would win over any of them. A pattern that begins with a wildcard, such as `/*` or `*.m3u8`, names no path of its own: it
 * keeps everything but the stream's folder. Any other pattern that matches a path below `/<streamId>/`, such as `/st*` for the stream
 * `static`, would lose paths that its owner named.
 *
 * What stands between question marks is compared in one piece: an expression that goes by characters takes too long for 220 patterns.
 */
export const takesPathFunction = partOfJsonata(`
  $takesPath := function($given, $streamId) {(
    $folder := "/" & $streamId & "/";
    $pattern := $substring($given, 0, 1) = "/" ? $given : "/" & $given;
    $head := $substringBefore($pattern, "*");
    $common := $min([$length($head), $length($folder)]);
    $isLongEnough := $length($head) >= $length($folder) or $contains($pattern, "*");
    $substring($pattern, 1, 1) in ["*", "?"] or $not($isLongEnough)
      ? false
      : $count($match($substring($head, 0, $common), /[^?]+/)[match != $substring($folder, index, $length(match))]) = 0
  )};`);

const takesFunction = partOfJsonata(`
  ${takesPathFunction}
  $takes := function($behavior) { $takesPath($behavior.PathPattern, $provision.request.streamId) };`);

/**
 * Writes the JSONata list of other programs' patterns in a configuration that have the stream's path.
 *
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function takenPatterns(
  owner: OriginOwner,
  configuration = "$states.input.DistributionConfig",
): string {
  return partOfJsonata(`(
    ${isOursFunction(owner)}
    ${takesFunction}
    [$filter(${configuration}.CacheBehaviors.Items, function($item) {
      $not($isOurs($item.TargetOriginId)) and $takes($item)
    }).PathPattern]
  )`);
}

/** A place in the distribution: what the lease of another attempt says, as `$places` has it. */
export interface PlaybackPlace {
  readonly originId: string;
  /** RFC 3339, in UTC. */
  readonly leasedAt: string;
  /** Whether its channel was about to be started: then the place is the attempt's for good. */
  readonly isStarted: boolean;
  /** `playbackBytes`; null in places of an earlier release. */
  readonly bytes: number | null;
}

/** Writes the list of {@link PlaybackPlace} of the leases that a Scan has just read, in JSONata. */
export const placesRead = partOfJsonata(`[$map($states.result.Items, function($lease) {
  ${objectText<PlaybackPlace>({
    originId: "$lease.originId.S",
    leasedAt: "$lease.leasedAt.S",
    isStarted: "$exists($lease.startedAt.S)",
    bytes: "$exists($lease.playbackBytes.N) ? $number($lease.playbackBytes.N) : null",
  })}
})]`);

/**
 * Writes the JSONata expression of {@link PlaybackCapacity}. Reads `$states.result.DistributionConfig`, `$provision`, and
 * `$places`: the places that attempts of this component have, this one's among them. An earlier attempt at this
 * stream counts for nothing, since its entry is replaced.
 *
 * Places are in the order of their leases, behind those of attempts whose channels were about to be started.
 */
export function playbackCapacity(playback: PlaybackSource): string {
  return partOfJsonata(`(
    $config := $states.result.DistributionConfig;
    ${isOursFunction(playback)}
    ${takesFunction}
    $behaviors := $filter($config.CacheBehaviors.Items, function($item) { $not($isOurs($item.TargetOriginId)) });
    $origins := $filter($config.Origins.Items, function($item) { $not($isOurs($item.Id)) });
    $ids := $merge($append([{}], $map($origins.Id, function($id) {{ "i/" & $id: true }})));
    $targets := $merge($append([{}], $map($behaviors.TargetOriginId, function($id) {{ "i/" & $id: true }})));
    $reserved := $filter($places, function($place) { $not($isOurs($place.originId)) });
    $id := ${originIdOfAttempt(playback)};
    $own := $places[originId = $id][0];
    $ownOrder := $exists($own) ? $own.leasedAt & " " & $id : " ";
    $first := $filter($reserved, function($place) {
      $place.isStarted or $place.leasedAt & " " & $place.originId < $ownOrder
    });
    $default := $config.Origins.Items[Id = $config.DefaultCacheBehavior.TargetOriginId];
    $base := $max([${JSON.stringify(originMembers).length}, $length($string($sift($default, function($value, $member) { $not($member in ["Id", "OriginPath"]) })))]);
    $largest := $provision.settings.entryBytes;
    $bytes := $length($string($config)) + ${playbackBytes(playback)} + $base;
    $with := function($list) {(
      $newOrigins := $filter($list, function($place) { $not($exists($lookup($ids, "i/" & $place.originId))) });
      $newBehaviors := $filter($list, function($place) { $not($exists($lookup($targets, "i/" & $place.originId))) });
      {
        "behaviors": $count($behaviors) + $count($newBehaviors),
        "origins": $count($origins) + $count($newOrigins),
        "bytes": $bytes + $sum($append(0, $map($newOrigins, function($place) {
          $place.bytes = null ? $largest : $place.bytes + $base
        })))
      }
    )};
    $taken := $filter($behaviors, $takes).PathPattern;
    $all := $with($reserved);
    $merge([$all, {
      "taken": $exists($taken) ? $taken[0] : null,
      "before": $with($first),
      "isContended": $all.origins > $count($origins)
    }])
  )`);
}
