import * as v from "valibot";
import { closedObject } from "./closed-object";
import { dateTime, toUtc } from "./date-time";
import { conflict, defineOperation, payloadTooLarge, response, validationFailed } from "./rest-operation";
import {
  channelIdSchema,
  endTimeSchema,
  ingestEndpointsSchema,
  metadataSchema,
  startTimeSchema,
  streamIdSchema,
  titleSchema,
} from "./stream";
import { quote } from "./text";

/** How long a stream lasts at least, from `startTime` to `endTime`. */
const minDurationSeconds = 60;

/** As long as the largest `maxLiveHours`. */
const maxDurationHours = 8_760;

/** Checks `endTime` against `startTime`, whatever else is wrong with the request. */
function endsAfterStart<TRequest extends object>() {
  return v.rawCheck<TRequest>(({ dataset, addIssue }) => {
    const input: unknown = dataset.value;
    if (typeof input !== "object" || input === null) return;
    const { startTime, endTime: value } = input as { readonly [member: string]: unknown };
    const [start, end] = [startTime, value].map((time) =>
      typeof time === "string" ? toUtc(time) : undefined,
    );
    if (start === undefined || end === undefined) return;
    const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
    if (seconds >= minDurationSeconds && seconds <= maxDurationHours * 3600) return;
    addIssue({
      message: `must be ${minDurationSeconds} seconds to ${maxDurationHours} hours after startTime, received ${quote(String(value))} for ${quote(String(startTime))}`,
      path: [{ type: "object", origin: "value", input: { ...input }, key: "endTime", value }],
    });
  });
}

/** The body of `POST /streams`, and the input of the workflow. */
export const createStreamWorkflowRequestSchema = v.pipe(
  closedObject({
    streamId: streamIdSchema,
    title: titleSchema,
    startTime: startTimeSchema,
    endTime: v.exactOptional(endTimeSchema),
    channelId: v.exactOptional(channelIdSchema),
    ingestEndpoints: ingestEndpointsSchema,
    metadata: v.exactOptional(metadataSchema),
  }),
  endsAfterStart(),
);

export type CreateStreamWorkflowRequest = v.InferOutput<typeof createStreamWorkflowRequestSchema>;

export const createStreamWorkflowResponseSchema = v.object({
  streamId: streamIdSchema,
  detailType: v.literal("StreamProvisionRequested"),
  stateMachineArn: v.string(),
  acceptedAt: dateTime,
});

export type CreateStreamWorkflowResponse = v.InferOutput<typeof createStreamWorkflowResponseSchema>;

/** The largest request body. It travels through the workflow's state, which AWS limits to 256 KiB with all else in it. */
export const largestRequestBytes = 65_536;

/**
 * Brings a valid request into its normal form: the start time in UTC, members and metadata keys in a fixed order. The
 * same request in another spelling is the same text once it is written as JSON, which is how retries are recognized.
 */
export function normalizeRequest(request: CreateStreamWorkflowRequest): CreateStreamWorkflowRequest {
  const { streamId, title, startTime, endTime, channelId, ingestEndpoints, metadata } = request;
  return {
    streamId,
    title,
    startTime: toUtc(startTime) ?? startTime,
    ...(endTime !== undefined && { endTime: toUtc(endTime) ?? endTime }),
    ...(channelId !== undefined && { channelId }),
    ingestEndpoints: ingestEndpoints.map(({ protocol, url, backupUrl }) => ({
      protocol,
      url,
      ...(backupUrl !== undefined && { backupUrl }),
    })),
    ...(metadata !== undefined && {
      metadata: Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

export const createStreamWorkflow = /* @__PURE__ */ defineOperation("CreateStreamWorkflow", {
  description: "Validates provisioning requests and hands the payload to the Step Functions orchestrator.",
  bodySchema: createStreamWorkflowRequestSchema,
  responses: {
    202: /* @__PURE__ */ response(
      202,
      "The request was accepted; the orchestrator provisions the stream.",
      createStreamWorkflowResponseSchema,
    ),
    400: validationFailed,
    409: conflict,
    413: payloadTooLarge,
  },
});
