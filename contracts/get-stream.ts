import * as v from "valibot";
import { streamInputSchema } from "./channel-inputs";
import { dateTime } from "./date-time";
import { streamStatusSchema } from "./lifecycle";
import { manifestSchema } from "./playback";
import { defineOperation, describeStreamOperation, response } from "./rest-operation";
import {
  attemptNumberSchema,
  endTimeSchema,
  metadataSchema,
  reasonSchema,
  startTimeSchema,
  streamIdSchema,
  titleSchema,
  toldIngestEndpointsSchema,
} from "./stream";
import { healthAlertSchema, streamHealths } from "./stream-health";
import { oneOf } from "./text";

/** One change of an attempt's status. */
export const historyEntrySchema = v.object({
  status: streamStatusSchema,
  at: dateTime,
  // `api` for a request, `orchestrator` for this component, anything else for what an event says of itself.
  origin: v.string(),
  reason: v.exactOptional(reasonSchema),
  // For READY: what was known of the channel.
  evidence: v.exactOptional(v.string()),
  // Who sent the request: the ARN of an IAM user or a role's session, or the subject of a token.
  principal: v.exactOptional(v.string()),
  // The id of the request, as API Gateway's access log has it.
  requestId: v.exactOptional(v.string()),
  // The part of this component that made the change of its own accord, such as `StreamSweep`.
  component: v.exactOptional(v.string()),
  // The event of the bus that made it.
  eventId: v.exactOptional(v.string()),
});

export type StreamHistoryEntry = v.InferOutput<typeof historyEntrySchema>;

/** One attempt at a stream, as `GET` tells it; the latest attempt is the stream. */
export const streamSchema = v.object({
  streamId: streamIdSchema,
  status: streamStatusSchema,
  attempt: attemptNumberSchema,
  // Title, times, metadata and ingest are the request's. They are missing where the attempt failed for want of a valid request.
  title: v.exactOptional(titleSchema),
  startTime: v.exactOptional(startTimeSchema),
  endTime: v.exactOptional(endTimeSchema),
  metadata: v.exactOptional(metadataSchema),
  requestedAt: dateTime,
  // When the status last changed.
  updatedAt: dateTime,
  // When the workflow ended well.
  readyAt: v.exactOptional(dateTime),
  // When the stream gets its channel, for a stream that waits for its scheduled start.
  scheduledStart: v.exactOptional(dateTime),
  channel: v.exactOptional(v.object({ channelId: v.string() })),
  playback: v.exactOptional(
    v.object({
      pathPattern: v.string(),
      // Missing where the team's own program has the entries of the distribution.
      distributionId: v.exactOptional(v.string()),
      manifests: v.array(manifestSchema),
    }),
  ),
  // The URLs are masked. `GET /ingest/{streamId}` has them in full, for callers who may see them.
  ingest: v.exactOptional(
    v.object({
      endpoints: v.array(v.record(v.string(), v.string())),
      // The inputs of the stream's channel, in the order of the endpoints. Missing before the channel is leased, and where the deployment names no inputs.
      inputs: v.exactOptional(v.array(streamInputSchema)),
    }),
  ),
  history: v.array(historyEntrySchema),
  failure: v.exactOptional(v.object({ state: v.string(), error: v.string(), cause: v.string() })),
  // How far the cleanup is of a stream that has ended. A stream that failed before it was ready is cleaned up by its workflow.
  cleanup: v.exactOptional(
    v.object({
      status: oneOf(["RUNNING", "DONE", "INCOMPLETE"]),
      startedAt: dateTime,
      endedAt: v.exactOptional(dateTime),
      leftovers: v.exactOptional(v.array(v.string())),
    }),
  ),
  // As MediaLive's events tell it; missing before the first one.
  health: v.exactOptional(
    v.object({
      status: oneOf(streamHealths),
      // Since when it is not OK.
      since: v.exactOptional(dateTime),
      // The channel's state in MediaLive's latest event.
      channelState: v.exactOptional(v.string()),
      alerts: v.array(healthAlertSchema),
      activeInputs: v.exactOptional(v.record(v.string(), v.string())),
      restartedAt: v.exactOptional(dateTime),
    }),
  ),
});

export type Stream = v.InferOutput<typeof streamSchema>;

export const getStream = /* @__PURE__ */ defineOperation(
  "GetStream",
  /* @__PURE__ */ describeStreamOperation(
    "Reads a stream, which is its latest attempt. Ingest URLs are masked.",
    /* @__PURE__ */ response(200, "The stream.", streamSchema),
  ),
);

/** What `GET /ingest/{streamId}` answers. */
export const ingestSchema = v.object({
  streamId: streamIdSchema,
  attempt: attemptNumberSchema,
  endpoints: toldIngestEndpointsSchema,
  // With the addresses to push to.
  inputs: v.exactOptional(v.array(streamInputSchema)),
});

export type Ingest = v.InferOutput<typeof ingestSchema>;

export const getIngest = /* @__PURE__ */ defineOperation(
  "GetIngest",
  /* @__PURE__ */ describeStreamOperation(
    "Reads the ingest URLs of a stream in full, which may hold its stream key. It needs a permission of its own; with JWT, a scope.",
    /* @__PURE__ */ response(200, "The ingest endpoints of the latest attempt.", ingestSchema),
  ),
);
