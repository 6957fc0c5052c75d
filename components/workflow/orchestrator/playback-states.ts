import { choice, task, wait } from "../shared/asl";
import { acquireLock, releaseLock } from "../shared/distribution-lock";
import {
  attemptDistributionId,
  callTimeoutSeconds,
  causeOfError,
  executionId,
  maxLockTries,
  maxPlaybackTries,
  staleETag,
} from "../shared/expressions";
import {
  caught,
  caughtWithLargeData,
  removePlayback,
  withdrawPlayback,
  withLargeData,
} from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { originIdOfAttempt } from "../shared/origin-ids";
import { takenPatterns } from "../shared/playback-capacity";
import {
  entryOfProvision,
  hasLaterPlaybackEntry,
  hasWholePlaybackEntry,
  updatedConfiguration,
} from "../shared/playback-configuration";
import { sourceOfAttempt } from "../shared/playback-settings";
import {
  areUpdatesRead,
  gatherSeconds,
  markPlaybackUpdates,
  noUpdates,
  playbackBatch,
  readOwnUpdate,
  readPlaybackUpdates,
  requestPlaybackEntry,
  updateWaitSeconds,
} from "../shared/playback-updates";
import { readDistribution } from "../shared/read-distribution";
import { cloudFrontRetriers } from "../shared/retriers";
import type { OrchestratorSettings, OrchestratorState, States } from "../shared/settings";
import { pathTaken } from "./playback-refusals";

/** The configuration may have 256 KiB: an execution that waits does not carry it along. */
const forgetConfiguration = { configuration: null };

/** The state after the stream can be played. */
export function whenPlaying({ readinessStateMachineArn }: OrchestratorSettings) {
  return readinessStateMachineArn === null ? "AwaitLifecycleConfirmation" : "StartReadiness";
}

/**
 * Adds the stream to the distribution. An attempt that was alone when it got its place makes its update at once, of the configuration that
 * it read then. Where others competed for a place, or changed the distribution since, it takes the lock and makes the updates of all who
 * wait, or waits until the holder of the lock has made its update (`shared/playback-updates.ts`).
 */
export function playbackStates(settings: OrchestratorSettings) {
  const { leaseTableName, playback } = settings;
  const lock = { leaseTableName, distributionId: attemptDistributionId };
  const source = sourceOfAttempt(playback);
  const originId = originIdOfAttempt(playback);
  const own = entryOfProvision(source, originId);
  const playing = whenPlaying(settings);
  const isBatch = "$count($batch.served) > 0";
  const refused = (error: string, cause: string) => ({
    Assign: {
      failure: { state: "ConfigurePlaybackEndpoints", error, cause },
      ...withdrawPlayback.reset,
    },
    Output: {},
    Next: withdrawPlayback.next,
  });
  return {
    ConfigurePlaybackEndpoints: task({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: attemptDistributionId,
        IfMatch: jsonata("$configuration.ETag"),
        DistributionConfig: jsonata(
          `$capacity.isContended or ${hasLaterPlaybackEntry(playback, "$configuration.DistributionConfig")} ? $error("The lock is to be taken first.") : ${updatedConfiguration(playback, own, "", "$configuration.DistributionConfig")}`,
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { playbackTries: jsonata("$playbackTries + 1"), ...forgetConfiguration },
          Output: {},
          Next: "AcquirePlaybackTurn",
        },
        {
          ErrorEquals: ["States.QueryEvaluationError"],
          Assign: forgetConfiguration,
          Output: {},
          Next: "AcquirePlaybackTurn",
        },
        ...withLargeData(caught("ConfigurePlaybackEndpoints", removePlayback, forgetConfiguration)),
      ],
      Assign: forgetConfiguration,
      Output: {},
      Next: playing,
    }),
    AcquirePlaybackTurn: acquireLock(lock, {
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "DecidePlaybackTurn",
        },
        caught("AcquirePlaybackTurn", withdrawPlayback),
      ],
      Next: "GatherPlaybackUpdates",
    }),
    DecidePlaybackTurn: choice({
      Choices: [
        { Condition: jsonata(`$turnTries < ${maxLockTries}`), Output: {}, Next: "RequestPlaybackEntry" },
      ],
      Output: {},
      Default: "ReadPlaybackUpdates",
    }),
    RequestPlaybackEntry: requestPlaybackEntry(leaseTableName, source, { Next: "WaitForPlaybackTurn" }),
    WaitForPlaybackTurn: wait({ Seconds: updateWaitSeconds, Next: "ReadPlaybackRequest" }),
    ReadPlaybackRequest: readOwnUpdate(leaseTableName, executionId, "ADDED", {
      whenDone: playing,
      Next: "AcquirePlaybackTurn",
    }),
    GatherPlaybackUpdates: wait({ Seconds: gatherSeconds, Next: "ReadPlaybackUpdates" }),
    ReadPlaybackUpdates: readPlaybackUpdates(leaseTableName, attemptDistributionId, {
      Next: "ReadPlaybackConfiguration",
    }),
    ReadPlaybackConfiguration: readDistribution(attemptDistributionId, {
      Catch: caughtWithLargeData("ReadPlaybackConfiguration", withdrawPlayback),
      Assign: { batch: jsonata(playbackBatch(source, originId)) },
      Next: "DecidePlaybackOwner",
    }),
    DecidePlaybackOwner: choice({
      Choices: [
        {
          Condition: jsonata(hasLaterPlaybackEntry(playback)),
          ...refused("Superseded", "A later attempt at the stream is in the distribution already."),
        },
        {
          // Another program may have taken the path since the place was reserved.
          Condition: jsonata(`$count(${takenPatterns(playback)}) > 0`),
          ...refused("PlaybackPathTaken", jsonata(pathTaken(`${takenPatterns(playback)}[0]`))),
        },
        {
          // Another execution has made the update meanwhile, or this one's answer was lost.
          Condition: jsonata(
            `$count($batch.added) + $count($batch.removed) = 0 and ${hasWholePlaybackEntry(originId, "$states.input.DistributionConfig")}`,
          ),
          Output: {},
          Next: "MarkPlaybackUpdates",
        },
      ],
      Default: "ConfigurePlaybackBatch",
    }),
    ConfigurePlaybackBatch: task({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: attemptDistributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(
          `${areUpdatesRead} ? ${updatedConfiguration(playback, `${own}, $batch.added`, "$batch.removed")} : $error("The execution was redriven: what others want is to be read again.")`,
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        ...[staleETag, ["States.QueryEvaluationError"]].map((ErrorEquals) => ({
          ErrorEquals,
          Assign: { playbackTries: jsonata("$playbackTries + 1"), ...noUpdates },
          Output: {
            error: jsonata("$states.errorOutput.Error"),
            cause: jsonata(causeOfError),
          },
          Next: "DecidePlaybackRetry" as const,
        })),
        ...withLargeData<OrchestratorState>({
          ErrorEquals: ["States.ALL"],
          Assign: {
            failure: {
              state: "ConfigurePlaybackBatch",
              error: jsonata("$states.errorOutput.Error"),
              cause: jsonata(causeOfError),
            },
          },
          Output: {},
          Next: "DecidePlaybackBatch",
        }),
      ],
      Output: {},
      Next: "MarkPlaybackUpdates",
    }),
    DecidePlaybackBatch: choice({
      Choices: [{ Condition: jsonata(isBatch), Output: {}, Next: "SeparatePlaybackUpdates" }],
      Assign: removePlayback.reset,
      Output: {},
      Default: removePlayback.next,
    }),
    SeparatePlaybackUpdates: markPlaybackUpdates(leaseTableName, "refused", {
      each: "SeparatePlaybackUpdate",
      Assign: { updates: [] },
      Next: "ReadPlaybackConfiguration",
    }),
    MarkPlaybackUpdates: markPlaybackUpdates(leaseTableName, "made", {
      each: "MarkPlaybackUpdate",
      Next: "ReleasePlaybackTurn",
    }),
    ReleasePlaybackTurn: releaseLock(lock, { Next: playing }),
    DecidePlaybackRetry: choice({
      Choices: [
        {
          Condition: jsonata(`$playbackTries < ${maxPlaybackTries}`),
          Output: {},
          Next: "WaitForPlaybackTurn",
        },
      ],
      Assign: {
        failure: {
          state: "ConfigurePlaybackEndpoints",
          error: jsonata("$states.input.error"),
          cause: jsonata("$states.input.cause"),
        },
        ...removePlayback.reset,
      },
      Output: {},
      Default: removePlayback.next,
    }),
  } as const satisfies States;
}
