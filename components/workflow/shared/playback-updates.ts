import {
  type AttemptLease,
  type PlaybackSource as LeasedSource,
  leaseExpression,
  ownLease,
  type PlaybackUpdate,
} from "../../../contracts/internal";
import { finalTask, type MapState, map, type State, succeed, type TaskState, task } from "./asl";
import { callTimeoutSeconds, causeOfError, executionId, leaseKey, redrives } from "./expressions";
import { jsonata, objectText, partOfJsonata } from "./jsonata";
import { streamOfFunction } from "./origin-ids";
import { takesPathFunction } from "./playback-capacity";
import type { AddedEntry } from "./playback-configuration";
import type { PlaybackSource } from "./playback-settings";
import { dynamoDbRetriers, dynamoDbSdkReadRetriers } from "./retriers";

/**
 * Updates of the distribution in batches. An execution that finds the lock taken writes onto the attempt's lease what it wants (`playbackUpdate`),
 * and waits. The holder of the lock reads what others want, makes one update of it all, and marks their leases. Many streams that start at
 * once thus take an update or two, and none waits until all the others have made theirs.
 *
 * The entry of another attempt is added only while its lease says `ADD`: its cleanup first writes `REMOVE` over that, and looks into the
 * distribution then. An update that was under way in that moment may still land; the record of a late entry stands for it, as for
 * an update of the attempt's own.
 */

/** How long the holder of the lock waits for others that start at the same time, before it reads what they want. */
export const gatherSeconds = 1;

/** How long a batch nearly always takes: the time to gather, the update, and the marks. */
const batchSeconds = 3;

/**
 * What `$updates` and `$batch` begin with. `$updatesRedrives` is how often the execution had been redriven when it read what others want; -1 until
 * then. A redriven execution reads that anew, since those attempts may have ended.
 */
export const noUpdates = {
  updates: [],
  batch: { added: [], removed: [], served: [] } satisfies PlaybackBatch,
  updatesRedrives: -1,
} as const;

/** Whether the execution has read what others want since it was last redriven, in JSONata. */
export const areUpdatesRead = `$updatesRedrives = ${redrives}`;

/** A wait for a batch, and longer ones the more often that was in vain: one to ten seconds. */
export const updateWaitSeconds = jsonata(
  `$turnTries = 1 ? ${batchSeconds} : 1 + $floor($random() * $min([$playbackTries + $turnTries, 9]))`,
);

const value = (update: PlaybackUpdate) => ({ S: update });

/** What an attempt wants of the distribution, as the variable `$updates` has it: the part of its lease that others read. */
type WantedUpdate = Pick<AttemptLease, "channelId" | "leasedBy" | "originId" | "streamId" | "attempt"> & {
  readonly update: PlaybackUpdate;
  readonly source: LeasedSource | null;
};

/** What the holder of the lock does for others, as the variable `$batch`. */
export interface PlaybackBatch {
  /** The entries to add. */
  readonly added: readonly AddedEntry[];
  /** The ids of the origins to remove. */
  readonly removed: readonly string[];
  /** The leases whose wishes are fulfilled once the update was accepted. */
  readonly served: readonly Pick<WantedUpdate, "channelId" | "leasedBy" | "update">[];
}

/** Asks on the attempt's lease for its entry, unless the entry has been added meanwhile. */
export function requestPlaybackEntry<TName extends string>(
  leaseTableName: string,
  playback: PlaybackSource,
  { Next }: { readonly Next: TName },
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: leaseTableName,
      Key: leaseKey,
      UpdateExpression: leaseExpression(
        "SET playbackUpdate = if_not_exists(playbackUpdate, :add), playbackSource = :source",
      ),
      ConditionExpression: ownLease,
      ExpressionAttributeValues: {
        ":me": { S: executionId },
        ":add": value("ADD"),
        ":source": {
          S: jsonata(
            `($channel := $provision.channel; $string(${objectText<LeasedSource>({
              domain: "$channel.originDomainName",
              path: "$channel.originPath",
              origin: playback.origin,
              behaviorId: idOf(playback.behavior),
            })}))`,
          ),
        },
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    // Without it the attempt waits for the lock all the same, and makes its update itself.
    Catch: [{ ErrorEquals: ["States.ALL"], Assign: { isRequested: true }, Output: {}, Next }],
    Assign: { isRequested: true },
    Output: {},
    Next,
  });
}

/**
 * Asks on the attempt's lease for the removal of its entry. From here on no execution adds it.
 *
 * @param owner the expression of the attempt's execution.
 * @param left what is noted where a wish to add the entry may still stand, in JSONata.
 */
export function requestPlaybackRemoval<TName extends string>(
  leaseTableName: string,
  owner: string,
  left: string,
  { Next }: { readonly Next: TName },
): TaskState<TName> {
  const withdrawn = { isRequested: false };
  return task({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: leaseTableName,
      Key: leaseKey,
      UpdateExpression: leaseExpression("SET playbackUpdate = :remove"),
      // Not over REMOVED and REMOVE_ALONE, which another execution has written meanwhile.
      ConditionExpression: leaseExpression(
        "leasedBy = :owner AND (attribute_not_exists(playbackUpdate) OR playbackUpdate IN (:add, :addAlone, :added, :remove))",
      ),
      ExpressionAttributeValues: {
        ":owner": { S: owner },
        ":add": value("ADD"),
        ":addAlone": value("ADD_ALONE"),
        ":added": value("ADDED"),
        ":remove": value("REMOVE"),
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: [
      // A lease that has gone to another attempt has no wish of this one.
      { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Assign: withdrawn, Output: {}, Next },
      {
        ErrorEquals: ["States.ALL"],
        Assign: {
          ...withdrawn,
          leftovers: jsonata(
            `[$leftovers, $isRequested ? ${left} & ": " & $states.errorOutput.Error & ": " & ${causeOfError} : []]`,
          ),
        },
        Output: {},
        Next,
      },
    ],
    Assign: withdrawn,
    Output: {},
    Next,
  });
}

/** Two behaviours are alike if these are. */
const idOf = (behavior: string) => `$hash($string(${behavior}), "SHA-256")`;

/**
 * Reads from the attempt's lease whether its update was made by another execution.
 *
 * @param owner the expression of the attempt's execution.
 * @returns a Task that leads to `whenDone` if so, and else to `Next`: also where the lease cannot be read.
 */
export function readOwnUpdate<TName extends string>(
  leaseTableName: string,
  owner: string,
  done: PlaybackUpdate,
  { whenDone, Next }: { readonly whenDone: TName; readonly Next: TName },
): TaskState<TName> {
  const text = owner.slice("{% ".length, -" %}".length);
  return task({
    Resource: "arn:aws:states:::dynamodb:getItem",
    Arguments: { TableName: leaseTableName, Key: leaseKey, ConsistentRead: true },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next }],
    Output: jsonata(
      `$states.result.Item.leasedBy.S = ${text} and $states.result.Item.playbackUpdate.S = "${done}" ? {} : $error("The update is still to be made.")`,
    ),
    Next: whenDone,
  });
}

/** Reads what other attempts want of the distribution. */
export function readPlaybackUpdates<TName extends string>(
  leaseTableName: string,
  distributionId: string,
  { Next }: { readonly Next: TName },
): TaskState<TName> {
  // Where that cannot be read, or is more than a workflow carries, each attempt waits for the lock and makes its own update.
  const without = { Assign: { updates: [], updatesRedrives: jsonata(redrives) }, Output: {}, Next };
  return task({
    Resource: "arn:aws:states:::aws-sdk:dynamodb:scan",
    Arguments: {
      TableName: leaseTableName,
      ConsistentRead: true,
      FilterExpression: leaseExpression(
        "distributionId = :distributionId AND playbackUpdate IN (:add, :remove, :addAlone, :removeAlone)",
      ),
      ExpressionAttributeValues: {
        ":distributionId": { S: distributionId },
        ":add": value("ADD"),
        ":addAlone": value("ADD_ALONE"),
        ":remove": value("REMOVE"),
        ":removeAlone": value("REMOVE_ALONE"),
      },
      ProjectionExpression: leaseExpression(
        "channelId, leasedBy, originId, streamId, attempt, playbackUpdate, playbackSource",
      ),
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbSdkReadRetriers,
    Catch: [
      { ErrorEquals: ["States.DataLimitExceeded"], ...without },
      { ErrorEquals: ["States.ALL"], ...without },
    ],
    Assign: {
      updates: jsonata(`[$map($states.result.Items, function($lease) {
        ${objectText<WantedUpdate>({
          channelId: "$lease.channelId.S",
          leasedBy: "$lease.leasedBy.S",
          originId: "$lease.originId.S",
          streamId: "$lease.streamId.S",
          attempt: "$number($lease.attempt.N)",
          update: "$lease.playbackUpdate.S",
          source: "$exists($lease.playbackSource.S) ? $parse($lease.playbackSource.S) : null",
        })}
      })]`),
      updatesRedrives: jsonata(redrives),
    },
    Output: {},
    Next,
  });
}

/**
 * Writes the {@link PlaybackBatch} of `$updates` for the configuration just read, in JSONata. An update that has to be refused, or is not to be
 * made for another reason, is left to its own attempt, which finds out the same and says why:
 * an entry where a later attempt at the stream has one, or where another program's behaviour has the path; an entry of another deployment, whose behaviours
 * differ; and an entry that is to be removed and is not there.
 *
 * @param ownId the id of the origin of the execution's own attempt, in JSONata.
 */
export function playbackBatch(playback: PlaybackSource, ownId: string): string {
  return partOfJsonata(`(
    $config := $states.result.DistributionConfig;
    ${streamOfFunction(playback)}
    ${takesPathFunction}
    $behavior := ${playback.behavior};
    $behaviorId := ${idOf("$behavior")};
    $ids := $merge($append([{}], $map($config.Origins.Items, function($origin) {{ "i/" & $origin.Id: true }})));
    $latest := $merge($append([{}], $map(
      $sort($filter($config.Origins.Items.Id, function($id) { $streamOf($id) != "" }), function($a, $b) { $attemptOf($a) > $attemptOf($b) }),
      function($id) {{ "s/" & $streamOf($id): $attemptOf($id) }}
    )));
    $entries := $merge($append([{}], $map($config.CacheBehaviors.Items, function($item) {{ $item.PathPattern & " " & $item.TargetOriginId: true }})));
    $patterns := $filter($config.CacheBehaviors.Items, function($item) { $streamOf($item.TargetOriginId) = "" }).PathPattern;
    $isNamed := function($pattern) { $contains($pattern, /^\\/?[^\\/*?]+\\//) };
    $named := $merge($append([{}], $map($filter($patterns, $isNamed), function($pattern) {{
      "s/" & $substringBefore($substring($pattern, 0, 1) = "/" ? $substring($pattern, 1) : $pattern, "/"): true
    }})));
    $vague := $filter($patterns, function($pattern) { $not($isNamed($pattern)) });
    $isTaken := function($streamId) {
      $exists($lookup($named, "s/" & $streamId)) or $exists($filter($vague, function($pattern) { $takesPath($pattern, $streamId) }))
    };
    $isThere := function($update) {
      $exists($lookup($ids, "i/" & $update.originId)) and $exists($lookup($entries, "/" & $update.streamId & "/* " & $update.originId))
    };
    $canBeAdded := function($update) {(
      $last := $lookup($latest, "s/" & $update.streamId);
      $update.source.behaviorId = $behaviorId and $not($exists($last) and $last > $update.attempt) and $not($isTaken($update.streamId))
    )};
    $own := $updates[originId = ${ownId}];
    $others := $own.update in ["ADD_ALONE", "REMOVE_ALONE"] ? [] : $updates[originId != ${ownId}];
    $wanted := $filter($others, function($update) { $update.update = "ADD" });
    $there := $filter($wanted, $isThere);
    $toAdd := $filter($wanted, function($update) { $not($isThere($update)) and $canBeAdded($update) });
    $toRemove := $filter($others, function($update) { $update.update = "REMOVE" and $exists($lookup($ids, "i/" & $update.originId)) });
    ${objectText<PlaybackBatch>({
      added: `[$map($toAdd, function($update) {${objectText<AddedEntry>({
        streamId: "$update.streamId",
        originId: "$update.originId",
        domain: "$update.source.domain",
        path: "$update.source.path",
        origin: "$update.source.origin",
        behavior: "$behavior",
      })}})]`,
      removed: "[$toRemove.originId]",
      served: `[$map(
        [$there, $toAdd, $toRemove, $own[update = "ADD"]],
        function($update) {{ "channelId": $update.channelId, "leasedBy": $update.leasedBy, "update": $update.update }}
      )]`,
    })}
  )`);
}

/** What a wish becomes once the update is made, and once each attempt has to make its own. */
const marks = {
  made: { ADD: "ADDED", REMOVE: "REMOVED" },
  refused: { ADD: "ADD_ALONE", REMOVE: "REMOVE_ALONE" },
} as const satisfies { readonly [outcome: string]: { readonly [update in PlaybackUpdate]?: PlaybackUpdate } };

/**
 * Marks on the leases of `$batch` what became of it. A lease whose mark cannot be written keeps its wish: the next holder of the lock finds
 * that fulfilled, and writes the mark.
 *
 * @param outcome `refused` where CloudFront refused an update of many: each attempt then makes its own, so that an entry which CloudFront
 * refuses fails its own attempt and no other.
 * @param ways `each`: the name of the state for each lease, which is unique in the definition.
 */
export function markPlaybackUpdates<TName extends string>(
  leaseTableName: string,
  outcome: keyof typeof marks,
  ways: Pick<MapState<TName>, "Assign" | "Next"> & { readonly each: string },
): MapState<TName> {
  const skipped = `${ways.each}Skipped`;
  const states: { readonly [name: string]: State<string> } = {
    [ways.each]: finalTask({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: { channelId: { S: jsonata("$states.input.channelId") } },
        UpdateExpression: leaseExpression("SET playbackUpdate = :to"),
        ConditionExpression: leaseExpression("leasedBy = :owner AND playbackUpdate = :from"),
        ExpressionAttributeValues: {
          ":owner": { S: jsonata("$states.input.leasedBy") },
          ":from": { S: jsonata("$states.input.update") },
          ":to": { S: jsonata(`$lookup(${JSON.stringify(marks[outcome])}, $states.input.update)`) },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: skipped }],
      Output: {},
    }),
    [skipped]: succeed({ Output: {} }),
  };
  return map({
    Items: jsonata("[$batch.served]"),
    MaxConcurrency: 40,
    ItemProcessor: {
      ProcessorConfig: { Mode: "INLINE" },
      StartAt: ways.each,
      States: states,
    },
    ...(ways.Assign && { Assign: ways.Assign }),
    Output: {},
    Next: ways.Next,
  });
}
