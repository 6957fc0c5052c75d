import { marshall } from "@aws-sdk/util-dynamodb";
import { type CreateStreamWorkflowRequest, hasEnded, statusesBefore } from "../../../contracts";
import {
  type Attempt,
  attemptExpression,
  type Execution,
  type Failure,
  type HistoryEntry,
  ownAttempt,
} from "../../../contracts/internal";
import { PutItemCommand, UpdateItemCommand } from "../aws/dynamodb";
import { streamCancelled } from "../runtime/errors";
import type { Log } from "../runtime/lambda";
import { metricOf } from "../runtime/metrics";
import { type AttemptTable, attemptKey, readAttempt, toAttempt } from "../store/attempts";
import { wasCancelled } from "../store/change-status";
import { ifHeld } from "../store/dynamodb";
import { writeStatus } from "../store/write-status";

/** Why the workflow of an attempt failed. */
export interface AttemptFailure {
  streamId: string;
  attempt: number;
  execution: Execution;
  failure: Failure;
  reason: string;
  /** RFC 3339, in UTC. */
  at: string;
  /** What of this component records the failure. */
  component: string;
  /** What is recorded where the attempt has no item yet; null where it must not get one. */
  unrecorded: {
    request: CreateStreamWorkflowRequest | undefined;
    /** What to clean up of an attempt whose item was deleted. */
    channel?: Pick<Attempt, "channelId" | "ownsChannel">;
  } | null;
}

/** Between a write that finds no fitting item and the read that follows, only the workflow itself can write. */
const maxTries = 3;

/** The attributes of a workflow that is under way, or has ended well. */
const removeWorkflowState = attemptExpression("REMOVE taskToken, heldUntil, readyAt");

/**
 * Marks an attempt FAILED in one conditional write, which also takes away what stands for a workflow under way, and the
 * `readyAt` of one that did not end well after all. An attempt that ended otherwise keeps its status.
 *
 * @returns the attempt after it, to be announced; undefined where it has no item, or its item is another execution's.
 */
export async function recordFailure(
  table: AttemptTable & { log: Log },
  failed: AttemptFailure,
): Promise<Attempt | undefined> {
  for (let tries = 0; tries < maxTries; tries++) {
    const found = await readAttempt(table, failed.streamId, failed.attempt);
    if (found && found.executionArn !== failed.execution.id) return undefined;
    if (!found && !failed.unrecorded) return undefined;
    const written = await (!found
      ? putFailed(table, failed)
      : hasEnded(found.status)
        ? completeFailure(table, failed)
        : markFailed(table, found, failed));
    if (!written) continue;
    if (found?.failure === undefined) count(table, written, failed.failure);
    return written;
  }
  throw new Error(
    `Attempt ${failed.attempt} at stream '${failed.streamId}' changed ${maxTries} times meanwhile. Try again.`,
  );
}

/** An attempt fails once: a repetition finds the failure on the item. A cancelled stream is no failure. */
function count({ tableName, log }: AttemptTable & { log: Log }, written: Attempt, failure: Failure): void {
  if (failure.error === streamCancelled || wasCancelled(written)) return;
  const { state } = failure;
  log.info("The attempt has failed.", metricOf(tableName, { FailedAttempts: 1 }, { State: state }));
}

const setFailure = attemptExpression("failure = :failure");

function markFailed(
  table: AttemptTable,
  found: Attempt,
  { failure, ...failed }: AttemptFailure,
): Promise<Attempt | undefined> {
  const from = statusesBefore("FAILED").map((status, index) => [`:from${index}`, status] as const);
  return writeStatus(table, found, historyEntry(failed), {
    unpublished: true,
    condition: `${ownAttempt} AND #status IN (${from.map(([name]) => name).join(", ")})`,
    also: `, ${setFailure} ${removeWorkflowState}`,
    values: { ...Object.fromEntries(from), ":me": failed.execution.id, ":failure": failure },
  });
}

const keepFailure = attemptExpression("SET failure = if_not_exists(failure, :failure)");

async function completeFailure(
  table: AttemptTable,
  { failure, ...failed }: AttemptFailure,
): Promise<Attempt | undefined> {
  const written = await ifHeld(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(failed.streamId, failed.attempt),
        UpdateExpression: `${keepFailure} ${removeWorkflowState}`,
        ConditionExpression: ownAttempt,
        ExpressionAttributeValues: marshall({ ":me": failed.execution.id, ":failure": failure }),
        ReturnValues: "ALL_NEW",
      }),
    ),
  );
  return toAttempt(written?.Attributes);
}

async function putFailed(table: AttemptTable, failed: AttemptFailure): Promise<Attempt | undefined> {
  const { streamId, attempt, execution, failure, at, unrecorded } = failed;
  const request = unrecorded?.request;
  const item: Attempt = {
    streamId,
    attempt,
    status: "FAILED",
    ...(request && {
      title: request.title,
      startTime: request.startTime,
      request: JSON.stringify(request),
    }),
    ...unrecorded?.channel,
    executionArn: execution.id,
    history: [historyEntry(failed)],
    requestedAt: execution.startTime,
    updatedAt: at,
    unpublishedSince: at,
    unpublished: new Set(["FAILED"]),
    failure,
  };
  const written = await ifHeld(
    table.dynamodb.send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: marshall(item),
        ConditionExpression: attemptExpression("attribute_not_exists(streamId)"),
      }),
    ),
  );
  return written && item;
}

function historyEntry({
  reason,
  at,
  component,
}: Pick<AttemptFailure, "reason" | "at" | "component">): HistoryEntry {
  return { status: "FAILED", reason, at, origin: "orchestrator", component };
}
