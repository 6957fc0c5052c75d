import type { EventBridgeEvent } from "aws-lambda";
import * as v from "valibot";
import {
  check,
  maskUrls,
  maxReasonLength,
  type StreamLifecycleProgressedDetail,
  streamLifecycleProgressedDetailSchema,
  toUtc,
} from "../contracts";
import { type Attempt, type Confirmation, workflowError } from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from "./shared/aws/step-functions";
import { isNamed, namedError, streamCancelled } from "./shared/runtime/errors";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { shorten } from "./shared/runtime/shorten";
import { latestAttempt } from "./shared/store/attempts";
import { changeStatus, type StatusChange } from "./shared/store/change-status";
import { type ProvisioningStart, readLeadTime, timeToReady } from "./shared/store/time-to-ready";

/** A StreamLifecycleProgressed event, as a rule of the bus delivers it; any program may have put it there. */
export type LifecycleEvent = EventBridgeEvent<"StreamLifecycleProgressed", unknown>;

// Nothing reads `playback`, and another program may have a member of its own by this name.
const { playback: _, ...readEntries } = streamLifecycleProgressedDetailSchema.entries;

/**
 * What is read of an event: the contract's detail, with a reason of any length. `PUT /streams` can refuse a long reason to its caller; the sender of
 * an event gets no answer, and an ignored confirmation costs a stream.
 */
const receivedDetailSchema = v.looseObject({
  ...readEntries,
  reason: v.exactOptional(
    v.pipe(
      v.string(),
      v.transform((reason) => shorten(maskUrls(reason), maxReasonLength)),
    ),
  ),
});

export interface ResumeOrchestrationDeps extends ProvisioningStart {
  dynamodb: DynamoDBClient;
  sfn: SFNClient;
  tableName: string;
  now: () => Date;
  log: Log;
}

/**
 * Takes a confirmation (READY or FAILED) from the bus to the workflow that waits for it. The status goes onto the
 * attempt's item first, and what the item then says is what the workflow is told: the token is written to the same item
 * on condition that no confirmation stands there, so that one of the two finds the other, in whatever order.
 *
 * COMPLETE ends a scheduled start, once `PUT /streams` has written it: the event alone changes nothing. READY changes
 * nothing there either, since the stream has no channel yet. A stream that went from READY to COMPLETE before its workflow took note of
 * READY has ended well: the workflow is told so, and ends well.
 *
 * A duplicate, late or foreign event finds nothing to do.
 *
 * @throws {Error} when an AWS call fails in a way that may pass; the delivery is then tried again.
 */
export function createResumeOrchestration(deps: ResumeOrchestrationDeps): Handler<LifecycleEvent, void> {
  return async (event) => {
    const { log } = deps;
    const checked = check(receivedDetailSchema, event.detail);
    if (!checked.ok) {
      log.warn("The event's detail is invalid, and passed over.", {
        eventId: event.id,
        issues: checked.issues,
      });
      return;
    }
    const detail = checked.value;
    const { streamId, status } = detail;
    log.appendKeys({ streamId, eventId: event.id });
    if (status === "PROVISIONING" || status === "LIVE" || detail.origin === "orchestrator") {
      log.info("The event confirms nothing, and is passed over.", { status });
      return;
    }

    const change = await (status === "COMPLETE" ? look : write)(deps, detail, event);
    if (change.outcome === "unknown") {
      log.warn("The event is about an unknown stream, and is passed over.");
      return;
    }
    const { attempt, executionArn, taskToken } = change.attempt;
    log.appendKeys({ attempt, executionArn });
    log.info("The event was read.", {
      ...{ status, outcome: change.outcome, now: change.attempt.status },
      ...timeToReady(deps, change),
    });
    if (change.outcome === "foreign" || change.attempt.status === "PROVISIONING" || !taskToken) return;
    await resume(deps, taskToken, change.attempt);
  };
}

/** Puts a confirmation onto the item. The event is its own announcement. */
function write(
  deps: ResumeOrchestrationDeps,
  { streamId, status, reason, origin = "event", ...detail }: StreamLifecycleProgressedDetail,
  { id, time }: LifecycleEvent,
): Promise<StatusChange> {
  return changeStatus(
    deps,
    streamId,
    { status, ...(reason !== undefined && { reason }), at: deps.now().toISOString(), origin, eventId: id },
    { unpublished: false, concerns: (attempt) => concerns(detail, time, attempt) },
  );
}

/** Tells whether what an event says stands on the item. */
async function look(
  deps: ResumeOrchestrationDeps,
  { streamId, status, ...detail }: StreamLifecycleProgressedDetail,
  { time }: LifecycleEvent,
): Promise<StatusChange> {
  const attempt = await latestAttempt(deps, streamId);
  if (!attempt) return { outcome: "unknown" };
  const stands = attempt.status === status && concerns(detail, time, attempt);
  return { outcome: stands ? "repeated" : "foreign", attempt };
}

/** @returns whether an event speaks of an attempt, and not of one before it. */
function concerns(
  detail: Pick<StreamLifecycleProgressedDetail, "attempt" | "occurredAt">,
  time: string,
  latest: Attempt,
): boolean {
  if (detail.attempt !== undefined) return detail.attempt === latest.attempt;
  // EventBridge's `time` has whole seconds: an event of the request's own second counts.
  return toSeconds(detail.occurredAt ?? time) >= toSeconds(latest.requestedAt);
}

function toSeconds(time: string): number {
  // Date.parse knows no leap seconds, which the contract allows.
  return Math.floor(Date.parse(toUtc(time) ?? time) / 1000);
}

/**
 * @returns what the workflow is told; undefined where it is to fail. Only a scheduled start is COMPLETE without having been READY: then
 * the workflow is cancelled.
 */
function confirmationOf({ status, heldUntil }: Attempt): Confirmation | undefined {
  if (status === "READY" || status === "LIVE") return { status: "READY" };
  return status === "COMPLETE" && heldUntil === undefined ? { status } : undefined;
}

async function resume(
  { sfn, log }: ResumeOrchestrationDeps,
  taskToken: string,
  attempt: Attempt,
): Promise<void> {
  const { status } = attempt;
  const confirmed = confirmationOf(attempt);
  try {
    if (confirmed) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(confirmed) }));
    } else {
      await sfn.send(
        new SendTaskFailureCommand({
          taskToken,
          error: attempt.heldUntil === undefined ? workflowError("ConfirmationFailed") : streamCancelled,
          cause: attempt.history.at(-1)?.reason ?? `The stream was reported ${status}, without a reason.`,
        }),
      );
    }
    log.info("The workflow was resumed.", { with: status });
  } catch (error) {
    if (isNamed(error, "TaskTimedOut", "TaskDoesNotExist", "InvalidToken")) {
      log.info("The workflow does not wait any more.", { reason: (error as Error).name });
      return;
    }
    // AWS repeats a refused token in some messages, and Lambda logs what is thrown.
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw namedError(name, message.replaceAll(taskToken, "(token)"));
  }
}

export const handler = lambda("resume-orchestration", (log, environment) =>
  createResumeOrchestration({
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    tableName: environment.TABLE_NAME,
    leadTimeMinutes: readLeadTime(environment.LEAD_TIME_MINUTES),
    now: () => new Date(),
    log,
  }),
);
