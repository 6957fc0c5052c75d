import type { SdkMembers } from "../../../contracts/internal";
import { objectText, partOfJsonata } from "./jsonata";
import { type OriginOwner, originIdOfStream, streamOfFunction } from "./origin-ids";
import { originMembers, type PlaybackSource } from "./playback-settings";

/** The configuration just read, in JSONata. */
const configurationRead = "$states.input.DistributionConfig";

/** A playback entry to add, as the expressions of this file read it. */
export interface AddedEntry {
  readonly streamId: string;
  /** The id of the entry's origin. */
  readonly originId: string;
  /** The origin's domain; null for a copy of the distribution's default origin. */
  readonly domain: string | null;
  readonly path: string;
  /** Members of the origin that the settings of its channel change. */
  readonly origin: SdkMembers;
  /** The members of the behaviour, besides its path and its origin. */
  readonly behavior: SdkMembers;
}

/** Writes the {@link AddedEntry} of `$provision`, in JSONata. */
export function entryOfProvision(playback: PlaybackSource, originId: string): string {
  return `(
    $channel := $provision.channel;
    ${objectText<AddedEntry>({
      streamId: partOfJsonata("$provision.request.streamId"),
      originId,
      domain: "$channel.originDomainName",
      path: "$channel.originPath",
      origin: playback.origin,
      behavior: playback.behavior,
    })}
  )`;
}

/**
 * Writes the JSONata expression that adds playback entries to a configuration and takes others out, in one pass: an expression has a second,
 * and a batch may have two hundred entries. Each added entry is an origin of its own and, before all others, the behaviour
 * `/<streamId>/*`. What this component's earlier attempts at its stream left is replaced, everything else passes through untouched.
 *
 * Without a domain the channel plays through a copy of the distribution's default origin.
 *
 * @param added the list of {@link AddedEntry}, in JSONata.
 * @param removed the list of the ids of the origins to remove, in JSONata. Entries of later attempts at these streams stay.
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function updatedConfiguration(
  owner: OriginOwner,
  added: string,
  removed: string,
  configuration: string = configurationRead,
): string {
  return partOfJsonata(`(
    $config := ${configuration};
    $added := [${added}];
    $removed := [${removed}];
    ${streamOfFunction(owner)}
    $ids := $merge($append([{}], $map($append($added.originId, $removed), function($id) {{ "i/" & $id: true }})));
    $streams := $merge($append([{}], $map($added, function($entry) {{ "s/" & $entry.streamId: true }})));
    $isGone := function($id) { $exists($lookup($ids, "i/" & $id)) or $exists($lookup($streams, "s/" & $streamOf($id))) };
    $target := $config.DefaultCacheBehavior.TargetOriginId;
    $primary := $config.OriginGroups.Items[Id = $target].Members.Items[0].OriginId;
    $defaultOrigin := $config.Origins.Items[Id = ($exists($primary) ? $primary : $target)];
    $originOf := function($entry) {(
      $base := $entry.domain
        ? $merge([${JSON.stringify(originMembers)}, { "DomainName": $entry.domain }])
        : $defaultOrigin;
      $path := $entry.path ? $entry.path : $exists($base.OriginPath) ? $base.OriginPath : "";
      $merge([$base, { "Id": $entry.originId, "OriginPath": $path }, $entry.origin])
    )};
    $behaviorOf := function($entry) {
      $merge([{ "PathPattern": "/" & $entry.streamId & "/*", "TargetOriginId": $entry.originId }, $entry.behavior])
    };
    $origins := [
      $filter($config.Origins.Items, function($item) { $not($isGone($item.Id)) }),
      $map($added, $originOf)
    ];
    $behaviors := [
      $map($added, $behaviorOf),
      $filter($config.CacheBehaviors.Items, function($item) { $not($isGone($item.TargetOriginId)) })
    ];
    $merge([$config, {
      "Origins": { "Quantity": $count($origins), "Items": $origins },
      "CacheBehaviors": $merge([
        { "Quantity": $count($behaviors) },
        $count($behaviors) > 0 ? { "Items": $behaviors } : {}
      ])
    }])
  )`);
}

/**
 * Writes the JSONata expression that tells whether a configuration holds the entry of a later attempt at the
 * same stream: then this attempt is too late, and must not take its place.
 *
 * @param configuration the expression of the configuration. @default - the one just read
 */
export function hasLaterPlaybackEntry(owner: OriginOwner, configuration: string = configurationRead): string {
  return partOfJsonata(`(
    $ours := ${originIdOfStream(owner)};
    $later := $filter(${configuration}.Origins.Items, function($origin) {(
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
