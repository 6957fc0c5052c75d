import { distributionLockId, leaseExpression, ownLease } from "../../../contracts/internal";
import { type TaskState, task } from "./asl";
import { callTimeoutSeconds, executionId } from "./expressions";
import { jsonata } from "./jsonata";
import { dynamoDbRetriers } from "./retriers";

/**
 * The lock on the distribution: one item of the leases table, which one execution has at a time. Of writers that read the
 * same configuration, all but one would update in vain; with the lock, each reads once and updates once.
 *
 * The lock expires, so that an execution which died with it stops no other. Then two may write at a time: the ETag, not the
 * lock, prevents lost updates.
 */
const lockSeconds = 60;

/** Which distribution a lock is on, and the table that holds the lock. */
export interface LockSettings {
  readonly leaseTableName: string;
  readonly distributionId: string;
}

const lockKey = ({ distributionId }: LockSettings) => ({ channelId: { S: lockIdOf(distributionId) } });

/** The id of a distribution may be an expression, where the attempt says in which distribution its entry is. */
function lockIdOf(distributionId: string): string {
  const variable = /^{% (.*) %}$/.exec(distributionId)?.[1];
  return variable === undefined
    ? distributionLockId(distributionId)
    : jsonata(`${JSON.stringify(distributionLockId(""))} & ${variable}`);
}

/** When a Task is not to make its call, and why. A Choice before each call would cost a state; an expression that fails costs none. */
interface Unless {
  /** In JSONata. */
  readonly condition: string;
  readonly why: string;
}

function me(unless: Unless | undefined): string {
  if (unless === undefined) return executionId;
  return jsonata(
    `${unless.condition} ? $error(${JSON.stringify(unless.why)}) : $states.context.Execution.Id`,
  );
}

const epochSeconds = (plus: number) =>
  jsonata(`$string($floor($toMillis($states.context.State.EnteredTime) / 1000) + ${plus})`);

/**
 * @param ways `unless`: a condition, in JSONata, under which the Task ends in `States.QueryEvaluationError` before it calls.
 * @returns a Task that takes the lock, or ends in `DynamoDB.ConditionalCheckFailedException` while another has it.
 */
export function acquireLock<TName extends string>(
  settings: LockSettings,
  ways: Required<Pick<TaskState<TName>, "Catch" | "Next">> & { readonly unless?: Unless },
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::dynamodb:updateItem",
    Arguments: {
      TableName: settings.leaseTableName,
      Key: lockKey(settings),
      UpdateExpression: leaseExpression("SET leasedBy = :me, expiresAt = :end"),
      ConditionExpression: leaseExpression(
        "attribute_not_exists(leasedBy) OR leasedBy = :me OR expiresAt < :now",
      ),
      ExpressionAttributeValues: {
        ":me": { S: me(ways.unless) },
        ":now": { N: epochSeconds(0) },
        ":end": { N: epochSeconds(lockSeconds) },
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: ways.Catch,
    Output: {},
    Next: ways.Next,
  });
}

/**
 * @param ways `unless`: a condition, in JSONata, under which the Task leads to another state before it calls.
 * @returns a Task that gives the lock back, if the execution has it. A lock that stays expires.
 */
export function releaseLock<TName extends string>(
  settings: LockSettings,
  { Next, unless }: Pick<TaskState<TName>, "Next"> & { readonly unless?: Unless & { readonly Next: TName } },
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::dynamodb:deleteItem",
    Arguments: {
      TableName: settings.leaseTableName,
      Key: lockKey(settings),
      ConditionExpression: ownLease,
      ExpressionAttributeValues: { ":me": { S: me(unless) } },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: dynamoDbRetriers,
    Catch: [
      ...(unless ? [{ ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: unless.Next }] : []),
      { ErrorEquals: ["States.ALL"], Output: {}, Next },
    ],
    Output: {},
    Next,
  });
}
