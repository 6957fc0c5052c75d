import { choice, jsonata, type State, type Template, task } from "../shared/asl";
import { attemptKey, callTimeoutSeconds, enteredTime, executionId } from "../shared/expressions";
import { leftBehind, undoFromStart } from "../shared/failures";
import { liveLimitName } from "../shared/live-limit";
import { dynamoDbRetriers, schedulerRetriers } from "../shared/retriers";
import type { TeardownSettings, TeardownState } from "./settings";

type EndState =
  | "BeginTeardown"
  | "DeleteLiveLimit"
  | "DecideTeardownEnd"
  | "ReturnLease"
  | "RecordTeardown"
  | "RecordIncompleteTeardown";

/** As long as an execution of StreamTeardown may last: one that began earlier has died. */
export const teardownTimeoutSeconds = 3600;

/** Takes the attempt for this execution alone, and records what became of it. */
export function endStates(settings: TeardownSettings): {
  readonly [name in EndState]: State<TeardownState>;
} {
  const { tableName, leaseTableName } = settings;
  const record = (teardown: { readonly [member: string]: Template }) => ({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: tableName,
      Key: attemptKey,
      UpdateExpression: "SET teardown = :teardown",
      ConditionExpression: "teardown.executionArn = :me",
      ExpressionAttributeValues: {
        ":me": { S: executionId },
        ":teardown": {
          M: {
            executionArn: { S: executionId },
            startedAt: { S: jsonata("$startedAt") },
            endedAt: { S: enteredTime },
            ...teardown,
          },
        },
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Output: {},
  });
  return {
    BeginTeardown: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: tableName,
        Key: attemptKey,
        UpdateExpression: "SET teardown = :teardown",
        // One at a time: a second one could stop the channel after the first gave it to somebody else.
        ConditionExpression:
          "executionArn = :owner AND (attribute_not_exists(teardown) OR teardown.#status = :incomplete OR teardown.executionArn = :me OR teardown.startedAt < :dead)",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":owner": { S: jsonata("$attempt.executionArn") },
          ":me": { S: executionId },
          ":incomplete": { S: "INCOMPLETE" },
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
            },
          },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "NothingToTearDown",
        },
      ],
      Assign: {
        ...undoFromStart,
        startedAt: enteredTime,
        channelWasRunning: jsonata("$not($attempt.ownsChannel)"),
      },
      Output: {},
      Next: "AcquireRemovalTurn",
    }),
    DeleteLiveLimit: task({
      Resource: "arn:aws:states:::aws-sdk:scheduler:deleteSchedule",
      Arguments: { Name: liveLimitName, GroupName: settings.scheduleGroupName },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: schedulerRetriers,
      // One that stays finds nothing to do when its time has come, and deletes itself.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "DecideTeardownEnd" }],
      Output: {},
      Next: "DecideTeardownEnd",
    }),
    DecideTeardownEnd: choice({
      Choices: [
        { Condition: jsonata("$count($leftovers) > 0"), Output: {}, Next: "RecordIncompleteTeardown" },
      ],
      Output: {},
      Default: "ReturnLease",
    }),
    ReturnLease: task({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: { channelId: { S: jsonata("$provision.channel.channelId") } },
        ConditionExpression: "leasedBy = :owner",
        ExpressionAttributeValues: { ":owner": { S: jsonata("$attempt.executionArn") } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          // The first answer was lost.
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "RecordTeardown",
        },
        ...leftBehind<TeardownState>(
          '"The lease on channel " & $provision.channel.channelId & " is still there"',
          "RecordIncompleteTeardown",
        ),
      ],
      Output: {},
      Next: "RecordTeardown",
    }),
    RecordTeardown: task({ ...record({ status: { S: "DONE" } }), Next: "TeardownSucceeded" }),
    RecordIncompleteTeardown: task({
      ...record({
        status: { S: "INCOMPLETE" },
        leftovers: { L: jsonata('[$map($leftovers, function($leftover) { { "S": $leftover } })]') },
      }),
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "TeardownFailed" }],
      Next: "TeardownFailed",
    }),
  };
}
