import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import type { UndeliveredEvent } from "../local/services";
import type { BusEvent, Journal } from "./journal";
import type { WaitFor } from "./waiting";

/** What an event looks like: a part of it, or a function that decides. */
export type EventMatch =
  | {
      /** @default - any */
      readonly source?: string;
      /** @default - any */
      readonly detailType?: string;
      /** Members that the detail has, and maybe others; objects in it match in the same way. @default - any */
      readonly detail?: JsonObject;
    }
  | ((event: JsonObject, busName: string) => boolean);

/** What the buses carried. */
export class LocalEvents {
  constructor(
    private readonly journal: Journal,
    private readonly waitUntil: WaitFor,
  ) {}

  /** Every event so far, on any bus, in order; those that match, where it is said. */
  all(match: EventMatch = () => true): BusEvent[] {
    return this.journal.events.filter((entry) => matches(entry, match));
  }

  /** The events and scheduled inputs that were given up, in order: those without `deadLetterArn` are lost. */
  undelivered(): readonly UndeliveredEvent[] {
    return [...this.journal.undelivered];
  }

  /**
   * Resolves to the first event that matches, which may have passed already.
   * @throws {WaitError} that lists the events there were, when there is none and none can come before time passes.
   */
  async waitFor(match: EventMatch): Promise<JsonObject> {
    const { event } = await this.waitUntil({
      what: `an event ${typeof match === "function" ? "that the test describes" : `like ${JSON.stringify(match)}`}`,
      find: () => this.journal.events.find((entry) => matches(entry, match)),
      happened: () =>
        this.journal.events.map(({ busName, event: seen }) =>
          shorten(`${busName}: ${String(seen["detail-type"])} ${JSON.stringify(seen.detail)}`),
        ),
    });
    return event;
  }
}

/** AWS's own events carry whole payloads. */
function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

function matches({ busName, event }: BusEvent, match: EventMatch): boolean {
  if (typeof match === "function") return match(event, busName);
  if (match.source !== undefined && event.source !== match.source) return false;
  if (match.detailType !== undefined && event["detail-type"] !== match.detailType) return false;
  return match.detail === undefined || includes(event.detail, match.detail);
}

/** @returns whether a value has all of a part: an object each of its members, anything else itself. */
function includes(value: Json | undefined, part: Json): boolean {
  if (!isJsonObject(part)) return isDeepStrictEqual(value, part);
  if (!isJsonObject(value)) return false;
  return Object.entries(part).every(([key, member]) => includes(value[key], member));
}
