import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { HistoryEvent } from "./history-event";
import { readShared, type SharedText, shareText } from "./shared-texts";

/** A text that is worth being held apart. */
const largeText = 4096;

/** Where a large text was taken out: an event's place, and the members on the way to the text, as in `stateExitedEventDetails`, `output`. */
interface Taken {
  readonly path: readonly (string | number)[];
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
    const slim = events.map((event, index) => withoutLargeTexts(event, [index], taken));
    this.taken = taken;
    // The compressor hands out a part of a larger buffer.
    this.packed = new Uint8Array(deflateRawSync(JSON.stringify(slim), { level: 1 }));
  }

  /** The events as they were. They stay readable at once while anybody has them. */
  get events(): readonly HistoryEvent[] {
    const known = this.readable?.deref();
    if (known) return known;
    const events = JSON.parse(inflateRawSync(this.packed).toString()) as HistoryEvent[];
    for (const { path, text } of this.taken) {
      const member = path.at(-1) as string;
      let holder = events as unknown as JsonObject;
      for (const key of path.slice(0, -1)) holder = holder[key] as JsonObject;
      holder[member] = readShared(text);
    }
    this.readable = new WeakRef(events);
    return events;
  }
}

/** Variables are members of a member: `assignedVariables` may hold a distribution's whole configuration. */
function withoutLargeTexts(value: Json, path: Taken["path"], taken: Taken[]): Json {
  if (typeof value === "string" && value.length >= largeText) {
    taken.push({ path, text: shareText(value) });
    return "";
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutLargeTexts(member, [...path, key], taken)]),
  );
}
