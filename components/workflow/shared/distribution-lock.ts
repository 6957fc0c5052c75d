import { jsonata, type TaskState, task } from "./asl";
import { callTimeoutSeconds, executionId } from "./expressions";
import { dynamoDbRetriers } from "./retriers";
import type { UndoSettings } from "./settings";

/**
 * The turn at the distribution: one item of the leases table, which one execution has at a time. Writers that read the
 * same configuration would all but one have updated in vain; in turns, each reads once and updates once.
 *
 * A turn ends by itself, so that an execution which died with it stops nobody. Then two may write at a time, and the ETag
 * decides.
 */
const turnSeconds = 60;

const turnKey = ({ playback }: UndoSettings) => ({
  channelId: { S: `distribution/${playback.distributionId}` },
});

const epochSeconds = (plus: number) =>
  jsonata(`$string($floor($toMillis($states.context.State.EnteredTime) / 1000) + ${plus})`);

/** @returns a Task that takes the turn, or ends in `DynamoDB.ConditionalCheckFailedException` while another has it. */
export function acquireTurn<TName extends string>(
  settings: UndoSettings,
  ways: Required<Pick<TaskState<TName>, "Catch" | "Next">>,
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: settings.leaseTableName,
      Key: turnKey(settings),
      UpdateExpression: "SET leasedBy = :me, expiresAt = :end",
      ConditionExpression: "attribute_not_exists(leasedBy) OR leasedBy = :me OR expiresAt < :now",
      ExpressionAttributeValues: {
        ":me": { S: executionId },
        ":now": { N: epochSeconds(0) },
        ":end": { N: epochSeconds(turnSeconds) },
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: ways.Catch,
    Output: {},
    Next: ways.Next,
  });
}

/** @returns a Task that gives the turn back, if the execution has it. One that stays ends by itself. */
export function releaseTurn<TName extends string>(
  settings: UndoSettings,
  { Next }: Pick<TaskState<TName>, "Next">,
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::dynamodb:deleteItem",
    Arguments: {
      TableName: settings.leaseTableName,
      Key: turnKey(settings),
      ConditionExpression: "leasedBy = :me",
      ExpressionAttributeValues: { ":me": { S: executionId } },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next }],
    Output: {},
    Next,
  });
}
