import type { StreamNotification } from "../../contracts";
import { shorten } from "../shared/runtime/shorten";

/**
 * @returns what PagerDuty takes, without the routing key, which EventBridge's connection adds. An incident and its end have the same `dedup_key`.
 * Source: PagerDuty, "Events API v2", alert events.
 */
export function pagerDutyEvent(notification: StreamNotification) {
  const { incident, phase, severity, title, happened, done, left, streamId, occurredAt } = notification;
  return {
    event_action: phase === "resolved" ? "resolve" : "trigger",
    dedup_key: incident,
    payload: {
      summary: shorten(title, 1024),
      source: streamId ?? "stream-orchestration",
      severity,
      timestamp: occurredAt,
      custom_details: { happened, done, left },
    },
  };
}
