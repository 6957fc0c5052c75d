import {
  type CreateStreamWorkflowRequest,
  maskUrls,
  type Stream,
  type StreamHistoryEntry,
  type StreamInput,
  type StreamSummary,
} from "../../contracts";
import type { Attempt, Health, HistoryEntry } from "../../contracts/internal";
import { manifestsOfAttempt, segmentOf } from "../shared/events/stream-events";
import { activeAlerts } from "../shared/health/health";
import { requestOf } from "../shared/store/read-request";

/** @returns an attempt as the API tells it, its URLs masked. Neither its task token nor an ARN of this component's is in it. */
export function toStream(attempt: Attempt): Stream {
  const { failure, teardown, distributionId } = attempt;
  const request = requestOf(attempt);
  const inputs = inputsOf(attempt);
  return {
    ...toSummary(attempt),
    ...(request?.metadata && { metadata: request.metadata }),
    ...(distributionId !== undefined && {
      playback: {
        ...(distributionId !== "" && { distributionId }),
        pathPattern: `/${segmentOf(attempt)}/*`,
        manifests: manifestsOfAttempt(attempt) ?? [],
      },
    }),
    ...(request && {
      ingest: {
        endpoints: request.ingestEndpoints.map(maskEndpoint),
        ...(inputs && { inputs: inputs.map(maskInput) }),
      },
    }),
    ...(attempt.health && { health: toHealth(attempt.health) }),
    history: attempt.history.map(toHistoryEntry),
    ...(failure && {
      failure: { state: failure.state, error: failure.error, cause: maskUrls(failure.cause) },
    }),
    ...(teardown && {
      cleanup: {
        status: teardown.status,
        startedAt: teardown.startedAt,
        ...(teardown.endedAt !== undefined && { endedAt: teardown.endedAt }),
        ...(teardown.leftovers && { leftovers: teardown.leftovers.map(maskUrls) }),
      },
    }),
  };
}

/** @returns what a list tells of an attempt. */
export function toSummary(attempt: Attempt): StreamSummary {
  const { streamId, status, title, startTime, requestedAt, updatedAt, readyAt, heldUntil, channelId } =
    attempt;
  const { endTime } = requestOf(attempt) ?? {};
  return {
    streamId,
    status,
    attempt: attempt.attempt,
    ...(title !== undefined && { title }),
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
    requestedAt,
    updatedAt,
    ...(readyAt !== undefined && { readyAt }),
    // It stays on the item of a scheduled start that was cancelled.
    ...(heldUntil !== undefined && status === "PROVISIONING" && { scheduledStart: heldUntil }),
    ...(channelId !== undefined && { channel: { channelId } }),
  };
}

function toHealth(health: Health): NonNullable<Stream["health"]> {
  const { status, troubleSince, channelState, activeInputs, restart } = health;
  return {
    status,
    ...(troubleSince !== undefined && { since: troubleSince }),
    ...(channelState !== undefined && { channelState }),
    alerts: activeAlerts(health),
    ...(activeInputs && { activeInputs: { ...activeInputs } }),
    ...(restart && { restartedAt: restart.at }),
  };
}

type Endpoint = CreateStreamWorkflowRequest["ingestEndpoints"][number];

function maskEndpoint({ protocol, url, backupUrl }: Endpoint): { [member: string]: string } {
  return {
    protocol,
    url: maskUrls(url),
    ...(backupUrl !== undefined && { backupUrl: maskUrls(backupUrl) }),
  };
}

/** @returns the inputs of an attempt's channel, with the addresses to push to in full; undefined where they are not known. */
export function inputsOf({ inputs }: Attempt): StreamInput[] | undefined {
  return inputs === undefined ? undefined : (JSON.parse(inputs) as StreamInput[]);
}

function maskInput({ destinations, ...input }: StreamInput): StreamInput {
  return { ...input, ...(destinations && { destinations: destinations.map(maskUrls) }) };
}

function toHistoryEntry({ cancelled: _, ...entry }: HistoryEntry): StreamHistoryEntry {
  return entry;
}
