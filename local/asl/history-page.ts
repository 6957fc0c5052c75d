import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isJsonObject } from "../json";
import type { HistoryEvent } from "./history-event";
import { readShared, type SharedText, shareText } from "./shared-texts";

/** A text that is worth being held apart. */
const largeText = 4096;

/** Where a large text was taken out of an event. */
interface Taken {
  readonly index: number;
  readonly details: string;
  readonly member: string;
  readonly text: SharedText;
}

/** Events of an execution that is at rest: compressed, and without the large texts that they share with others. */
export class HistoryPage {
  private readonly packed: Uint8Array;
  private readonly taken: readonly Taken[];
  /** None at first: a weak reference keeps its object until the event loop turns. */
  private readable: WeakRef<readonly HistoryEvent[]> | undefined;

  constructor(events: readonly HistoryEvent[]) {
    const taken: Taken[] = [];
    const slim = events.map((event, index) => withoutLargeTexts(event, index, taken));
    this.taken = taken;
    // The compressor hands out a part of a larger buffer.
    this.packed = new Uint8Array(deflateRawSync(JSON.stringify(slim), { level: 1 }));
  }

  /** The events as they were. They stay readable at once while anybody has them. */
  get events(): readonly HistoryEvent[] {
    const known = this.readable?.deref();
    if (known) return known;
    const events = JSON.parse(inflateRawSync(this.packed).toString()) as HistoryEvent[];
    for (const { index, details, member, text } of this.taken) {
      Object.assign(events[index]?.[details] as object, { [member]: readShared(text) });
    }
    this.readable = new WeakRef(events);
    return events;
  }
}

function withoutLargeTexts(event: HistoryEvent, index: number, taken: Taken[]): HistoryEvent {
  const large = Object.entries(event).flatMap(([details, value]) =>
    Object.entries(isJsonObject(value) ? value : {}).flatMap(([member, text]) =>
      typeof text === "string" && text.length >= largeText ? [{ details, member, text }] : [],
    ),
  );
  if (large.length === 0) return event;
  const slim = structuredClone({ ...event });
  for (const { details, member, text } of large) {
    taken.push({ index, details, member, text: shareText(text) });
    Object.assign(slim[details] as object, { [member]: "" });
  }
  return slim;
}
