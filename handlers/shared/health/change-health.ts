import { marshall } from "@aws-sdk/util-dynamodb";
import type { StreamHealthChangedDetail } from "../../../contracts";
import { type Attempt, attemptExpression, type Health } from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { type EventBus, emitHealthChanged } from "../events/stream-events";
import type { Log } from "../runtime/lambda";
import { metricOf } from "../runtime/metrics";
import { type AttemptTable, attemptKey, readAttempt, toAttempt } from "../store/attempts";
import { ifHeld } from "../store/dynamodb";
import { activeAlerts, isDown, unknownHealth } from "./health";

/** Events of one channel come one by one: a writer that loses more races than this does not race. */
const maxTries = 6;

export interface HealthChange {
  readonly before: Health;
  readonly after: Health;
  /** As it is after the write. */
  readonly attempt: Attempt;
}

/**
 * Changes the health of an attempt, and announces the change where it concerns those who watch the stream. It is announced first and written
 * then: a writer that dies in between announces it twice.
 *
 * @param change gives the health after the change; the same object where there is none; undefined where the attempt is not meant.
 * @param reason what is announced beside it. @default - nothing
 * @returns undefined where nothing was meant or changed.
 */
export async function changeHealth(
  deps: AttemptTable & EventBus & { log: Log },
  { streamId, attempt }: Pick<Attempt, "streamId" | "attempt">,
  occurredAt: string,
  change: (health: Health, attempt: Attempt) => Health | undefined,
  reason?: string,
): Promise<HealthChange | undefined> {
  for (let tries = 0; tries < maxTries; tries++) {
    const found = await readAttempt(deps, streamId, attempt);
    const before = found?.health ?? unknownHealth;
    const after = found && change(before, found);
    if (!after || after === before) return undefined;
    if (isNews(before, after)) {
      await emitHealthChanged(deps, detailOf(found, after, occurredAt, reason));
    }
    const written = await write(deps, found, after, occurredAt);
    if (!written) continue;
    if (before.status !== after.status) {
      const members = metricOf(deps.tableName, { HealthChanges: 1 }, { Health: after.status });
      deps.log.info("The health has changed.", members);
    }
    return { before, after, attempt: written };
  }
  throw new Error(`The health of stream '${streamId}' changed ${maxTries} times meanwhile. Try again.`);
}

/** Whether a change is worth an event: another status, or other alerts. */
function isNews(before: Health, after: Health): boolean {
  const told = (health: Health) => JSON.stringify([health.status, activeAlerts(health)]);
  return told(before) !== told(after);
}

function detailOf(
  { streamId, attempt, channelId = "" }: Attempt,
  health: Health,
  occurredAt: string,
  reason: string | undefined,
): StreamHealthChangedDetail {
  return {
    ...{ streamId, attempt, channelId, health: health.status, alerts: activeAlerts(health), occurredAt },
    ...(reason !== undefined && { reason }),
  };
}

async function write(
  table: AttemptTable,
  { streamId, attempt, healthVersion = 0 }: Attempt,
  health: Health,
  at: string,
): Promise<Attempt | undefined> {
  const set = attemptExpression("SET health = :health, healthVersion = :next");
  // What READY asks for is what MediaLive said last.
  const running = health.channelState === "RUNNING";
  const written = await ifHeld(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(streamId, attempt),
        UpdateExpression: running
          ? `${set}, ${attemptExpression("runningAt = if_not_exists(runningAt, :at)")}`
          : isDown(health)
            ? `${set} ${attemptExpression("REMOVE runningAt")}`
            : set,
        ConditionExpression:
          healthVersion === 0
            ? attemptExpression("attribute_exists(streamId) AND attribute_not_exists(healthVersion)")
            : attemptExpression("healthVersion = :version"),
        ExpressionAttributeValues: marshall(
          {
            ":health": health,
            ":next": healthVersion + 1,
            ...(healthVersion > 0 && { ":version": healthVersion }),
            ...(running && { ":at": at }),
          },
          { removeUndefinedValues: true },
        ),
        ReturnValues: "ALL_NEW",
      }),
    ),
  );
  return toAttempt(written?.Attributes);
}
