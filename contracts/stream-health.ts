import * as v from "valibot";
import { dateTime } from "./date-time";
import { attemptNumberSchema, reasonSchema, streamIdSchema } from "./stream";
import { oneOf, text } from "./text";

/** How a stream is, the worst last. */
export const streamHealths = ["OK", "ALERT", "NO_INPUT", "CHANNEL_DOWN"] as const;

/**
 * `ALERT`: MediaLive has an alert set for the channel. `NO_INPUT`: the alerts say that no pipeline gets any video. `CHANNEL_DOWN`: the channel does not
 * run.
 */
export type StreamHealth = (typeof streamHealths)[number];

/** An alert that is set. */
export const healthAlertSchema = v.object({
  // MediaLive's wording, such as `Video Not Detected`.
  type: text(0, 200),
  pipeline: text(0, 8),
  since: dateTime,
});

export type HealthAlert = v.InferOutput<typeof healthAlertSchema>;

export const streamHealthChangedDetailSchema = v.looseObject({
  streamId: streamIdSchema,
  attempt: attemptNumberSchema,
  channelId: v.string(),
  health: oneOf(streamHealths),
  alerts: v.array(healthAlertSchema),
  occurredAt: dateTime,
  reason: v.exactOptional(reasonSchema),
});

export type StreamHealthChangedDetail = v.InferOutput<typeof streamHealthChangedDetailSchema>;
