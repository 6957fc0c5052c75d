import { leaseExpression, type Teardown, teardownTimeoutSeconds } from "../../../contracts/internal";
import { choice, finalTask, type State, task } from "../shared/asl";
import { updateAttempt } from "../shared/attempt-item";
import { callTimeoutSeconds, enteredTime, executionId, leaseKey } from "../shared/expressions";
import { cleanupFromStart, leftBehind } from "../shared/failures";
import { jsonata, partOfJsonata, type SentItem } from "../shared/jsonata";
import { liveLimitName } from "../shared/live-limit";
import { dynamoDbRetriers, schedulerRetriers } from "../shared/retriers";
import { hasSomething } from "./find-states";
import type { EndState, TeardownSettings, TeardownState } from "./settings";

/** Claims the attempt for this execution alone, and records the result. */
export function endStates(settings: TeardownSettings): {
  readonly [name in EndState]: State<TeardownState>;
} {
  const { tableName, leaseTableName } = settings;
  const record = (teardown: SentItem<Pick<Teardown, "status" | "leftovers">>) => ({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: updateAttempt(tableName, {
      update: "SET teardown = :teardown",
      condition: "teardown.executionArn = :me",
      values: {
        ":me": { S: executionId },
        ":teardown": {
          M: {
            executionArn: { S: executionId },
            startedAt: { S: jsonata("$startedAt") },
            endedAt: { S: enteredTime },
            ...teardown,
          } satisfies SentItem<Teardown>,
        },
      },
    }),
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Output: {},
  });
  return {
    BeginTeardown: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: "SET teardown = :teardown",
        // One at a time: a second teardown could stop the channel after the first one had given it back.
        condition:
          "executionArn = :owner AND (attribute_not_exists(teardown) OR teardown.#status = :incomplete OR teardown.executionArn = :me OR teardown.startedAt < :dead)",
        values: {
          ":owner": {
            S: jsonata(
              `${hasSomething} ? $attempt.executionArn : $error("Everything was cleaned up before.")`,
            ),
          },
          ":me": { S: executionId },
          ":incomplete": { S: "INCOMPLETE" satisfies Teardown["status"] },
          ":dead": {
            S: jsonata(
              `$fromMillis($toMillis($states.context.State.EnteredTime) - ${teardownTimeoutSeconds * 1000})`,
            ),
          },
          ":teardown": {
            M: {
              status: { S: "RUNNING" },
              executionArn: { S: executionId },
              startedAt: { S: enteredTime },
            } satisfies SentItem<Teardown>,
          },
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideLease" },
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "NothingToTearDown",
        },
      ],
      Assign: {
        ...cleanupFromStart,
        startedAt: enteredTime,
        channelWasRunning: jsonata("$not($attempt.ownsChannel and $hasLease)"),
        isRequested: jsonata("$hasRequest"),
      },
      Output: {},
      Next: "AcquireRemovalTurn",
    }),
    // Finds out why BeginTeardown has not begun.
    DecideLease: choice({
      Choices: [{ Condition: jsonata(`$not(${hasSomething})`), Output: {}, Next: "NothingToTearDown" }],
      Assign: { leftovers: ["The attempt could not be taken for its teardown."], abandoned: [] },
      Output: {},
      Default: "TeardownFailed",
    }),
    DeleteLiveLimit: task({
      Resource: "arn:aws:states:::aws-sdk:scheduler:deleteSchedule",
      Arguments: { Name: liveLimitName, GroupName: settings.scheduleGroupName },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: schedulerRetriers,
      // One that stays finds nothing to do when its time has come, and deletes itself.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "ReturnLease" }],
      Output: {},
      Next: "ReturnLease",
    }),
    ReturnLease: task({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        ConditionExpression: leaseExpression("leasedBy = :owner"),
        ExpressionAttributeValues: {
          ":owner": {
            S: jsonata('$count($leftovers) = 0 ? $attempt.executionArn : $error("Something is left.")'),
          },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          ErrorEquals: ["States.QueryEvaluationError"],
          Output: {},
          Next: "RecordIncompleteTeardown",
        },
        {
          // The first answer was lost.
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "RecordTeardown",
        },
        ...leftBehind<TeardownState>(
          partOfJsonata('"The lease on channel " & $provision.channel.channelId & " is still there"'),
          "RecordIncompleteTeardown",
        ),
      ],
      Output: {},
      Next: "RecordTeardown",
    }),
    RecordTeardown: finalTask({
      ...record({
        status: {
          // The lease is back, so that no sweep comes to it again: the failed execution's alarm tells what is left.
          S: jsonata('$count($abandoned) = 0 ? "DONE" : $error("Something is left that nobody removes.")'),
        },
      }),
      Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "RecordIncompleteTeardown" }],
      Output: { teardown: "DONE" },
    }),
    RecordIncompleteTeardown: task({
      ...record({
        status: { S: "INCOMPLETE" },
        leftovers: {
          L: jsonata('[$map($append($leftovers, $abandoned), function($leftover) { { "S": $leftover } })]'),
        },
      }),
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "TeardownFailed" }],
      Next: "TeardownFailed",
    }),
  };
}
