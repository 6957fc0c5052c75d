import { partOfJsonata } from "../shared/jsonata";
import { formerOriginId } from "../shared/origin-ids";
import { takenPatterns } from "../shared/playback-capacity";
import {
  entryOfProvision,
  hasPlaybackEntry,
  hasWholePlaybackEntry,
  updatedConfiguration,
} from "../shared/playback-configuration";
import {
  type OriginsByChannel,
  type PlaybackSettings,
  sourceOfDefinition,
} from "../shared/playback-settings";

/** JSONata that compares attempts with the configuration just read. */

const config = "$config";

/** The id of an attempt's origin, in JSONata. The lease names it; where the lease is of an earlier release and does not, the id has that release's form. */
const originId = `($provision.originId != null ? $provision.originId : ${formerOriginId})`;

const read = "$config := $states.result.DistributionConfig;";

/** Whether a behaviour of another program has the path of `$provision`. */
const isTaken = (playback: PlaybackSettings) => `$count(${takenPatterns(playback, config)}) > 0`;

/** @returns an expression that picks the attempts of a list, each of which is `$provision` in the condition. */
const pick = (list: string, condition: string) => `[$filter(${list}, function($provision) { ${condition} })]`;

/** The attempts in `$playing` that have no entry, or a part of one. The entry of an earlier deployment may be in another distribution. */
export function missingEntries({ distributionId }: PlaybackSettings): string {
  const isHere = `$provision.distributionId in [null, ${JSON.stringify(distributionId)}]`;
  return `(${read} ${pick("$playing", `${isHere} and $not(${hasWholePlaybackEntry(originId, config)})`)})`;
}

/** The attempts in `$wanted` whose entries are to be added: as many as the distribution has room for. */
export function entriesToAdd(playback: PlaybackSettings): string {
  const { cacheBehaviorQuota, originQuota } = playback;
  const canBeAdded = `$provision.channel != null and $not(${hasWholePlaybackEntry(originId, config)}) and $not(${isTaken(playback)})`;
  return `(
    ${read}
    $room := $min([${cacheBehaviorQuota} - $count($config.CacheBehaviors.Items), ${originQuota} - $count($config.Origins.Items)]);
    [$filter(${pick("$wanted", canBeAdded)}, function($provision, $index) { $index < $room })]
  )`;
}

/** The attempts in `$ended` whose entries are still there. */
export function entriesToRemove(): string {
  return `(${read} ${pick("$ended", hasPlaybackEntry(originId, config))})`;
}

/** The configuration just read, with the entries of `$toAdd` and without those of `$toRemove`. */
export function configurationWithRestoredEntries(
  playback: PlaybackSettings,
  origins: OriginsByChannel,
): string {
  const entry = entryOfProvision(sourceOfDefinition(playback, origins), originId);
  return updatedConfiguration(
    playback,
    `$map($toAdd, function($provision) { ${entry} })`,
    `$map($toRemove, function($provision) { ${originId} })`,
  );
}

const entryOf = partOfJsonata(
  '"The playback entry of stream " & $provision.request.streamId & ", attempt " & $string($provision.attempt) & ","',
);

/** What is told of the entries of `$wanted` that are in place: each once, by the first sweep that missed the entry. */
export function restoredEntries({ distributionId }: PlaybackSettings): string {
  return `(
    ${read}
    [$map($wanted, function($provision) {
      $provision.isFirst and ${hasWholePlaybackEntry(originId, config)}
        ? ${entryOf} & " was missing in distribution ${distributionId} and has been restored."
    })]
  )`;
}

/** What is told of the entries of `$wanted` that are not in place: each time, since viewers do not get the stream. */
export function lostEntries(playback: PlaybackSettings): string {
  const { distributionId, cacheBehaviorQuota, originQuota } = playback;
  return `(
    ${read}
    $isFull := $count($config.CacheBehaviors.Items) >= ${cacheBehaviorQuota} or $count($config.Origins.Items) >= ${originQuota};
    [$map($wanted, function($provision) {
      $not(${hasWholePlaybackEntry(originId, config)})
        ? ${entryOf} & " is missing in distribution ${distributionId}: " & (
            $provision.channel = null ? "its channel is not in the pool any more. End the stream, or add the channel to the pool again."
            : ${isTaken(playback)} ? "a behaviour of another program has its path. Remove that behaviour, or end the stream."
            : $isFull ? "the distribution has the ${cacheBehaviorQuota} behaviours or ${originQuota} origins that it may have. Remove some, or have CloudFront raise the quota and set playback.cacheBehaviorQuota or playback.originQuota."
            : "it could not be restored."
          )
    })]
  )`;
}

/** What to do about a program that takes entries out. */
export const restoreAdvice =
  "Another program replaces the distribution's configuration: give the streams a distribution of their own, or have that program ignore changes of origins and behaviours and read the distribution before it updates it (docs/distribution.md).";
