import {
  attemptExpression,
  attemptNames,
  leaseExpression,
  maxWaitForOrchestrationSeconds,
  type PlaybackUpdate,
} from "../../../contracts/internal";
import { choice, type State, task, wait } from "../shared/asl";
import type { PlaybackEntry } from "../shared/cleanup-states";
import { callTimeoutSeconds, enteredTime, type LeaseKey } from "../shared/expressions";
import { jsonata, objectText, partOfJsonata, type TeardownAttempt } from "../shared/jsonata";
import { formerOriginId } from "../shared/origin-ids";
import { hasLaterPlaybackEntry } from "../shared/playback-configuration";
import { type PlaybackSettings, sourceOfDefinition } from "../shared/playback-settings";
import { dynamoDbRetriers, dynamoDbSdkReadRetriers, stepFunctionsRetriers } from "../shared/retriers";
import type { CleanupProvision } from "../shared/settings";
import { graceEnd } from "./grace-states";
import type { FindState, TeardownSettings, TeardownState } from "./settings";

/** The variable `$attempt`. SDK integrations name members as the SDK for Java does, so that BOOL may be Bool. */
const attemptText = objectText<TeardownAttempt>({
  status: partOfJsonata("$item.status.S"),
  executionArn: partOfJsonata("$item.executionArn.S"),
  ownsChannel: partOfJsonata("$item.ownsChannel.Bool = true or $item.ownsChannel.BOOL = true"),
  isClaimed: partOfJsonata("$exists($item.ownsChannel.Bool) or $exists($item.ownsChannel.BOOL)"),
  originId: partOfJsonata("$exists($item.originId.S) ? $item.originId.S : null"),
  distributionId: partOfJsonata("$exists($item.distributionId.S) ? $item.distributionId.S : null"),
  isIncomplete: partOfJsonata('$item.teardown.M.status.S = "INCOMPLETE"'),
});

/** What stands on a lease while others may add the attempt's entry. */
const addingUpdates: readonly PlaybackUpdate[] = ["ADD", "ADD_ALONE"];

/**
 * The variable `$entry`: where the attempt's playback entry is. The attempt's lease and its item say so, since both were written before the
 * entry was; the lease goes back first, and the release before wrote the lease alone. Where neither says so, the attempt has claimed
 * nothing and has no entry, or it is of a release that wrote no marks: its entry has the id of that release. No origin has the
 * empty id.
 */
const entryOfItem = (playback: PlaybackSettings) => `(
  $attempt.originId != null
    ? { "distributionId": $attempt.distributionId, "originId": $attempt.originId }
    : {
        "distributionId": ${JSON.stringify(playback.distributionId)},
        "originId": $attempt.isClaimed ? ${formerOriginId} : ""
      }
)`;
/** The same, by the attempt's own lease. */
const entryOfLease = (playback: PlaybackSettings) => `(
  $lease := $states.result.Attributes;
  $exists($lease.originId.S)
    ? { "distributionId": $lease.distributionId.S, "originId": $lease.originId.S }
    : ${entryOfItem(playback)}
)`;

/** Where the cleanup finds the playback entry of the attempt that is torn down. */
export function entryOfAttempt({ playback }: TeardownSettings): PlaybackEntry {
  const reachable = [playback.distributionId, ...playback.formerDistributionIds];
  return {
    distributionId: jsonata("$entry.distributionId"),
    originId: "$entry.originId",
    // A role knows the distributions of its own deployment alone.
    isReachable: `$entry.distributionId in ${JSON.stringify(reachable)}`,
    source: sourceOfDefinition(playback, {}),
    // An attempt claims its channel before it adds its entry. Once a later attempt has added its own, CloudFront takes no earlier update.
    mayComeLate: `$attempt.isClaimed and $not(${hasLaterPlaybackEntry(playback)})`,
  };
}

/**
 * Whether the attempt still has something, in JSONata: its lease, which goes back last; or, where the channel was given back and the entry stayed, an
 * entry in a distribution that this deployment may reach.
 */
export const hasSomething = partOfJsonata(
  "($hasLease or $attempt.isIncomplete and $attempt.originId != null)",
);

/** The part of the variable `$provision` that the cleanup reads. */
const provisionText = objectText<CleanupProvision>({
  request: objectText<CleanupProvision["request"]>({ streamId: partOfJsonata("$input.streamId") }),
  attempt: partOfJsonata("$exists($item) ? $number($item.attempt.N) : 0"),
  channel: objectText<CleanupProvision["channel"]>({
    channelId: "$channelId",
  }),
});

const age = "($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime))";
/** An event may be faster than the write that it speaks of. */
const mayBeWritten = `${age} < 60000`;
/** A workflow takes a moment to end: as long as its last calls are retried. */
const mayEnd = `${age} < ${maxWaitForOrchestrationSeconds * 1000}`;

/** An execution that is redriven goes on under its own ARN. */
const isRunning = '$states.input.status in ["RUNNING", "PENDING_REDRIVE"]';

/**
 * Finds the attempt to tear down, and whether there is anything to do: it has ended, its workflow does nothing
 * any more, and it holds its lease. Sets `$attempt` and `$provision`.
 */
export function findStates(settings: TeardownSettings): {
  readonly [name in FindState]: State<TeardownState>;
} {
  const hasGrace = settings.graceMinutes > 0;
  return {
    FindAttempt: task({
      // A query, since the input need not have the number of the attempt.
      Resource: "arn:aws:states:::aws-sdk:dynamodb:query",
      Arguments: {
        TableName: settings.tableName,
        KeyConditionExpression: jsonata(
          `$input.attempt != null ? "${attemptExpression("streamId = :streamId AND attempt = :attempt")}" : "${attemptExpression("streamId = :streamId")}"`,
        ),
        ExpressionAttributeNames: attemptNames,
        ExpressionAttributeValues: jsonata(`$merge([
          { ":streamId": { "S": $input.streamId } },
          $input.attempt != null ? { ":attempt": { "N": $string($input.attempt) } } : {}
        ])`),
        ProjectionExpression: hasGrace
          ? attemptExpression(
              "attempt, #status, executionArn, channelId, ownsChannel, originId, distributionId, teardown, updatedAt, readyAt, graceUntil",
            )
          : attemptExpression(
              "attempt, #status, executionArn, channelId, ownsChannel, originId, distributionId, teardown",
            ),
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbSdkReadRetriers,
      Assign: {
        attempt: jsonata(`(
          $item := $states.result.Items[0];
          $exists($item) ? ${attemptText} : null
        )`),
        provision: jsonata(`(
          $item := $states.result.Items[0];
          $channelId := $exists($item.channelId.S) ? $item.channelId.S : $input.channelId;
          ${provisionText}
        )`),
        ...(hasGrace && { graceUntil: jsonata(graceEnd(settings)) }),
      },
      Output: {},
      Next: "ReadOrchestration",
    }),
    // Finds out why ReadOrchestration has not read.
    DecideTeardown: choice({
      Choices: [
        { Condition: jsonata("$attempt = null"), Output: {}, Next: "NothingToTearDown" },
        {
          Condition: jsonata(`$input.overdue and $attempt.status in ["READY", "LIVE"]`),
          Output: {},
          Next: "EndOverdueStream",
        },
        { Condition: jsonata(mayBeWritten), Output: {}, Next: "WaitForEnd" },
      ],
      Output: {},
      Default: "NothingToTearDown",
    }),
    WaitForEnd: wait({ Seconds: 10, Next: "FindAttempt" }),
    ReadOrchestration: task({
      Resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
      Arguments: {
        ExecutionArn: jsonata(
          '$attempt.status in ["FAILED", "COMPLETE"] ? $attempt.executionArn : $error("The attempt has not ended.")',
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: stepFunctionsRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideTeardown" },
        {
          // Step Functions forgets an execution 90 days after its end.
          ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
          Output: { status: "FORGOTTEN" },
          Next: "MarkLease",
        },
      ],
      Output: { status: jsonata("$states.result.Status") },
      Next: "MarkLease",
    }),
    // Finds out why MarkLease has not marked. A workflow that runs cleans up the attempt itself; recover-execution or StreamSweep does so if it dies.
    DecideOrchestration: choice({
      Choices: [
        {
          Condition: jsonata(`${isRunning} and ${mayEnd}`),
          Output: {},
          Next: "WaitForOrchestration",
        },
      ],
      Output: {},
      Default: "NothingToTearDown",
    }),
    // With a grace, the item says when the workflow recorded READY, and thereby how long the entry stays.
    WaitForOrchestration: wait({ Seconds: 5, Next: hasGrace ? "FindAttempt" : "ReadOrchestration" }),
    MarkLease: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: settings.leaseTableName,
        Key: {
          channelId: {
            S: jsonata(
              `${isRunning} or $provision.channel.channelId = null ? $error("The workflow runs, or there is no channel.") : $provision.channel.channelId`,
            ),
          },
        } satisfies LeaseKey,
        // A teardown that dies after the entry is gone keeps the channel for a while, and no place in the distribution.
        UpdateExpression: leaseExpression("SET cleanupStartedAt = :now"),
        ConditionExpression: leaseExpression("leasedBy = :owner"),
        ExpressionAttributeValues: {
          ":owner": { S: jsonata("$attempt.executionArn") },
          ":now": { S: enteredTime },
        },
        ReturnValues: "ALL_NEW",
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          ErrorEquals: ["States.QueryEvaluationError"],
          Output: { status: jsonata("$states.input.status") },
          Next: "DecideOrchestration",
        },
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { entry: jsonata(entryOfItem(settings.playback)), hasLease: false, hasRequest: false },
          Output: {},
          Next: hasGrace ? "DecideGrace" : "BeginTeardown",
        },
      ],
      Assign: {
        entry: jsonata(entryOfLease(settings.playback)),
        hasLease: true,
        hasRequest: jsonata(`$states.result.Attributes.playbackUpdate.S in ${JSON.stringify(addingUpdates)}`),
      },
      Output: {},
      Next: hasGrace ? "DecideGrace" : "BeginTeardown",
    }),
  };
}
