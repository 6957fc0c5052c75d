import { eventSource, type StreamStatus, streamLifecycleProgressed } from "../contracts";
import { isJsonObject, type JsonObject } from "../local/json";
import type { Runtime } from "../local/runtime";
import type { Journal } from "./journal";

/** An event about a stream: its detail, and what kind of event it was. */
export interface StreamEvent extends JsonObject {
  /** `StreamProvisionRequested`, `StreamLifecycleProgressed` or `StreamHealthChanged`. */
  readonly detailType: string;
}

/** @returns the events about streams that subscribers of the program's bus saw, in order. */
export function eventsAbout(
  journal: Journal,
  eventBusName: string,
  streamIds: readonly string[],
): StreamEvent[] {
  return journal.events.flatMap(({ busName, event }) => {
    const { detail, "detail-type": detailType } = event;
    if (busName !== eventBusName || !isJsonObject(detail) || !streamIds.includes(String(detail.streamId)))
      return [];
    return [{ ...detail, detailType: String(detailType) }];
  });
}

/** @returns an event in a few words: `requested`, `READY by api`, or `health NO_INPUT`. */
export function inWords({ status, origin, health }: StreamEvent): string {
  if (health !== undefined) return `health ${String(health)}`;
  return status === undefined ? "requested" : `${String(status)} by ${String(origin ?? "an event")}`;
}

/** Puts a StreamLifecycleProgressed event on a bus. @throws {Error} when the bus does not take it. */
export async function putLifecycleEvent(
  eventBridge: Runtime["services"]["EventBridge"],
  eventBusName: string,
  detail: JsonObject & { readonly streamId: string; readonly status: StreamStatus },
): Promise<void> {
  const entry = {
    EventBusName: eventBusName,
    Source: eventSource,
    DetailType: streamLifecycleProgressed.detailType,
    Detail: JSON.stringify(detail),
  };
  const { FailedEntryCount, Entries } = await eventBridge.call("PutEvents", { Entries: [entry] });
  if (FailedEntryCount !== 0) throw new Error(`The bus did not take the event: ${JSON.stringify(Entries)}.`);
}
