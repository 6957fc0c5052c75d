import { hasEnded } from "../../../contracts";
import type { Attempt, AttemptLease } from "../../../contracts/internal";
import { reasonOf } from "../events/failure-report";
import { type EventBus, emitProvisionRequested } from "../events/stream-events";
import type { Log } from "../runtime/lambda";
import { type AttemptTable, attemptOfExecution, latestAttempt } from "../store/attempts";
import { numberAttempt } from "../store/number-attempt";
import { inputOf, readRequest } from "../store/read-request";
import { type EndedExecution, failureOfExecution } from "./ended-execution";
import { recordFailure } from "./record-failure";

export interface StatusRecovery extends AttemptTable, EventBus {
  includeIngestEndpoints: boolean;
  /** What recovers: the histories name it. */
  component: "recover-execution" | "StreamSweep";
  now: () => Date;
  log: Log;
}

/** What became of the attempt of an execution that has ended. */
export interface RecoveredStatus {
  /** As it is now; undefined where the execution has made none. */
  attempt: Attempt | undefined;
  /** Whether its failure was recorded just now. */
  recovered: boolean;
  /** Whether the workflow had persisted it, so that it may have started a channel. An item that was deleted since was persisted. */
  wasPersisted: boolean;
}

/**
 * Marks the attempt of an ended execution FAILED, unless that execution brought it to its end, good or bad. An attempt
 * that was never persisted is recorded where its workflow cannot have done so.
 *
 * @param leases of the execution, which its own HandleProvisionFailure would have given back, or kept for the leftovers of a
 * persisted attempt. One on a channel that was about to be started is of an attempt whose item was deleted.
 */
export async function recoverStatus(
  deps: StatusRecovery,
  execution: EndedExecution,
  streamId: string,
  leases: readonly AttemptLease[],
): Promise<RecoveredStatus> {
  const own = await attemptOfExecution(deps, streamId, execution.executionArn);
  if (own) {
    if (isHandled(own)) return { attempt: own, recovered: false, wasPersisted: true };
    await announceRequest(deps, own);
    const attempt = await record(deps, execution, own);
    return { attempt, recovered: attempt !== undefined, wasPersisted: true };
  }
  const started = leases.find(({ startedAt }) => startedAt !== undefined);
  const number = started?.attempt ?? (await findNumber(deps, execution, streamId));
  // HandleProvisionFailure of a FAILED execution has recorded the failure, and given the lease back.
  const attempt =
    number !== undefined && (leases.length > 0 || execution.status !== "FAILED")
      ? await record(deps, execution, { streamId, attempt: number }, started)
      : undefined;
  return { attempt, recovered: attempt !== undefined, wasPersisted: started !== undefined };
}

/**
 * @returns whether a workflow brought its attempt to its end. The status alone does not tell that: FAILED is also written
 * before, and COMPLETE by the cancellation of a scheduled start, whose token the workflow takes away.
 */
export function isHandled({ status, readyAt, failure, taskToken }: Attempt): boolean {
  if (status === "COMPLETE") return taskToken === undefined;
  return readyAt !== undefined || (status === "FAILED" && failure !== undefined);
}

/**
 * The workflow announces the request before it waits for a scheduled start or claims a channel. An execution that died
 * earlier may not have.
 */
async function announceRequest(deps: StatusRecovery, own: Attempt): Promise<void> {
  if (own.ownsChannel !== undefined || own.heldUntil !== undefined || own.request === undefined) return;
  const request = readRequest(JSON.parse(own.request));
  if (request) await emitProvisionRequested(deps, request, own.attempt);
}

/** @returns the number of an attempt that has no item; undefined where the stream has moved on without it. */
async function findNumber(
  deps: StatusRecovery,
  { executionArn: id, name, startTime }: EndedExecution,
  streamId: string,
): Promise<number | undefined> {
  const latest = await latestAttempt(deps, streamId);
  if (latest && (!hasEnded(latest.status) || latest.requestedAt > startTime)) return undefined;
  return numberAttempt(streamId, { id, name, startTime }, latest);
}

function record(
  deps: StatusRecovery,
  execution: EndedExecution,
  { streamId, attempt }: Pick<Attempt, "streamId" | "attempt">,
  started?: AttemptLease,
): Promise<Attempt | undefined> {
  const { executionArn: id, name, startTime } = execution;
  const failure = failureOfExecution(execution);
  return recordFailure(deps, {
    streamId,
    attempt,
    execution: { id, name, startTime },
    failure,
    reason: reasonOf(failure),
    at: deps.now().toISOString(),
    component: deps.component,
    unrecorded: {
      request: readRequest(inputOf(execution)),
      ...(started && {
        channel: { channelId: started.channelId, ownsChannel: started.ownsChannel ?? false },
      }),
    },
  });
}
