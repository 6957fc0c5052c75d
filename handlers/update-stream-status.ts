import {
  type StreamStatus,
  type UpdateStreamStatusResponse,
  updateStreamStatusRequestSchema,
} from "../contracts";
import type { Attempt } from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { EventBridgeClient } from "./shared/aws/event-bridge";
import { emitLifecycleProgressed, playbackDetail } from "./shared/events/stream-events";
import { type HttpEvent, type HttpResult, json, operations, refusal } from "./shared/http/http";
import { streamNotFound } from "./shared/http/of-stream";
import { readBody } from "./shared/http/request-body";
import { readRequester } from "./shared/http/requester";
import { lambda } from "./shared/runtime/lambda";
import { wait } from "./shared/runtime/wait";
import { changeStatus, lastEntry, statusesAllowed, waitsForChannel } from "./shared/store/change-status";
import { markPublished } from "./shared/store/publication";
import { type ProvisioningStart, readLeadTime, timeToReady } from "./shared/store/time-to-ready";
import { answerEndStream, type StatusWriterDeps } from "./update-stream-status/end-stream";

export interface UpdateStreamStatusDeps extends StatusWriterDeps, ProvisioningStart {}

/**
 * `PUT /streams`: persists the status of a stream's latest attempt, then announces it as StreamLifecycleProgressed. The
 * same status again writes nothing, and is announced again: that is how a caller mends an announcement that failed, and
 * the sweep does the same for a caller who does not. COMPLETE also cancels a scheduled start, which cannot be READY.
 *
 * It answers `DELETE /streams/{streamId}` as well, which needs the same permissions: see `update-stream-status/end-stream.ts`.
 *
 * @returns 200 once both are done; 400 or 413 for a body that is none, and 400 for a transition that the lifecycle
 * forbids; 404 for an unknown stream.
 * @throws {Error} when the bus does not take the event; the status stays persisted.
 */
export function createUpdateStreamStatus(deps: UpdateStreamStatusDeps) {
  return operations(deps.log, {
    UpdateStreamStatus: (event) => answerUpdate(deps, event),
    EndStream: (event, parameters) => answerEndStream(deps, event, parameters),
  });
}

async function answerUpdate(deps: UpdateStreamStatusDeps, event: HttpEvent): Promise<HttpResult> {
  const body = readBody(event, updateStreamStatusRequestSchema);
  if (!body.ok) return body.result;
  const { streamId, status, reason } = body.value;
  deps.log.appendKeys({ streamId });

  const at = deps.now().toISOString();
  const change = await changeStatus(
    deps,
    streamId,
    { status, ...(reason !== undefined && { reason }), at, origin: "api", ...readRequester(event) },
    { unpublished: true },
  );
  if (change.outcome === "unknown") return streamNotFound(streamId);
  const { attempt, executionArn } = change.attempt;
  deps.log.appendKeys({ attempt, executionArn });
  if (change.outcome === "forbidden") {
    const detail =
      status === "READY" && waitsForChannel(change.attempt)
        ? waiting(change.attempt)
        : forbidden(change.attempt, status);
    return refusal(400, "Validation failed.", [detail]);
  }
  const updatedAt =
    change.outcome === "changed" ? at : (lastEntry(change.attempt, status)?.at ?? change.attempt.updatedAt);
  const progress = { streamId, status, ...(reason !== undefined && { reason }) };
  await emitLifecycleProgressed(deps, {
    ...progress,
    occurredAt: updatedAt,
    attempt,
    origin: "api",
    ...playbackDetail(change.attempt, status),
  });
  await markPublished(deps, change.attempt);
  deps.log.info("The status is persisted and announced.", {
    ...{ status, outcome: change.outcome },
    ...timeToReady(deps, change),
  });
  const response: UpdateStreamStatusResponse = {
    ...progress,
    detailType: "StreamLifecycleProgressed",
    updatedAt,
  };
  return json(200, response);
}

function waiting({ channelId = "(none yet)" }: Attempt): string {
  return `status READY needs the channel to run, and MediaLive has not said that channel ${channelId} does. Try again once it runs.`;
}

function forbidden(attempt: Attempt, to: StreamStatus): string {
  const allowed = statusesAllowed(attempt);
  const rule = allowed.length > 0 ? `must be one of ${allowed.join(", ")}` : "cannot change any more";
  return `status of a stream that is ${attempt.status} ${rule}, received ${to}.`;
}

export const handler = lambda("update-stream-status", (log, environment) =>
  createUpdateStreamStatus({
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    tableName: environment.TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    leadTimeMinutes: readLeadTime(environment.LEAD_TIME_MINUTES),
    now: () => new Date(),
    wait,
    log,
  }),
);
