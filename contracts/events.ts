import * as v from "valibot";
import { streamInputSchema } from "./channel-inputs";
import { dateTime } from "./date-time";
import { type JsonSchema, toJsonSchema } from "./json-schema";
import { streamStatusSchema } from "./lifecycle";
import { maskUrls } from "./mask-urls";
import { manifestSchema } from "./playback";
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
import { streamHealthChangedDetailSchema } from "./stream-health";
import { jsonSchemaOfCheck } from "./text";

/** The EventBridge source of the events. */
export const eventSource = "com.guidogerb.streams";

/** One event on the bus. Members may be added to a detail; consumers pass over those they do not know. */
export interface EventContract {
  readonly name: string;
  readonly source: string;
  readonly detailType: string;
  readonly description: string;
  /** The JSON Schema of the event's detail. */
  readonly detailSchema: JsonSchema;
  /** A detail that fits the schema. */
  readonly example: { readonly [member: string]: unknown };
}

/** An item's history holds it, and it is announced again: the beginning is enough, and a stream key is too much. */
function shortOrigin(origin: string): string {
  return [...maskUrls(origin.toWellFormed())].slice(0, 64).join("");
}
jsonSchemaOfCheck.set(shortOrigin, {});

export const streamProvisionRequestedDetailSchema = v.looseObject({
  streamId: streamIdSchema,
  title: titleSchema,
  startTime: startTimeSchema,
  endTime: v.exactOptional(endTimeSchema),
  ingestEndpoints: toldIngestEndpointsSchema,
  metadata: v.exactOptional(metadataSchema),
  attempt: v.exactOptional(attemptNumberSchema),
});

export type StreamProvisionRequestedDetail = v.InferOutput<typeof streamProvisionRequestedDetailSchema>;

export const streamLifecycleProgressedDetailSchema = v.looseObject({
  streamId: streamIdSchema,
  status: streamStatusSchema,
  reason: v.exactOptional(reasonSchema),
  occurredAt: v.exactOptional(dateTime),
  attempt: v.exactOptional(attemptNumberSchema),
  // Who says so: "api" for PUT /streams, "orchestrator" for the workflow, anything else for the teams' own tools.
  origin: v.exactOptional(v.pipe(v.string(), v.transform(shortOrigin))),
  // Where viewers find a stream that is READY, if the deployment names manifests.
  playback: v.exactOptional(v.object({ manifests: v.array(manifestSchema) })),
  // With PROVISIONING, once the stream has its channel.
  channelId: v.exactOptional(v.string()),
  // The channel's inputs, if the deployment names them. The addresses to push to are masked: GET /ingest/{streamId} has them in full.
  inputs: v.exactOptional(v.array(streamInputSchema)),
});

export type StreamLifecycleProgressedDetail = v.InferOutput<typeof streamLifecycleProgressedDetailSchema>;

export const streamProvisionRequested = {
  name: "StreamProvisionRequested",
  source: eventSource,
  detailType: "StreamProvisionRequested",
  description:
    "Emitted as soon as a broadcaster submits a provisioning request. Includes stream metadata and ingest endpoints.",
  detailSchema: /* @__PURE__ */ toJsonSchema(streamProvisionRequestedDetailSchema),
  example: {
    streamId: "spring-launch",
    title: "Spring launch",
    startTime: "2027-03-20T18:00:00.000Z",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/spring-launch" }],
    metadata: { region: "emea" },
    attempt: 1,
  },
} as const satisfies EventContract;

export const streamLifecycleProgressed = {
  name: "StreamLifecycleProgressed",
  source: eventSource,
  detailType: "StreamLifecycleProgressed",
  description:
    "Broadcast lifecycle update emitted by orchestration tasks (e.g. `PROVISIONING`, `READY`, `LIVE`).",
  detailSchema: /* @__PURE__ */ toJsonSchema(streamLifecycleProgressedDetailSchema),
  example: {
    streamId: "spring-launch",
    status: "READY",
    occurredAt: "2027-03-20T17:45:12.000Z",
    attempt: 1,
    origin: "api",
  },
} as const satisfies EventContract;

export const streamHealthChanged = {
  name: "StreamHealthChanged",
  source: eventSource,
  detailType: "StreamHealthChanged",
  description:
    "Emitted when the health of a stream's channel changes: alerts, lost inputs, a channel that stopped or runs again.",
  detailSchema: /* @__PURE__ */ toJsonSchema(streamHealthChangedDetailSchema),
  example: {
    streamId: "spring-launch",
    attempt: 1,
    channelId: "1234567",
    health: "NO_INPUT",
    alerts: [{ type: "Video Not Detected", pipeline: "0", since: "2027-03-20T18:10:05.000Z" }],
    occurredAt: "2027-03-20T18:10:05.000Z",
  },
} as const satisfies EventContract;

/** Every event: those of the specification, in its order, and then our own. */
export const eventContracts = [
  streamProvisionRequested,
  streamLifecycleProgressed,
  streamHealthChanged,
] as const;
