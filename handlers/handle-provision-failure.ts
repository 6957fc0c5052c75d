import { hasEnded, maskUrls, type StreamStatus } from "../contracts";
import type { Attempt, Failure, FailureSummary, HandleProvisionFailureEvent } from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { EventBridgeClient } from "./shared/aws/event-bridge";
import { SNSClient } from "./shared/aws/sns";
import { readFailure, reasonOf } from "./shared/events/failure-report";
import { notifyOnCall, type OnCall } from "./shared/events/notify-on-call";
import { type EventBus, emitLifecycleProgressed } from "./shared/events/stream-events";
import { recordFailure } from "./shared/recovery/record-failure";
import { streamCancelled } from "./shared/runtime/errors";
import { type Handler, lambda } from "./shared/runtime/lambda";
import { isPreviousVersion } from "./shared/runtime/payload-version";
import { Steps } from "./shared/runtime/steps";
import { wait } from "./shared/runtime/wait";
import { latestAttempt } from "./shared/store/attempts";
import { wasCancelled } from "./shared/store/change-status";
import { giveBackLeases } from "./shared/store/give-back-leases";
import type { LeaseTable } from "./shared/store/leases";
import { numberAttempt } from "./shared/store/number-attempt";
import { markPublished } from "./shared/store/publication";
import { readRequest, readStreamId } from "./shared/store/read-request";

export interface HandleProvisionFailureDeps extends LeaseTable, EventBus, OnCall {
  now: () => Date;
}

/** One failure, as the steps share it. */
interface Handling {
  readonly deps: HandleProvisionFailureDeps;
  readonly steps: Steps;
  /** The reads and writes of the attempt's status. Where the stream was cancelled, the status stands already. */
  readonly statusSteps: Steps;
  readonly event: HandleProvisionFailureEvent;
  readonly failure: Failure;
  /** Undefined where the request names no valid stream. */
  readonly streamId: string | undefined;
  /** RFC 3339, in UTC. */
  readonly at: string;
}

/** The attempt that failed. */
interface Target {
  readonly streamId: string;
  readonly attempt: number;
  /** Whether the attempt may get an item, and be announced without one. */
  readonly isRecordable: boolean;
}

/** What became of the attempt's status. */
interface Outcome {
  /** The item, where the execution has one. */
  readonly item?: Attempt | undefined;
  /** Undefined where the table could not be written. */
  readonly status: StreamStatus | "NONE" | undefined;
}

/**
 * The end of a failed workflow, once its cleanup has stopped the channel and removed the playback entry: gives the lease
 * back, marks the attempt FAILED, emits StreamLifecycleProgressed FAILED and notifies on-call. Each step is idempotent, and
 * tried whatever became of the others. Where the workflow dies before all this is done, `recover-execution` does it.
 *
 * @throws {Error} `ProvisionFailureIncomplete` when a step failed, with all errors: to be repeated.
 */
export function createHandleProvisionFailure(
  deps: HandleProvisionFailureDeps,
): Handler<HandleProvisionFailureEvent, FailureSummary> {
  return async (event) => {
    const { log } = deps;
    isPreviousVersion(event);
    const handling: Handling = {
      deps,
      steps: new Steps(log),
      statusSteps: new Steps(log),
      event,
      failure: readFailure(event.failure),
      streamId: event.provision?.request.streamId ?? readStreamId(event.request),
      at: deps.now().toISOString(),
    };
    const { steps, statusSteps, failure, streamId } = handling;
    log.appendKeys({ executionArn: event.execution.id, streamId });
    const target = await findTarget(handling);
    log.appendKeys({ attempt: target?.attempt });

    await returnLeases(handling);
    const byHand = (event.abandoned ?? []).map(maskUrls);
    steps.left.push(...byHand);
    const outcome: Outcome = target ? await markFailed(handling, target) : { status: "NONE" };
    const announced = target ? await announce(handling, target, outcome) : false;
    const isCancelled =
      failure.error === streamCancelled || (outcome.item !== undefined && wasCancelled(outcome.item));
    // Do not page on-call for a requested cancellation or a stream that is COMPLETE, unless a part of the cleanup failed.
    const isNews = (!isCancelled && outcome.status !== "COMPLETE") || steps.left.length > 0;
    steps.add(statusSteps);
    if (isNews) await notify(handling, target, byHand);
    steps.throwIfIncomplete("ProvisionFailureIncomplete");

    const status = outcome.status ?? "NONE";
    log.info("The failure was handled.", { state: failure.state, status });
    return {
      streamId: streamId ?? null,
      attempt: target?.attempt ?? null,
      status,
      announced,
      done: steps.done,
    };
  };
}

async function findTarget({ deps, statusSteps, event, streamId }: Handling): Promise<Target | undefined> {
  const { provision, execution } = event;
  if (streamId === undefined) return undefined;
  const found = await statusSteps.take("The stream's attempts could not be read.", async () => {
    const latest = await latestAttempt(deps, streamId);
    // An item above another execution's active attempt would make this attempt the stream.
    const isOthers = latest && !hasEnded(latest.status) && latest.executionArn !== execution.id;
    return {
      streamId,
      attempt: provision?.attempt ?? numberAttempt(streamId, execution, latest),
      isRecordable: !isOthers,
    };
  });
  return found ?? (provision ? { streamId, attempt: provision.attempt, isRecordable: false } : undefined);
}

function returnLeases({ deps, steps, event }: Handling): Promise<void> {
  const { execution, leftovers } = event;
  return giveBackLeases(deps, steps, { executionArn: execution.id, leftovers: leftovers.map(maskUrls) });
}

async function markFailed(
  { deps, steps, statusSteps, event, failure, at }: Handling,
  { streamId, attempt, isRecordable }: Target,
): Promise<Outcome> {
  const recorded = await statusSteps.take(
    `Attempt ${attempt} is not marked FAILED yet.`,
    async (): Promise<Outcome> => {
      const item = await recordFailure(deps, {
        streamId,
        attempt,
        execution: event.execution,
        failure,
        reason: reasonOf(failure),
        at,
        component: "StreamLifecycleOrchestrator",
        unrecorded: isRecordable ? { request: readRequest(event.request) } : null,
      });
      return { item, status: item?.status ?? "NONE" };
    },
  );
  if (recorded?.status === "FAILED") steps.done.push(`Attempt ${attempt} is marked FAILED.`);
  return recorded ?? { status: undefined };
}

/**
 * Announces also where the table could not be written just now: that the workflow failed is true all the same. Where the stream was
 * cancelled, its end was announced with that, and may be COMPLETE.
 */
async function announce(
  { deps, steps, failure, at }: Handling,
  { streamId, attempt, isRecordable }: Target,
  { item, status }: Outcome,
): Promise<boolean> {
  const isUnwritten = status === undefined && isRecordable && failure.error !== streamCancelled;
  if (status !== "FAILED" && !isUnwritten) return false;
  const announced = await steps.take("FAILED was not announced on the bus yet.", async () => {
    const detail = {
      streamId,
      status: "FAILED",
      reason: reasonOf(failure),
      occurredAt: at,
      attempt,
    } as const;
    await emitLifecycleProgressed(deps, { ...detail, origin: "orchestrator" });
    if (item) await markPublished(deps, item);
    return true;
  });
  return announced ?? false;
}

async function notify(
  { deps, steps, event, failure, streamId }: Handling,
  target: Target | undefined,
  byHand: string[],
): Promise<void> {
  await steps.take("On-call was not notified.", () =>
    notifyOnCall(deps, {
      streamId,
      attempt: target?.attempt,
      executionArn: event.execution.id,
      failure,
      done: steps.done,
      left: [...steps.left],
      byHand,
      errors: steps.describeErrors(),
    }),
  );
}

export const handler = lambda("handle-provision-failure", (log, environment) =>
  createHandleProvisionFailure({
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    sns: new SNSClient(),
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    onCallTopicArn: environment.ON_CALL_TOPIC_ARN,
    now: () => new Date(),
    wait,
    log,
  }),
);
