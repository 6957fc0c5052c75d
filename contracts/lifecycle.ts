import { oneOf } from "./text";

/** The statuses of a stream, in the order in which a stream without trouble passes them. */
export const streamStatuses = ["PROVISIONING", "READY", "LIVE", "FAILED", "COMPLETE"] as const;

/** The status of a stream, which is the status of its latest attempt. */
export type StreamStatus = (typeof streamStatuses)[number];

export const streamStatusSchema = oneOf(streamStatuses);

const next: Record<StreamStatus, readonly StreamStatus[]> = {
  PROVISIONING: ["READY", "FAILED"],
  READY: ["LIVE", "COMPLETE", "FAILED"],
  LIVE: ["COMPLETE", "FAILED"],
  FAILED: [],
  COMPLETE: [],
};

/**
 * Decides whether a stream may go from one status to another. Every writer of a status asks here.
 *
 * @returns `changed` for a legal transition, `repeated` for the same status again (a retry: nothing to write, to be
 * announced again), `forbidden` for anything else.
 */
export function transition(from: StreamStatus, to: StreamStatus): "changed" | "repeated" | "forbidden" {
  if (from === to) return "repeated";
  return next[from].includes(to) ? "changed" : "forbidden";
}

/** @returns the statuses from which a stream may go to `to`: the condition of the write that takes it there. */
export function statusesBefore(to: StreamStatus): StreamStatus[] {
  return streamStatuses.filter((from) => next[from].includes(to));
}

/** @returns the statuses that may follow, in lifecycle order; none for a status that ends an attempt. */
export function statusesAfter(from: StreamStatus): readonly StreamStatus[] {
  return next[from];
}

/** @returns whether a status ends an attempt, so that the next request for the stream starts another. */
export function hasEnded(status: StreamStatus): boolean {
  return next[status].length === 0;
}
