import * as v from "valibot";
import { dateTime } from "./date-time";
import { streamStatusSchema } from "./lifecycle";
import { defineOperation, describeStreamOperation, response } from "./rest-operation";
import { attemptNumberSchema, streamIdSchema } from "./stream";

export const endStreamResponseSchema = v.object({
  streamId: streamIdSchema,
  status: streamStatusSchema,
  attempt: attemptNumberSchema,
  // When the stream came to this status.
  updatedAt: dateTime,
});

export type EndStreamResponse = v.InferOutput<typeof endStreamResponseSchema>;

export const endStream = /* @__PURE__ */ defineOperation(
  "EndStream",
  /* @__PURE__ */ describeStreamOperation(
    "Ends a stream: one that is READY or LIVE, or that waits for its scheduled start, becomes COMPLETE; one that is being provisioned becomes FAILED. A stream that has ended stays as it is, and the answer is the same again. The cleanup follows: `GET` tells how far it is.",
    /* @__PURE__ */ response(200, "The stream has ended.", endStreamResponseSchema),
  ),
);
