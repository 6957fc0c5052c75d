import type { HealthAlert, StreamHealth } from "../../../contracts";
import type { AlertRecord, Health } from "../../../contracts/internal";

/**
 * MediaLive's alerts of a pipeline that gets no video. Source of `Video Not Detected`: events recorded on AWS; of the others: the table of alerts in
 * MediaLive's user guide, whose wording of an event's `alert_type` was not seen. The guide lists more than there is room to name, and AWS may
 * add some: an alert that is not here is an ALERT, and not NO_INPUT.
 */
const inputLosses = [
  /^video not detected/i,
  /^no rtmp data/i,
  /^rtmp (stream|input) not found/i,
  /^rtmp has no audio\/?video/i,
  /^stopped receiving .*input/i,
  /^(unable to access|cannot access) input resource/i,
  /^input resource (not accessible|inaccessible)/i,
];

/** Of a channel of which nothing is known. */
export const unknownHealth: Health = { status: "OK", alerts: {} };

/** The states in MediaLive's events of a channel that encodes, or is about to. */
const upStates = ["STARTING", "RUNNING", "RECOVERING", "CREATED", "CREATING"];

/** @returns whether MediaLive's latest event says that the channel does not encode. One of which there is no event may run. */
export function isDown({ channelState }: Health): boolean {
  return channelState !== undefined && !upStates.includes(channelState);
}

/** @returns the alerts that are set, the oldest first. */
export function activeAlerts({ alerts }: Health): HealthAlert[] {
  return Object.values(alerts)
    .filter(({ state }) => state === "SET")
    .map(({ type, pipeline, at }) => ({ type, pipeline, since: at }))
    .sort((a, b) => (a.since < b.since ? -1 : 1));
}

/**
 * @param at when that was, RFC 3339.
 * @returns a health with the status that its parts make, and since when it is so.
 */
export function withStatus(health: Health, at: string): Health {
  const { troubleSince, noInputSince, ...parts } = health;
  const status = statusOf(health);
  return {
    ...parts,
    status,
    ...(status !== "OK" && { troubleSince: troubleSince ?? at }),
    ...(status === "NO_INPUT" && { noInputSince: noInputSince ?? at }),
  };
}

function statusOf(health: Health): StreamHealth {
  if (isDown(health)) return "CHANNEL_DOWN";
  const alerts = activeAlerts(health);
  const lost = new Set(alerts.filter(({ type }) => isInputLoss(type)).map(({ pipeline }) => pipeline));
  if (lost.size > 0 && lost.size >= (health.pipelines ?? 1)) return "NO_INPUT";
  return alerts.length > 0 ? "ALERT" : "OK";
}

/** An item has this many alerts at most: the oldest that are cleared go first. */
const maxAlerts = 20;

/** @returns the alerts with another one; the same object where what is known is as new. */
export function withAlert(alerts: Health["alerts"], key: string, alert: AlertRecord): Health["alerts"] {
  const known = alerts[key];
  if (known && (known.at > alert.at || (known.at === alert.at && known.state === alert.state))) return alerts;
  const entries = Object.entries({ ...alerts, [key]: alert });
  const byNeed = entries.sort(([, a], [, b]) =>
    a.state === b.state ? (a.at < b.at ? 1 : -1) : a.state === "SET" ? -1 : 1,
  );
  return Object.fromEntries(byNeed.slice(0, maxAlerts));
}

/** @returns whether an alert says that a pipeline gets no video. */
function isInputLoss(alertType: string): boolean {
  return inputLosses.some((wording) => wording.test(alertType));
}
