import * as v from "valibot";
import type { Health } from "../../contracts/internal";
import { isDown, withAlert, withStatus } from "../shared/health/health";
import { shorten } from "../shared/runtime/shorten";

const channelArn = v.pipe(v.string(), v.regex(/^arn:[^:]+:medialive:[^:]+:\d+:channel:\d+$/));
const word = (length: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => shorten(text, length)),
  );
const pipeline = v.optional(word(8), "0");

/** An event of MediaLive, as a rule delivers it. Its members are those that are read. Source: MediaLive's user guide, "JSON for an alert event", and events recorded on AWS. */
export const mediaLiveEventSchema = v.variant("detail-type", [
  v.looseObject({
    "detail-type": v.literal("MediaLive Channel State Change"),
    detail: v.looseObject({
      channel_arn: channelArn,
      state: word(32),
      pipelines_running_count: v.optional(v.number()),
    }),
  }),
  v.looseObject({
    "detail-type": v.literal("MediaLive Channel Alert"),
    detail: v.looseObject({
      channel_arn: channelArn,
      alarm_state: v.picklist(["SET", "CLEARED"]),
      alarm_id: word(64),
      alert_type: word(200),
      pipeline,
    }),
  }),
  v.looseObject({
    "detail-type": v.literal("MediaLive Channel Input Change"),
    detail: v.looseObject({ channel_arn: channelArn, active_input_attachment_name: word(128), pipeline }),
  }),
]);

export type MediaLiveEvent = v.InferOutput<typeof mediaLiveEventSchema>;

/** @returns the id of the channel that an event is about. */
export function channelOf({ detail }: MediaLiveEvent): string {
  return detail.channel_arn.split(":").at(-1) ?? "";
}

/**
 * @param at the event's time, RFC 3339 in UTC. An event that an earlier one overtook changes nothing.
 * @returns the health after an event; the same object where nothing has changed.
 */
export function applyEvent(health: Health, event: MediaLiveEvent, at: string): Health {
  const changed = change(health, event, at);
  return changed === health ? health : withStatus(changed, at);
}

function change(health: Health, event: MediaLiveEvent, at: string): Health {
  switch (event["detail-type"]) {
    case "MediaLive Channel State Change":
      return changeState(health, event.detail, at);
    case "MediaLive Channel Alert": {
      const { alarm_id: id, alarm_state: state, alert_type: type, pipeline } = event.detail;
      const alerts = withAlert(health.alerts, `${id} ${pipeline}`, { type, pipeline, state, at });
      return alerts === health.alerts ? health : { ...health, alerts };
    }
    case "MediaLive Channel Input Change": {
      const { pipeline, active_input_attachment_name: input } = event.detail;
      if (health.activeInputs?.[pipeline] === input) return health;
      return { ...health, activeInputs: { ...health.activeInputs, [pipeline]: input } };
    }
  }
}

function changeState(
  health: Health,
  {
    state,
    pipelines_running_count: running,
  }: { state: string; pipelines_running_count?: number | undefined },
  at: string,
): Health {
  if (health.channelStateAt !== undefined && health.channelStateAt > at) return health;
  const pipelines = Math.max(health.pipelines ?? 1, Math.min(running ?? 1, 2));
  const changed = { ...health, channelState: state, channelStateAt: at, pipelines };
  // A pipeline that stops while the other one runs: the channel does as well.
  if (isDown(changed) && state !== "STOPPING" && (running ?? 0) > 0) return health;
  if (health.channelState === state && health.pipelines === pipelines) return health;
  // A channel that encodes nothing has no alerts.
  if (isDown(changed)) return { ...changed, alerts: {} };
  const { restart } = health;
  const isBack = state === "RUNNING" && restart !== undefined && restart.endedAt === undefined;
  return isBack ? { ...changed, restart: { ...restart, endedAt: at } } : changed;
}
