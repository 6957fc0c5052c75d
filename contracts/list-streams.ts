import * as v from "valibot";
import { streamSchema } from "./get-stream";
import { streamStatusSchema } from "./lifecycle";
import { defineOperation, describeStreamOperation, response, validationFailed } from "./rest-operation";

/** How many streams a page has at most, unless `limit` says otherwise. */
export const defaultPageSize = 25;

/** The largest `limit`. */
export const maxPageSize = 100;

/** What a list tells of an attempt. */
export const streamSummarySchema = /* @__PURE__ */ v.pick(streamSchema, [
  "streamId",
  "status",
  "attempt",
  "title",
  "startTime",
  "endTime",
  "requestedAt",
  "updatedAt",
  "readyAt",
  "scheduledStart",
  "channel",
]);

export type StreamSummary = v.InferOutput<typeof streamSummarySchema>;

export const listStreamsResponseSchema = v.object({
  streams: v.array(streamSummarySchema),
  nextToken: v.exactOptional(v.string()),
});

export type ListStreamsResponse = v.InferOutput<typeof listStreamsResponseSchema>;

/** The query of `GET /streams`. */
export const listStreamsQuerySchema = v.object({
  status: v.exactOptional(streamStatusSchema),
  limit: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxPageSize)),
    defaultPageSize,
  ),
  nextToken: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("The `nextToken` of the page before, with the same `status`. It is valid for a day."),
    ),
  ),
});

export type ListStreamsQuery = v.InferInput<typeof listStreamsQuerySchema>;

export const listStreams = /* @__PURE__ */ defineOperation("ListStreams", {
  description:
    "Lists the streams, the one that was requested last first. A stream is listed once over all pages, and none that existed at the first page is left out. A page may have fewer streams than `limit`: only a page without `nextToken` is the last one.",
  querySchema: listStreamsQuerySchema,
  responses: {
    200: /* @__PURE__ */ response(200, "A page of streams.", listStreamsResponseSchema),
    400: validationFailed,
  },
});

export const listStreamAttemptsResponseSchema = v.object({ attempts: v.array(streamSchema) });

export type ListStreamAttemptsResponse = v.InferOutput<typeof listStreamAttemptsResponseSchema>;

export const listStreamAttempts = /* @__PURE__ */ defineOperation(
  "ListStreamAttempts",
  /* @__PURE__ */ describeStreamOperation(
    "Reads the attempts at a stream, the latest 100 of them, the latest one first.",
    /* @__PURE__ */ response(200, "The attempts.", listStreamAttemptsResponseSchema),
  ),
);
