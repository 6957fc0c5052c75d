import { type Attempt, attemptExpression } from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { type AttemptTable, attemptKey } from "../store/attempts";
import { held } from "../store/dynamodb";
import { startTeardown, type TeardownMachine } from "./start-teardown";

/**
 * Ends the time after COMPLETE of a stream that is requested again: its new attempt takes over the path, and may need the channel.
 * It may be repeated: as long as no teardown has begun, it starts one, which finds the time over.
 */
export async function endGrace(
  deps: AttemptTable & TeardownMachine,
  attempt: Attempt,
  at: string,
): Promise<void> {
  const { streamId, channelId, graceUntil, teardown } = attempt;
  if (graceUntil === undefined || channelId === undefined || teardown !== undefined) return;
  await held(
    deps.dynamodb.send(
      new UpdateItemCommand({
        TableName: deps.tableName,
        Key: attemptKey(streamId, attempt.attempt),
        UpdateExpression: attemptExpression("SET graceUntil = :now"),
        ConditionExpression: attemptExpression("graceUntil > :now"),
        ExpressionAttributeValues: { ":now": { S: at } },
      }),
    ),
  );
  await startTeardown(deps, attempt, { channelId }, "The stream was requested again.");
}
