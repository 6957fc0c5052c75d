import { leaseExpression, ownLease } from "../../../contracts/internal";
import { choice, task, wait } from "../shared/asl";
import { acquireLock, releaseLock } from "../shared/distribution-lock";
import {
  attemptDistributionId,
  callTimeoutSeconds,
  causeOfError,
  executionId,
  jitteredSeconds,
  leaseKey,
  maxLockTries,
} from "../shared/expressions";
import { caught, caughtWithLargeData, nothingToCleanUp, returnPlace } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { originIdOfAttempt } from "../shared/origin-ids";
import { maxConfigurationBytes, playbackCapacity } from "../shared/playback-capacity";
import { cloudFrontRetriers, dynamoDbRetriers, dynamoDbSdkReadRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { pathTaken, tooLarge } from "./playback-refusals";

/**
 * Gets the stream its place in the distribution before anything of it costs money, or refuses the request.
 *
 * The place is a mark on the attempt's channel lease, so that it goes back with the lease, whoever returns that. An attempt
 * first writes its mark and then counts all marks: of two that ask for the last place at once, each sees the other's, so that
 * never both get it. The lock has them ask one after the other, so that one does.
 */
export function placeStates(settings: OrchestratorSettings) {
  const { leaseTableName, playback } = settings;
  const { distributionId, cacheBehaviorQuota, originQuota } = playback;
  const lock = { leaseTableName, distributionId: attemptDistributionId };
  const originId = jsonata(originIdOfAttempt(playback));
  const refused = (error: string, cause: string) => ({
    failure: { state: "ConfigurePlaybackEndpoints", error, cause: jsonata(cause) },
    ...returnPlace.reset,
  });
  return {
    AcquireCapacityTurn: acquireLock(lock, {
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "DecideCapacityTurn",
        },
        caught("AcquireCapacityTurn", nothingToCleanUp),
      ],
      Next: "ReservePlaybackPlace",
    }),
    DecideCapacityTurn: choice({
      Choices: [
        { Condition: jsonata(`$turnTries < ${maxLockTries}`), Output: {}, Next: "WaitForCapacityTurn" },
      ],
      Output: {},
      Default: "ReservePlaybackPlace",
    }),
    WaitForCapacityTurn: wait({ Seconds: jitteredSeconds, Next: "AcquireCapacityTurn" }),
    ReservePlaybackPlace: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        UpdateExpression: leaseExpression("SET originId = :originId, distributionId = :distributionId"),
        ConditionExpression: ownLease,
        ExpressionAttributeValues: {
          ":originId": { S: originId },
          ":distributionId": { S: attemptDistributionId },
          ":me": { S: executionId },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [caught("ReservePlaybackPlace", returnPlace)],
      Output: {},
      Next: "ReadPlaybackPlaces",
    }),
    ReadPlaybackPlaces: task({
      // A scan, since the table has one item for each leased channel, and channels that left the pool count too.
      Resource: "arn:aws:states:::aws-sdk:dynamodb:scan",
      Arguments: {
        TableName: leaseTableName,
        ConsistentRead: true,
        // Once an attempt is cleaned up, its entry counts where it is still there, and its mark does not.
        FilterExpression: leaseExpression(
          "distributionId = :distributionId AND attribute_not_exists(cleanupStartedAt)",
        ),
        ExpressionAttributeValues: { ":distributionId": { S: attemptDistributionId } },
        ProjectionExpression: leaseExpression("originId"),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbSdkReadRetriers,
      Catch: [caught("ReadPlaybackPlaces", returnPlace)],
      Assign: { places: jsonata("[$states.result.Items.originId.S]") },
      Output: {},
      Next: "ReadPlaybackCapacity",
    }),
    ReadPlaybackCapacity: task({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
      Arguments: { Id: attemptDistributionId },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: ["States.DataLimitExceeded"],
          Assign: refused("PlaybackConfigurationTooLarge", tooLarge(causeOfError)),
          Output: {},
          Next: returnPlace.next,
        },
        ...caughtWithLargeData("ReadPlaybackCapacity", returnPlace).slice(1),
      ],
      Output: jsonata(playbackCapacity(playback)),
      Next: "DecidePlaybackCapacity",
    }),
    DecidePlaybackCapacity: choice({
      // The local runtime takes the quotas of its simulated distribution from this sentence.
      Comment: `CloudFront quotas of ${distributionId}: ${cacheBehaviorQuota} cache behaviors, ${originQuota} origins.`,
      Choices: [
        {
          Condition: jsonata("$states.input.taken != null"),
          Assign: refused("PlaybackPathTaken", pathTaken("$states.input.taken")),
          Output: {},
          Next: returnPlace.next,
        },
        {
          Condition: jsonata(`$states.input.bytes > ${maxConfigurationBytes}`),
          Assign: refused(
            "PlaybackConfigurationTooLarge",
            tooLarge('"It would have " & $string($states.input.bytes) & " bytes."'),
          ),
          Output: {},
          Next: returnPlace.next,
        },
        {
          Condition: jsonata(`$states.input.behaviors >= $provision.settings.cacheBehaviorQuota`),
          Assign: refused(
            "PlaybackQuotaExceeded",
            `"Distribution " & $provision.settings.distributionId & " has " & $string($states.input.behaviors) & " behaviours of the " & $string($provision.settings.cacheBehaviorQuota) & " that it may have. End a stream, or have CloudFront raise the quota and set playback.cacheBehaviorQuota."`,
          ),
          Output: {},
          Next: returnPlace.next,
        },
        {
          Condition: jsonata(`$states.input.origins >= $provision.settings.originQuota`),
          Assign: refused(
            "PlaybackQuotaExceeded",
            `"Distribution " & $provision.settings.distributionId & " has " & $string($states.input.origins) & " origins of the " & $string($provision.settings.originQuota) & " that it may have. End a stream, or have CloudFront raise the quota and set playback.originQuota."`,
          ),
          Output: {},
          Next: returnPlace.next,
        },
      ],
      Output: {},
      Default: "ReleaseCapacityTurn",
    }),
    ReleaseCapacityTurn: releaseLock(lock, { Next: "ReadChannelState" }),
    ReturnPlaybackPlace: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        UpdateExpression: leaseExpression("REMOVE originId, distributionId"),
        ConditionExpression: ownLease,
        ExpressionAttributeValues: { ":me": { S: executionId } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // A mark that stays goes back with the lease.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "ReleaseRemovalTurn" }],
      Output: {},
      Next: "ReleaseRemovalTurn",
    }),
  } as const satisfies States;
}
