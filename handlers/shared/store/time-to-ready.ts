import { metricOf } from "../runtime/metrics";
import type { StatusChange } from "./change-status";

/** What it takes to know when the provisioning of an attempt began. */
export interface ProvisioningStart {
  tableName: string;
  /** How long before its start time a stream gets a channel; null for at once. */
  readonly leadTimeMinutes: number | null;
}

/**
 * @returns the members with which a log line reports how long it took until an attempt was READY; none for any other change. Only one change takes an
 * attempt to READY, so that it is counted once.
 */
export function timeToReady({ tableName, leadTimeMinutes }: ProvisioningStart, change: StatusChange): object {
  if (change.outcome !== "changed" || change.attempt.status !== "READY") return {};
  const { requestedAt, startTime, updatedAt } = change.attempt;
  const scheduledStart =
    leadTimeMinutes === null || startTime === undefined
      ? Number.NEGATIVE_INFINITY
      : Date.parse(startTime) - leadTimeMinutes * 60_000;
  const seconds = (Date.parse(updatedAt) - Math.max(Date.parse(requestedAt), scheduledStart)) / 1000;
  // The clocks of two functions may differ.
  return metricOf(tableName, { TimeToReady: Math.max(0, seconds) });
}

/** @throws {Error} when the variable is neither a number of minutes nor `none`. */
export function readLeadTime(text: string): number | null {
  if (text === "none") return null;
  const minutes = Number(text);
  if (!(minutes >= 0)) {
    throw new Error(`LEAD_TIME_MINUTES must be a number of minutes, or none, received '${text}'.`);
  }
  return minutes;
}
