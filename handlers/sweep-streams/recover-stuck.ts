import { hasEnded, type StreamStatus, streamStatuses } from "../../contracts";
import { type Attempt, attemptExpression, attemptIndexes, attemptNames } from "../../contracts/internal";
import { QueryCommand } from "../shared/aws/dynamodb";
import { recoverAttempt } from "../shared/recovery/recover-attempt";
import { type AttemptTable, toAttempt } from "../shared/store/attempts";
import { readPages } from "../shared/store/dynamodb";
import { inParallel } from "./in-parallel";
import { count, maxAtOnce, type Sweep } from "./sweep";

/** Recovers the attempts whose execution has ended without them, should the event of its end be lost. */
export async function recoverStuck(sweep: Sweep): Promise<void> {
  const { deps, steps, executions, before, recovered } = sweep;
  for (const status of streamStatuses.filter((each) => !hasEnded(each))) {
    const unfinished = await steps.take(`The attempts that are ${status} could not be found.`, () =>
      findUnfinished(deps, status, before),
    );
    if (status === "PROVISIONING") {
      sweep.waiting = (unfinished ?? []).filter(({ heldUntil }) => heldUntil === undefined).length;
    }
    await inParallel(unfinished ?? [], maxAtOnce, async ({ streamId, attempt, ...found }) => {
      await steps.take(`Attempt ${attempt} at stream '${streamId}' is not recovered.`, async () => {
        const ended = await executions.ended(found.executionArn, found.requestedAt);
        if (!ended || recovered.has(ended.executionArn)) return;
        recovered.add(ended.executionArn);
        count(sweep, await recoverAttempt(deps, ended));
      });
    });
  }
}

/** @returns the attempts of a status whose workflow has not ended well, as the index has them: maybe not of now. */
async function findUnfinished(table: AttemptTable, status: StreamStatus, before: string): Promise<Attempt[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: attemptIndexes.byStatus.name,
        KeyConditionExpression: attemptExpression("#status = :status AND updatedAt < :before"),
        FilterExpression: attemptExpression("attribute_not_exists(readyAt)"),
        ExpressionAttributeNames: attemptNames,
        ExpressionAttributeValues: { ":status": { S: status }, ":before": { S: before } },
        ...from,
      }),
    ),
  );
  return items.map(toAttempt).filter((attempt) => attempt !== undefined);
}
