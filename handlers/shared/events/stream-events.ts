import {
  type CreateStreamWorkflowRequest,
  eventSource,
  type Manifest,
  manifestsOf,
  playbackSegment,
  type StreamHealthChangedDetail,
  type StreamLifecycleProgressedDetail,
  type StreamStatus,
  type ViewerSettings,
} from "../../../contracts";
import type { Attempt } from "../../../contracts/internal";
import { type EventBridgeClient, PutEventsCommand } from "../aws/event-bridge";
import { backoff, type Wait } from "../runtime/wait";

/** The bus, and how to wait between two tries at it. */
export interface EventBus {
  events: EventBridgeClient;
  eventBusName: string;
  wait: Wait;
}

const maxTries = 3;

/** @returns where viewers find an attempt's stream; undefined where its deployment named no manifests, or it has no channel yet. */
export function manifestsOfAttempt(attempt: Attempt): Manifest[] | undefined {
  const settings = viewerOf(attempt);
  return settings ? manifestsOf(settings, segmentOf(attempt)) : undefined;
}

/** @returns the first segment of the path under which viewers find an attempt's stream. */
export function segmentOf(attempt: Attempt): string {
  const settings = viewerOf(attempt);
  const { streamId, channelId = "" } = attempt;
  return settings ? playbackSegment(settings, streamId, channelId) : streamId;
}

function viewerOf({ viewer = "null" }: Attempt): ViewerSettings | null {
  return JSON.parse(viewer) as ViewerSettings | null;
}

/** @returns what the announcement of an attempt's status tells beside the status. */
export function playbackDetail(
  attempt: Attempt,
  status: StreamStatus,
): Pick<StreamLifecycleProgressedDetail, "playback"> {
  const manifests = status === "READY" ? manifestsOfAttempt(attempt) : undefined;
  return manifests ? { playback: { manifests } } : {};
}

/**
 * Puts a StreamLifecycleProgressed event on the bus.
 *
 * @throws {Error} when the bus did not take the event.
 */
export function emitLifecycleProgressed(
  bus: EventBus,
  detail: StreamLifecycleProgressedDetail,
): Promise<void> {
  return emit(bus, "StreamLifecycleProgressed", detail, `${detail.status} of stream '${detail.streamId}'`);
}

/**
 * Puts a StreamHealthChanged event on the bus.
 *
 * @throws {Error} when the bus did not take the event.
 */
export function emitHealthChanged(bus: EventBus, detail: StreamHealthChangedDetail): Promise<void> {
  return emit(bus, "StreamHealthChanged", detail, `${detail.health} of stream '${detail.streamId}'`);
}

/**
 * Puts a StreamProvisionRequested event on the bus, for a workflow that may have ended before it did.
 *
 * @param includeIngestEndpoints false leaves the ingest endpoints out, since their URLs may carry stream keys.
 * @throws {Error} when the bus did not take the event.
 */
export function emitProvisionRequested(
  bus: EventBus & { includeIngestEndpoints: boolean },
  { ingestEndpoints, ...request }: CreateStreamWorkflowRequest,
  attempt: number,
): Promise<void> {
  const detail = { ...request, ...(bus.includeIngestEndpoints && { ingestEndpoints }), attempt };
  return emit(bus, "StreamProvisionRequested", detail, `of stream '${request.streamId}'`);
}

/**
 * PutEvents answers 200 even where it lost the event and says so only in the entry; such an entry is tried again.
 */
async function emit(bus: EventBus, detailType: string, detail: object, what: string): Promise<void> {
  let lost = "";
  for (let tries = 0; tries < maxTries; tries++) {
    if (tries > 0) await bus.wait(backoff(tries, 100));
    const { FailedEntryCount, Entries } = await bus.events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus.eventBusName,
            Source: eventSource,
            DetailType: detailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    if (!FailedEntryCount) return;
    const [entry] = Entries ?? [];
    lost = `${entry?.ErrorCode ?? "no code"}: ${entry?.ErrorMessage ?? "no message"}`;
  }
  throw new Error(
    `EventBridge did not take ${detailType} ${what} in ${maxTries} tries (${lost}). What it tells is persisted, and announced again by StreamSweep.`,
  );
}
