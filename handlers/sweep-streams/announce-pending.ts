import { type Attempt, attemptExpression, attemptIndexes } from "../../contracts/internal";
import { ScanCommand } from "../shared/aws/dynamodb";
import { type AttemptTable, readAttempt, toAttempt } from "../shared/store/attempts";
import { readPages } from "../shared/store/dynamodb";
import { republish } from "../shared/store/publication";
import { inParallel } from "./in-parallel";
import { maxAtOnce, type Sweep } from "./sweep";

/** Announces the changes of status whose writers died before they did. */
export async function announcePending({ deps, steps, before, counts }: Sweep): Promise<void> {
  const pending = await steps.take("What is not announced could not be found.", () =>
    findPending(deps, before),
  );
  await inParallel(pending ?? [], maxAtOnce, async ({ streamId, attempt }) => {
    await steps.take(`Attempt ${attempt} at stream '${streamId}' is not announced.`, async () => {
      // The index is behind the table: the mark may be gone.
      const found = await readAttempt(deps, streamId, attempt);
      if (!found) return;
      // Others count meanwhile: a sum across the await would lose theirs.
      const events = await republish(deps, found);
      counts.republished += events;
    });
  });
}

async function findPending(table: AttemptTable, before: string): Promise<Attempt[]> {
  const items = await readPages((from) =>
    table.dynamodb.send(
      new ScanCommand({
        TableName: table.tableName,
        IndexName: attemptIndexes.byUnpublished.name,
        FilterExpression: attemptExpression("unpublishedSince < :before"),
        ExpressionAttributeValues: { ":before": { S: before } },
        ...from,
      }),
    ),
  );
  return items.map(toAttempt).filter((attempt) => attempt !== undefined);
}
