import { choice, task, wait } from "../shared/asl";
import { acquireLock, releaseLock } from "../shared/distribution-lock";
import {
  attemptDistributionId,
  callTimeoutSeconds,
  causeOfError,
  jitteredSeconds,
  maxLockTries,
  maxPlaybackTries,
  staleETag,
} from "../shared/expressions";
import { caught, caughtWithLargeData, removePlayback, stopChannel } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { takenPatterns } from "../shared/playback-capacity";
import { hasLaterPlaybackEntry, playbackConfiguration } from "../shared/playback-configuration";
import { sourceOfAttempt } from "../shared/playback-settings";
import { readDistribution } from "../shared/read-distribution";
import { cloudFrontRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { pathTaken } from "./playback-refusals";

/** Adds the stream to the distribution, among others who change it too. */
export function playbackStates(settings: OrchestratorSettings) {
  const { leaseTableName, playback } = settings;
  const lock = { leaseTableName, distributionId: attemptDistributionId };
  return {
    AcquirePlaybackTurn: acquireLock(lock, {
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "DecidePlaybackTurn",
        },
        caught("AcquirePlaybackTurn", stopChannel),
      ],
      Next: "ReadPlaybackConfiguration",
    }),
    DecidePlaybackTurn: choice({
      Choices: [
        { Condition: jsonata(`$turnTries < ${maxLockTries}`), Output: {}, Next: "WaitForPlaybackTurn" },
      ],
      Output: {},
      Default: "ReadPlaybackConfiguration",
    }),
    ReadPlaybackConfiguration: readDistribution(attemptDistributionId, {
      Catch: caughtWithLargeData("ReadPlaybackConfiguration", stopChannel),
      Next: "DecidePlaybackOwner",
    }),
    DecidePlaybackOwner: choice({
      Choices: [
        {
          Condition: jsonata(hasLaterPlaybackEntry(playback)),
          Assign: {
            failure: {
              state: "ConfigurePlaybackEndpoints",
              error: "Superseded",
              cause: "A later attempt at the stream is in the distribution already.",
            },
            ...stopChannel.reset,
          },
          Output: {},
          Next: stopChannel.next,
        },
        {
          // Somebody may have taken the path since the place was given.
          Condition: jsonata(`$count(${takenPatterns(playback)}) > 0`),
          Assign: {
            failure: {
              state: "ConfigurePlaybackEndpoints",
              error: "PlaybackPathTaken",
              cause: jsonata(pathTaken(`${takenPatterns(playback)}[0]`)),
            },
            ...stopChannel.reset,
          },
          Output: {},
          Next: stopChannel.next,
        },
      ],
      Default: "ConfigurePlaybackEndpoints",
    }),
    ConfigurePlaybackEndpoints: task({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: attemptDistributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(playbackConfiguration(sourceOfAttempt(playback))),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { playbackTries: jsonata("$playbackTries + 1") },
          Output: {
            error: jsonata("$states.errorOutput.Error"),
            cause: jsonata(causeOfError),
          },
          Next: "DecidePlaybackRetry",
        },
        ...caughtWithLargeData("ConfigurePlaybackEndpoints", removePlayback),
      ],
      Output: {},
      Next: "ReleasePlaybackTurn",
    }),
    ReleasePlaybackTurn: releaseLock(lock, {
      Next: settings.readinessStateMachineArn === null ? "AwaitLifecycleConfirmation" : "StartReadiness",
    }),
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
    WaitForPlaybackTurn: wait({
      Seconds: jitteredSeconds,
      Next: "AcquirePlaybackTurn",
    }),
  } as const satisfies States;
}
