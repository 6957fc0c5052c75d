import * as v from "valibot";
import { closedObject } from "./closed-object";
import { dateTime } from "./date-time";
import { streamStatusSchema } from "./lifecycle";
import { defineOperation, notFound, payloadTooLarge, response, validationFailed } from "./rest-operation";
import { reasonSchema, streamIdSchema } from "./stream";

/** The body of `PUT /streams`. */
export const updateStreamStatusRequestSchema = closedObject({
  streamId: streamIdSchema,
  status: streamStatusSchema,
  reason: v.exactOptional(reasonSchema),
});

export type UpdateStreamStatusRequest = v.InferOutput<typeof updateStreamStatusRequestSchema>;

export const updateStreamStatusResponseSchema = v.object({
  streamId: streamIdSchema,
  status: streamStatusSchema,
  detailType: v.literal("StreamLifecycleProgressed"),
  updatedAt: dateTime,
  reason: v.exactOptional(reasonSchema),
});

export type UpdateStreamStatusResponse = v.InferOutput<typeof updateStreamStatusResponseSchema>;

export const updateStreamStatus = /* @__PURE__ */ defineOperation("UpdateStreamStatus", {
  description: "Accepts lifecycle updates emitted by orchestration tasks.",
  bodySchema: updateStreamStatusRequestSchema,
  responses: {
    200: /* @__PURE__ */ response(
      200,
      "The update is persisted and announced.",
      updateStreamStatusResponseSchema,
    ),
    400: validationFailed,
    404: notFound,
    413: payloadTooLarge,
  },
});
