import { leaseExpression, ownLease } from "../../../contracts/internal";
import { choice, task, wait } from "../shared/asl";
import {
  attemptDistributionId,
  callTimeoutSeconds,
  causeOfError,
  executionId,
  jitteredSeconds,
  leaseKey,
} from "../shared/expressions";
import { caught, caughtWithLargeData, returnPlace } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { originIdOfAttempt } from "../shared/origin-ids";
import {
  maxConfigurationBytes,
  placesRead,
  playbackBytes,
  playbackCapacity,
} from "../shared/playback-capacity";
import { sourceOfAttempt } from "../shared/playback-settings";
import { cloudFrontRetriers, dynamoDbRetriers, dynamoDbSdkReadRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { pathTaken, tooLarge } from "./playback-refusals";

const hasRoom = (taken: "$capacity" | "$capacity.before") =>
  `${taken}.bytes <= ${maxConfigurationBytes} and ${taken}.behaviors < $provision.settings.cacheBehaviorQuota and ${taken}.origins < $provision.settings.originQuota`;

/** Whether the distribution has a place for the stream, in JSONata. Only an attempt without one goes through DecidePlaybackCapacity. */
export const hasPlace = `$capacity.taken = null and ${hasRoom("$capacity")}`;

/** How often an attempt looks whether others have given up the places that it competes for: for a minute, about. */
const maxPlaceTries = 30;

/**
 * Reserves the stream's place in the distribution before its channel costs money, or refuses the request.
 *
 * The place is a mark on the attempt's channel lease, so that every return of the lease returns the place. An attempt
 * first writes its mark and then counts all marks, and goes on if there is room for them all. Of two attempts that ask for the last place at
 * once, each sees the other's mark, so that they never both get it. Where there is not room for all, those that come first wait until the
 * others have given their marks back: as many get a place as there are places. That needs no lock.
 */
export function placeStates(settings: OrchestratorSettings) {
  const { leaseTableName, playback } = settings;
  const { distributionId, cacheBehaviorQuota, originQuota } = playback;
  const source = sourceOfAttempt(playback);
  const originId = jsonata(originIdOfAttempt(playback));
  const refused = (error: string, cause: string) => ({
    failure: { state: "ConfigurePlaybackEndpoints", error, cause: jsonata(cause) },
    ...returnPlace.reset,
  });
  return {
    ReservePlaybackPlace: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        UpdateExpression: leaseExpression(
          "SET originId = :originId, distributionId = :distributionId, playbackBytes = :bytes",
        ),
        ConditionExpression: ownLease,
        ExpressionAttributeValues: {
          ":originId": { S: originId },
          ":bytes": { N: jsonata(`$string(${playbackBytes(source)})`) },
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
        ProjectionExpression: leaseExpression("originId, leasedAt, startedAt, playbackBytes"),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbSdkReadRetriers,
      Catch: [caught("ReadPlaybackPlaces", returnPlace)],
      Assign: { places: jsonata(placesRead) },
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
      Assign: {
        capacity: jsonata(playbackCapacity(source)),
        // For the update of an attempt that is alone: its ETag says whether that is still the current one.
        configuration: {
          ETag: jsonata("$states.result.ETag"),
          DistributionConfig: jsonata("$states.result.DistributionConfig"),
        },
      },
      Output: {},
      Next: "ReadChannelState",
    }),
    // Finds out why ReadChannelState has refused to go on.
    DecidePlaybackCapacity: choice({
      // The local runtime takes the quotas of its simulated distribution from this sentence.
      Comment: `CloudFront quotas of ${distributionId}: ${cacheBehaviorQuota} cache behaviors, ${originQuota} origins.`,
      Choices: [
        {
          Condition: jsonata("$capacity.taken != null"),
          Assign: refused("PlaybackPathTaken", pathTaken("$capacity.taken")),
          Output: {},
          Next: returnPlace.next,
        },
        {
          // The others in the way come after this attempt, and give their places back.
          Condition: jsonata(`${hasRoom("$capacity.before")} and $turnTries < ${maxPlaceTries}`),
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "WaitForCapacityTurn",
        },
        {
          Condition: jsonata(`$capacity.bytes > ${maxConfigurationBytes}`),
          Assign: refused(
            "PlaybackConfigurationTooLarge",
            tooLarge('"It would have " & $string($capacity.bytes) & " bytes."'),
          ),
          Output: {},
          Next: returnPlace.next,
        },
        {
          Condition: jsonata(`$capacity.behaviors >= $provision.settings.cacheBehaviorQuota`),
          Assign: refused(
            "PlaybackQuotaExceeded",
            `"Distribution " & $provision.settings.distributionId & " has " & $string($capacity.behaviors) & " behaviours of the " & $string($provision.settings.cacheBehaviorQuota) & " that it may have. End a stream, or have CloudFront raise the quota and set playback.cacheBehaviorQuota."`,
          ),
          Output: {},
          Next: returnPlace.next,
        },
      ],
      Assign: refused(
        "PlaybackQuotaExceeded",
        `"Distribution " & $provision.settings.distributionId & " has " & $string($capacity.origins) & " origins of the " & $string($provision.settings.originQuota) & " that it may have. End a stream, or have CloudFront raise the quota and set playback.originQuota."`,
      ),
      Output: {},
      Default: returnPlace.next,
    }),
    WaitForCapacityTurn: wait({ Seconds: jitteredSeconds, Next: "ReadPlaybackPlaces" }),
    ReturnPlaybackPlace: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        UpdateExpression: leaseExpression("REMOVE originId, distributionId, playbackBytes"),
        ConditionExpression: ownLease,
        ExpressionAttributeValues: { ":me": { S: executionId } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // A mark that stays goes back with the lease.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "HandleProvisionFailure" }],
      Output: {},
      Next: "HandleProvisionFailure",
    }),
  } as const satisfies States;
}
