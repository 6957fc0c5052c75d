import { type EntryRecord, lateCallSeconds, leaseExpression } from "../../../contracts/internal";
import { type Catcher, choice, type State, task, wait } from "./asl";
import { acquireLock, releaseLock } from "./distribution-lock";
import {
  callTimeoutSeconds,
  causeOfError,
  channelIsDown,
  enteredTime,
  entryRecordKey,
  leasedChannel,
  leaseKey,
  maxLockTries,
  maxPlaybackTries,
  maxStopTries,
  redrives,
  staleETag,
  startRecordKey,
  stopWaitSeconds,
  unlessRedriven,
} from "./expressions";
import { leftBehind } from "./failures";
import { jsonata, partOfJsonata, type SentItem } from "./jsonata";
import { hasPlaybackEntry, updatedConfiguration } from "./playback-configuration";
import type { PlaybackSource } from "./playback-settings";
import {
  areUpdatesRead,
  markPlaybackUpdates,
  noUpdates,
  playbackBatch,
  readOwnUpdate,
  readPlaybackUpdates,
  requestPlaybackRemoval,
  updateWaitSeconds,
} from "./playback-updates";
import { readDistribution } from "./read-distribution";
import { cloudFrontRetriers, dynamoDbRetriers, mediaLiveRetriers } from "./retriers";
import type { CleanupSettings } from "./settings";

/** The states that clean up after an attempt, in the orchestrator and in StreamTeardown. */
export type CleanupState =
  | "AcquireRemovalTurn"
  | "DecideRemovalTurn"
  | "RequestPlaybackRemoval"
  | "ReadPlaybackRemoval"
  | "ReadRemovalUpdates"
  | "ReadPlaybackEntry"
  | "DecidePlaybackEntry"
  | "RemovePlaybackEntry"
  | "RecordPlaybackUpdate"
  | "WaitForRemovalTurn"
  | "DecideRemovalMarks"
  | "MarkRemovalUpdates"
  | "SeparateRemovalUpdates"
  | "ReleaseRemovalTurn"
  | "DecideChannelStop"
  | "ConfirmLease"
  | "StopEncoderChannel"
  | "ForgetEncoderStart"
  | "ReadStoppingChannel"
  | "DecideStopRetry"
  | "RecordEncoderStart"
  | "WaitForChannelStop";

const startKey = startRecordKey("$provision.channel.channelId");

/** Whether a start of the attempt's may still take effect, though the channel is not up. */
const mayStartLate = `$channelStartedAt != null and $toMillis($states.context.State.EnteredTime) - $toMillis($channelStartedAt) < ${lateCallSeconds * 1000}`;

/** What is told of a part of the cleanup that failed: JSONata texts. */
const channelLeftover = partOfJsonata('"Channel " & $provision.channel.channelId & " may still run"');
const drainChannel =
  '" The channel is not in encoder.channels: add it there with draining: true (drainingChannelIds) and deploy, and the next sweep stops it."';
const playbackLeftover = ({ distributionId, originId }: PlaybackEntry) =>
  partOfJsonata(
    `"The playback entry of " & $provision.request.streamId & " is still in the distribution (" & ${textOf(distributionId)} & ", origin " & ${originId} & ")"`,
  );
const playbackUpdateLeftover = partOfJsonata(
  '"The playback entry of " & $provision.request.streamId & " may still be added to the distribution"',
);
/** For an entry that this deployment may not remove. */
const listDistribution = partOfJsonata(
  `" This deployment may not change that distribution: add it to playback.formerDistributionIds (formerDistributionIds), deploy, and start StreamTeardown with " & $string({ "streamId": $provision.request.streamId, "attempt": $provision.attempt }) & "."`,
);
const removeByHand = partOfJsonata(
  `" Nothing will try again by itself, and the channel and its lease do not wait for it. To remove it by hand, take the behaviour '/" & $provision.request.streamId & "/*' and then that origin out of the distribution."`,
);

/** Whether the update at hand is one of many, in JSONata. */
const isBatch = "$count($batch.served) > 0";

/** Where an attempt's playback entry is. */
export interface PlaybackEntry {
  /** The id of the distribution, or the expression of it. */
  readonly distributionId: string;
  /** The id of the entry's origin, in JSONata. */
  readonly originId: string;
  /** Whether this deployment may change the distribution, in JSONata. Without the right, no second try helps. */
  readonly isReachable: string;
  /** Whether an update that adds the entry may be under way while the entry is not there, in JSONata. */
  readonly mayComeLate: string;
  /** What the entries of other attempts are made of, which wait for the holder of the lock to add them. */
  readonly source: PlaybackSource;
}

/** A part of an expression, for a value that is an expression or stands for itself. */
function textOf(value: string): string {
  return /^{% (.*) %}$/.exec(value)?.[1] ?? JSON.stringify(value);
}

/**
 * Cleans up after an attempt, backwards: its playback entry, then its channel. Begins with `AcquireRemovalTurn`, and leads to
 * `next` whatever happens; what could not be cleaned up is in `$leftovers`, and what no second try can clean up in `$abandoned`.
 *
 * Reads `$provision` (`{ request: { streamId }, attempt, channel: { channelId } }`), `$channelWasRunning`, and `$isRequested`: whether the
 * attempt may have asked others to add its entry. Its loops start from `cleanupFromStart`.
 *
 * @param entry where the attempt's playback entry is.
 * @param owner the expression of the attempt's execution, to which the lease belongs.
 * @param isStoppable whether this deployment may stop the channel, in JSONata.
 */
export function cleanupStates<TNext extends string>(
  settings: CleanupSettings,
  entry: PlaybackEntry,
  owner: string,
  isStoppable: string,
  next: TNext,
): { readonly [name in CleanupState]: State<CleanupState | TNext> } {
  const { distributionId, originId } = entry;
  const { leaseTableName } = settings;
  const lock = { leaseTableName, distributionId };
  const isRedriven = `${isBatch} and $not(${areUpdatesRead})`;
  const isToDo = `((${hasPlaybackEntry(originId)} or $count($batch.added) + $count($batch.removed) > 0) and $playbackTries < ${maxPlaybackTries})`;
  const removalLeft = removalLeftBehind(entry);
  const channelLeft = leftBehind(channelLeftover, next, `(${isStoppable} ? "" : ${drainChannel})`);
  return {
    AcquireRemovalTurn: acquireLock(lock, {
      unless: { condition: "$isRequested", why: "The request to add the entry is to be withdrawn first." },
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "RequestPlaybackRemoval" },
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "DecideRemovalTurn",
        },
        // A cleanup without the lock is better than none: the ETag prevents lost updates.
        { ErrorEquals: ["States.ALL"], Output: {}, Next: "ReadPlaybackEntry" },
      ],
      Next: "ReadPlaybackEntry",
    }),
    DecideRemovalTurn: choice({
      Choices: [
        { Condition: jsonata(`$turnTries < ${maxLockTries}`), Output: {}, Next: "RequestPlaybackRemoval" },
      ],
      Output: {},
      Default: "ReadPlaybackEntry",
    }),
    RequestPlaybackRemoval: requestPlaybackRemoval(leaseTableName, owner, playbackUpdateLeftover, {
      Next: "WaitForRemovalTurn",
    }),
    WaitForRemovalTurn: wait({ Seconds: updateWaitSeconds, Next: "ReadPlaybackRemoval" }),
    ReadPlaybackRemoval: readOwnUpdate(leaseTableName, owner, "REMOVED", {
      whenDone: "ConfirmLease",
      Next: "AcquireRemovalTurn",
    }),
    // Where others have updated the distribution meanwhile, more may wait.
    ReadRemovalUpdates: readPlaybackUpdates(leaseTableName, distributionId, { Next: "ReadPlaybackEntry" }),
    ReadPlaybackEntry: readDistribution(
      jsonata(
        `$turnTries > 0 and $not(${areUpdatesRead}) ? $error("Others may wait, too: their updates are to be read first.") : ${textOf(distributionId)}`,
      ),
      {
        Catch: [
          { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "ReadRemovalUpdates" },
          ...removalLeft,
        ],
        // Nothing is done for others any more once too many changed the distribution.
        Assign: {
          batch: jsonata(
            `$playbackTries < ${maxPlaybackTries} ? ${playbackBatch(entry.source, originId)} : ${JSON.stringify(noUpdates.batch)}`,
          ),
        },
        Next: "RemovePlaybackEntry",
      },
    ),
    // Finds out why RemovePlaybackEntry has made no update.
    DecidePlaybackEntry: choice({
      Choices: [
        { Condition: jsonata(isRedriven), Assign: noUpdates, Output: {}, Next: "ReadRemovalUpdates" },
        {
          Condition: jsonata(hasPlaybackEntry(originId)),
          Assign: {
            leftovers: jsonata(
              `[$leftovers, ${playbackLeftover(entry)} & ": " & ($playbackTries < ${maxPlaybackTries} ? $states.input.cause : "too many others changed it.")]`,
            ),
            ...noUpdates,
          },
          Output: {},
          Next: "ReleaseRemovalTurn",
        },
        // An update fails once the ETag has changed. Whatever removes the entry changes it, and nothing has here.
        { Condition: jsonata(entry.mayComeLate), Output: {}, Next: "RecordPlaybackUpdate" },
      ],
      Output: {},
      Default: "ReleaseRemovalTurn",
    }),
    RemovePlaybackEntry: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: distributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(`${isRedriven} or $not(${isToDo})
          ? $error("There is nothing to remove, or it is not to be removed now.")
          : ${updatedConfiguration(settings.playback, "$batch.added", `${originId}, $batch.removed`)}`),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { playbackTries: jsonata("$playbackTries + 1"), ...noUpdates },
          Output: {},
          Next: "WaitForRemovalTurn",
        },
        {
          ErrorEquals: ["States.QueryEvaluationError"],
          Output: {
            DistributionConfig: jsonata("$states.input.DistributionConfig"),
            cause: jsonata(causeOfError),
          },
          Next: "DecidePlaybackEntry",
        },
        ...removalLeftBehind(entry, isBatch),
      ],
      Output: {},
      Next: "ReleaseRemovalTurn",
    }),
    RecordPlaybackUpdate: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: settings.leaseTableName,
        Key: entryRecordKey(originId),
        UpdateExpression: leaseExpression("SET playbackEntry = :entry, cleanedAt = :now"),
        ExpressionAttributeValues: {
          ":entry": {
            M: {
              distributionId: { S: distributionId },
              originId: { S: jsonata(originId) },
            } satisfies SentItem<EntryRecord["playbackEntry"]>,
          },
          ":now": { S: enteredTime },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // Without the record nothing would look for the entry: the lease has to stay.
      Catch: leftBehind(playbackUpdateLeftover, "ReleaseRemovalTurn"),
      Output: {},
      Next: "ReleaseRemovalTurn",
    }),
    ReleaseRemovalTurn: releaseLock(lock, {
      unless: {
        condition: isBatch,
        why: "The leases of the others are to be marked first.",
        Next: "DecideRemovalMarks",
      },
      Next: "ConfirmLease",
    }),
    DecideRemovalMarks: choice({
      Choices: [{ Condition: jsonata("$isBatchRefused"), Output: {}, Next: "SeparateRemovalUpdates" }],
      Output: {},
      Default: "MarkRemovalUpdates",
    }),
    MarkRemovalUpdates: markPlaybackUpdates<CleanupState | TNext>(leaseTableName, "made", {
      each: "MarkRemovalUpdate",
      Assign: noUpdates,
      Next: "ReleaseRemovalTurn",
    }),
    SeparateRemovalUpdates: markPlaybackUpdates<CleanupState | TNext>(leaseTableName, "refused", {
      each: "SeparateRemovalUpdate",
      Assign: { ...noUpdates, updatesRedrives: jsonata(redrives), isBatchRefused: false },
      Next: "ReadPlaybackEntry",
    }),
    // Finds out why ConfirmLease has not confirmed the lease.
    DecideChannelStop: choice<CleanupState | TNext>({
      Choices: [{ Condition: jsonata("$channelWasRunning"), Output: {}, Next: next }],
      Assign: {
        leftovers: jsonata(`[$leftovers, ${channelLeftover} & ": its lease could not be confirmed."]`),
      },
      Output: {},
      Default: next,
    }),
    ConfirmLease: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: settings.leaseTableName,
        Key: leaseKey,
        UpdateExpression: leaseExpression("SET stoppedAt = :now"),
        // The lease is given back after the channel was stopped, and another stream may have it by now.
        ConditionExpression: leaseExpression("leasedBy = :owner"),
        ExpressionAttributeValues: {
          ":owner": {
            S: jsonata(
              `$channelWasRunning ? $error("The channel ran before the attempt, which does not stop it.") : ${textOf(owner)}`,
            ),
          },
          ":now": { S: enteredTime },
        },
        ReturnValues: "ALL_NEW",
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideChannelStop" },
        { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Output: {}, Next: next },
        ...channelLeft,
      ],
      Assign: {
        channelStartedAt: jsonata(
          "$exists($states.result.Attributes.startedAt.S) ? $states.result.Attributes.startedAt.S : null",
        ),
        confirmedAt: enteredTime,
        confirmedRedrives: jsonata(redrives),
      },
      Output: {},
      Next: "StopEncoderChannel",
    }),
    StopEncoderChannel: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::aws-sdk:medialive:stopChannel",
      Arguments: {
        ChannelId: unlessRedriven("$provision.channel.channelId", "its lease is to be confirmed first"),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "ConfirmLease" },
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadStoppingChannel" },
        noSuchChannel(next),
        ...channelLeft,
      ],
      Output: {},
      Next: "ForgetEncoderStart",
    }),
    ForgetEncoderStart: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: settings.leaseTableName,
        Key: startKey,
        // Whatever start there was, it has taken effect: from here on the channel runs for others alone. A redriven execution may find
        // the record of a later start.
        ConditionExpression: leaseExpression("attribute_not_exists(startedAt) OR startedAt <= :confirmedAt"),
        ExpressionAttributeValues: { ":confirmedAt": { S: jsonata("$confirmedAt") } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: next }],
      Output: {},
      Next: next,
    }),
    ReadStoppingChannel: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [noSuchChannel(next), ...channelLeft],
      Output: { state: jsonata("$states.result.State") },
      Next: "DecideStopRetry",
    }),
    DecideStopRetry: choice<CleanupState | TNext>({
      Choices: [
        {
          Condition: jsonata(`$states.input.state in ${channelIsDown} and ${mayStartLate}`),
          Output: {},
          Next: "RecordEncoderStart",
        },
        {
          Condition: jsonata(`$states.input.state in ${channelIsDown}`),
          Output: {},
          Next: next,
        },
        {
          // A channel that is still starting can be stopped once it runs.
          Condition: jsonata(`$channelTries < ${maxStopTries}`),
          Output: {},
          Next: "WaitForChannelStop",
        },
      ],
      Assign: {
        leftovers: jsonata(`[$leftovers, ${channelLeftover} & ": it is " & $states.input.state & "."]`),
      },
      Output: {},
      Default: next,
    }),
    RecordEncoderStart: task<CleanupState | TNext>({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: settings.leaseTableName,
        Key: startKey,
        UpdateExpression: leaseExpression("SET startedBy = :owner, startedAt = :startedAt"),
        ExpressionAttributeValues: {
          ":owner": { S: owner },
          ":startedAt": { S: jsonata("$channelStartedAt") },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // Without the record nothing would tell that the channel is this component's to stop: the lease has to stay.
      Catch: channelLeft,
      Output: {},
      Next: next,
    }),
    WaitForChannelStop: wait({
      Seconds: stopWaitSeconds,
      Assign: { channelTries: jsonata("$channelTries + 1") },
      Next: "ConfirmLease",
    }),
  };
}

/**
 * What a failed removal leads to. A distribution that was deleted has no entry. A configuration beyond 256 KiB fits into no state of a
 * workflow, so that another try would end alike: the channel is stopped and given back all the same.
 *
 * @param isBatch whether the update was one of many, in JSONata: then nothing is noted, and the entry is removed alone. @default - it was not
 */
function removalLeftBehind(entry: PlaybackEntry, isBatch = "false"): Catcher<CleanupState>[] {
  const failed = `${playbackLeftover(entry)} & ": " & $states.errorOutput.Error & ": " & ${causeOfError}`;
  const Next = "ReleaseRemovalTurn";
  const marks = isBatch === "false" ? {} : { isBatchRefused: jsonata(isBatch) };
  return [
    { ErrorEquals: ["CloudFront.NoSuchDistributionException"], Assign: noUpdates, Output: {}, Next },
    {
      ErrorEquals: ["States.DataLimitExceeded"],
      Assign: {
        ...marks,
        abandoned: jsonata(
          `[$abandoned, ${isBatch} ? [] : ${playbackLeftover(entry)} & ": the configuration of the distribution has more than the 256 KiB that a workflow can carry." & ${removeByHand}]`,
        ),
      },
      Output: {},
      Next,
    },
    {
      ErrorEquals: ["States.ALL"],
      Assign: {
        ...marks,
        leftovers: jsonata(`[$leftovers, ${entry.isReachable} and $not(${isBatch}) ? ${failed} : []]`),
        abandoned: jsonata(
          `[$abandoned, ${entry.isReachable} or ${isBatch} ? [] : ${failed} & "." & ${listDistribution} & ${removeByHand}]`,
        ),
      },
      Output: {},
      Next,
    },
  ];
}

/** A channel that was deleted does not run. */
function noSuchChannel<TNext extends string>(next: TNext): Catcher<TNext> {
  return { ErrorEquals: ["MediaLive.NotFoundException"], Output: {}, Next: next };
}
