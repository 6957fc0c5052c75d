import { partOfJsonata } from "../shared/jsonata";
import {
  configurationWithoutPlayback,
  hasPlaybackEntry,
  hasWholePlaybackEntry,
  isPlaybackPathTaken,
  type PlaybackSettings,
  playbackConfiguration,
} from "../shared/playback-configuration";

/** JSONata that compares attempts with the configuration just read. */

const config = "$config";
const read = "$config := $states.result.DistributionConfig;";

/** @returns an expression that picks the attempts of a list, each of which is `$provision` in the condition. */
const pick = (list: string, condition: string) => `[$filter(${list}, function($provision) { ${condition} })]`;

/** The attempts in `$playing` that have no entry, or a part of one. The entry of an earlier deployment may be in another distribution. */
export function missingEntries({ distributionId }: PlaybackSettings): string {
  const isHere = `$provision.distributionId in [null, ${JSON.stringify(distributionId)}]`;
  return `(${read} ${pick("$playing", `${isHere} and $not(${hasWholePlaybackEntry(config)})`)})`;
}

/** The attempts in `$wanted` whose entries are to be added: as many as the distribution has room for. */
export function entriesToAdd({ cacheBehaviorQuota }: PlaybackSettings): string {
  const canBeAdded = `$provision.channel != null and $not(${hasWholePlaybackEntry(config)}) and $not(${isPlaybackPathTaken(config)})`;
  return `(
    ${read}
    $room := ${cacheBehaviorQuota} - $count($config.CacheBehaviors.Items);
    [$filter(${pick("$wanted", canBeAdded)}, function($provision, $index) { $index < $room })]
  )`;
}

/** The attempts in `$ended` whose entries are still there. */
export function entriesToRemove(): string {
  return `(${read} ${pick("$ended", hasPlaybackEntry(config))})`;
}

/** The configuration just read, with the entries of `$toAdd` and without those of `$toRemove`. */
export function configurationWithRestoredEntries(playback: PlaybackSettings): string {
  return `(
    $without := $reduce($toRemove, function($config, $provision) { ${configurationWithoutPlayback(config)} }, $states.input.DistributionConfig);
    $reduce($toAdd, function($config, $provision) { ${playbackConfiguration(playback, config)} }, $without)
  )`;
}

const entryOf = partOfJsonata(
  '"The playback entry of stream " & $provision.request.streamId & ", attempt " & $string($provision.attempt) & ","',
);

/** What is told of the entries of `$wanted` that are in place: each once, by the first sweep that missed the entry. */
export function restoredEntries({ distributionId }: PlaybackSettings): string {
  return `(
    ${read}
    [$map($wanted, function($provision) {
      $provision.isFirst and ${hasWholePlaybackEntry(config)}
        ? ${entryOf} & " was missing in distribution ${distributionId} and has been restored."
    })]
  )`;
}

/** What is told of the entries of `$wanted` that are not in place: each time, since viewers do not get the stream. */
export function lostEntries({ distributionId, cacheBehaviorQuota }: PlaybackSettings): string {
  return `(
    ${read}
    $isFull := $count($config.CacheBehaviors.Items) >= ${cacheBehaviorQuota};
    [$map($wanted, function($provision) {
      $not(${hasWholePlaybackEntry(config)})
        ? ${entryOf} & " is missing in distribution ${distributionId}: " & (
            $provision.channel = null ? "its channel is not in the pool any more. End the stream, or add the channel to the pool again."
            : ${isPlaybackPathTaken(config)} ? "a behaviour of another program has its path. Remove that behaviour, or end the stream."
            : $isFull ? "the distribution has the ${cacheBehaviorQuota} behaviours that it may have. Remove some, or have CloudFront raise the quota and set playback.cacheBehaviorQuota."
            : "it could not be restored."
          )
    })]
  )`;
}

/** What to do about a program that takes entries out. */
export const restoreAdvice =
  "Another program replaces the distribution's configuration: give the streams a distribution of their own, or have that program ignore changes of origins and behaviours and read the distribution before it updates it (docs/distribution.md).";
