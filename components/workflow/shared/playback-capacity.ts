import { partOfJsonata } from "./jsonata";
import { isOursFunction, type OriginOwner } from "./origin-ids";

/**
 * How large a configuration may become, in bytes. A workflow's state takes 262,144, and the answer to an update carries the configuration
 * with what CloudFront adds to it: the ARN, the domain, the active key groups and signers.
 */
export const maxConfigurationBytes = 230_000;

/** What DecidePlaybackCapacity reads of the distribution. */
export interface PlaybackCapacity {
  /** Another's path pattern that matches paths of the stream; null where there is none. */
  readonly taken: string | null;
  /** Behaviours that are there or have a place, without this stream's own. */
  readonly behaviors: number;
  /** Origins that are there or have a place, without this stream's own. */
  readonly origins: number;
  /** The size of the configuration with all of them, and with this stream. */
  readonly bytes: number;
}

/**
 * Writes the JSONata function `$takes`, which tells whether somebody else's behaviour has the stream's path.
 *
 * CloudFront compares a path with the patterns in their order, `*` for any characters and `?` for one, case-sensitively, and treats a
 * pattern the same with and without its leading slash (API reference, CacheBehavior: PathPattern). The stream's behaviour stands first,
 * so it would win over any of them. A pattern that begins with a wildcard, such as `/*` or `*.m3u8`, names no path of its own: it
 * keeps everything but the stream's folder. Any other pattern that matches a path below `/<streamId>/`, such as `/st*` for the stream
 * `static`, would lose paths that its owner named.
 */
const takesFunction = partOfJsonata(`
  $folder := "/" & $provision.request.streamId & "/";
  $takes := function($behavior) {(
    $pattern := $substring($behavior.PathPattern, 0, 1) = "/" ? $behavior.PathPattern : "/" & $behavior.PathPattern;
    $head := $substringBefore($pattern, "*");
    $common := $min([$length($head), $length($folder)]);
    $isLongEnough := $length($head) >= $length($folder) or $contains($pattern, "*");
    $substring($pattern, 1, 1) in ["*", "?"] or $not($isLongEnough)
      ? false
      : $contains($head, "?")
        ? $count($filter([0..$common - 1], function($index) {(
            $character := $substring($head, $index, 1);
            $character != "?" and $character != $substring($folder, $index, 1)
          )})) = 0
        : $substring($head, 0, $common) = $substring($folder, 0, $common)
  )};`);

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

/**
 * Writes the JSONata expression of {@link PlaybackCapacity}. Reads `$states.result.DistributionConfig`, `$provision`, and
 * `$places`: the ids of the origins for which other attempts of this component have reserved a place. An earlier attempt at this
 * stream counts for nothing, since its entry is replaced.
 */
export function playbackCapacity(owner: OriginOwner): string {
  return partOfJsonata(`(
    $config := $states.result.DistributionConfig;
    ${isOursFunction(owner)}
    ${takesFunction}
    $behaviors := $filter($config.CacheBehaviors.Items, function($item) { $not($isOurs($item.TargetOriginId)) });
    $origins := $filter($config.Origins.Items, function($item) { $not($isOurs($item.Id)) });
    $reserved := $filter($places, function($id) { $not($isOurs($id)) });
    $ids := $origins.Id;
    $targets := $behaviors.TargetOriginId;
    $newOrigins := $count($filter($reserved, function($id) { $not($id in $ids) }));
    $newBehaviors := $count($filter($reserved, function($id) { $not($id in $targets) }));
    $taken := $filter($behaviors, $takes).PathPattern;
    {
      "taken": $exists($taken) ? $taken[0] : null,
      "behaviors": $count($behaviors) + $newBehaviors,
      "origins": $count($origins) + $newOrigins,
      "bytes": $length($string($config)) + ($newOrigins + 1) * $provision.settings.entryBytes
    }
  )`);
}
