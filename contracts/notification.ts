import * as v from "valibot";
import { dateTime } from "./date-time";
import { toJsonSchema } from "./json-schema";
import { streamStatusSchema } from "./lifecycle";
import { attemptNumberSchema, streamIdSchema } from "./stream";
import { oneOf, text } from "./text";

/** How much a notification matters, the most urgent last. */
export const notificationSeverities = ["info", "warning", "critical"] as const;

export type NotificationSeverity = (typeof notificationSeverities)[number];

/** The statuses that a target may ask to be told of. FAILED is told as an incident, with what is left to do. */
export const notifiedStatuses = ["READY", "LIVE", "COMPLETE"] as const;

/** A name of a target of notifications. */
export const notificationTargetPattern = /^[a-z][a-z0-9-]{0,19}$/;

const sentence = text(1, 4000);

/** What a target is told: an incident, its end, or a status of a stream. */
export const streamNotificationSchema = v.object({
  // The same each time that the same is told: receivers drop what they have seen.
  id: text(1, 256),
  // What the notification is about. Its beginning and its end have the same.
  incident: text(1, 200),
  kind: oneOf(["failure", "channel", "stream", "status", "alarm"]),
  // `opened`: it lasts, and its end will be told. `resolved`: that is its end. `told`: nothing follows.
  phase: oneOf(["opened", "resolved", "told"]),
  severity: oneOf(notificationSeverities),
  title: text(1, 200),
  happened: sentence,
  done: v.array(sentence),
  left: v.array(sentence),
  streamId: v.exactOptional(streamIdSchema),
  attempt: v.exactOptional(attemptNumberSchema),
  status: v.exactOptional(streamStatusSchema),
  occurredAt: dateTime,
  // The target that this is for, by the name that the component's arguments give it.
  target: v.pipe(v.string(), v.regex(notificationTargetPattern)),
});

export type StreamNotification = v.InferOutput<typeof streamNotificationSchema>;

/** The `detail-type` of a notification on the bus. */
export const streamNotificationType = "StreamNotification";

/** The body of a webhook; on the bus, the detail of the event `StreamNotification`. */
export const streamNotification = {
  name: "StreamNotification",
  detailType: streamNotificationType,
  schema: /* @__PURE__ */ toJsonSchema(streamNotificationSchema),
  example: {
    id: "spring-launch/1/failure/told/0a1b2c3d",
    incident: "spring-launch/1/failure",
    kind: "failure",
    phase: "told",
    severity: "warning",
    title: "Stream spring-launch: failed in AwaitLifecycleConfirmation",
    happened: "AwaitLifecycleConfirmation failed: ConfirmationFailed (The picture is black.)",
    done: ["Attempt 1 is marked FAILED."],
    left: [],
    streamId: "spring-launch",
    attempt: 1,
    occurredAt: "2027-03-20T17:45:12.000Z",
    target: "ops",
  },
} as const;
