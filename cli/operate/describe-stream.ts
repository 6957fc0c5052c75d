import type { Stream, StreamHistoryEntry } from "../../contracts";
import { age, tableLines } from "./table";

/** @returns the lines that show a stream to people. */
export function describeStream(stream: Stream, now: number): string[] {
  const { failure, cleanup, health, playback, channel } = stream;
  const at = (time: string | undefined) => time && `${time} (${describeAge(time, now)})`;
  const members: readonly (readonly [string, string | undefined])[] = [
    ["stream", stream.streamId],
    ["title", stream.title],
    ["status", `${stream.status} for ${age(stream.updatedAt, now)}`],
    ["attempt", String(stream.attempt)],
    ["requested", at(stream.requestedAt)],
    ["start", at(stream.startTime)],
    ["scheduled start", at(stream.scheduledStart)],
    ["end", at(stream.endTime)],
    ["ready", at(stream.readyAt)],
    ["channel", channel?.channelId],
    ["health", health && [health.status, ...health.alerts.map(({ type }) => type)].join(", ")],
    ["distribution", playback?.distributionId],
    ...(playback?.manifests ?? []).map(({ name, url }) => [name, url] as const),
    ...(stream.ingest?.endpoints ?? []).flatMap(describeEndpoint),
    ...(stream.ingest?.inputs ?? []).flatMap(({ type, destinations = [] }) =>
      destinations.map((url) => [`push ${type}`, url] as const),
    ),
    ["failure", failure && `${failure.state}: ${failure.error}: ${failure.cause}`],
    ["cleanup", cleanup && [cleanup.status, ...(cleanup.leftovers ?? [])].join(", ")],
    ...Object.entries(stream.metadata ?? {}).map(([name, value]) => [`metadata ${name}`, value] as const),
  ];
  const shown = members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const width = Math.max(...shown.map(([name = ""]) => name.length));
  return [
    ...shown.map(([name = "", value = ""]) => `${name.padEnd(width)}  ${value}`),
    "",
    ...stream.history.map(describeChange),
  ];
}

function describeAge(time: string, now: number): string {
  const text = age(time, now);
  return text.startsWith("in ") ? text : `${text} ago`;
}

function describeEndpoint({
  protocol,
  url,
  backupUrl,
}: {
  readonly [member: string]: string;
}): (readonly [string, string | undefined])[] {
  return [
    [`ingest ${protocol}`, url],
    [`backup ${protocol}`, backupUrl],
  ];
}

/** @returns one line for a change of a status. */
export function describeChange({ at, status, origin, reason, principal }: StreamHistoryEntry): string {
  const by = principal === undefined ? origin : `${origin} (${principal})`;
  return `${at}  ${status.padEnd(12)}  by ${by}${reason === undefined ? "" : `: ${reason}`}`;
}

/** @returns the lines of a table of attempts. */
export function describeAttempts(attempts: readonly Stream[], now: number): string[] {
  const rows = attempts.map(({ attempt, status, updatedAt, requestedAt, channel, failure, cleanup }) => [
    String(attempt),
    status,
    age(updatedAt, now),
    `${age(requestedAt, now)} ago`,
    channel?.channelId ?? "-",
    cleanup?.status ?? "-",
    failure ? `${failure.state}: ${failure.error}` : "",
  ]);
  return tableLines(["ATTEMPT", "STATUS", "FOR", "REQUESTED", "CHANNEL", "CLEANUP", "FAILURE"], rows);
}
