import type { JsonObject } from "../json";

/** An event as GetExecutionHistory returns it; `timestamp` is in seconds since the Unix epoch, with a fraction. */
export type HistoryEvent = JsonObject & {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
};
