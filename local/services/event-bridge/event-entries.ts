import { randomUUID } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import { AwsError } from "../service";

/** PutEvents takes 1 to 10 entries and less than 1 MB in one request. */
const limits = { entries: 10, bytes: 1024 * 1024 };

/** An event before it has an envelope. */
export interface EventDraft {
  source: string;
  detailType: string;
  detail: JsonObject;
  resources?: string[];
  /** Milliseconds since the Unix epoch; the time of acceptance when left out. */
  time?: number;
}

/**
 * @returns the entries of a PutEvents request.
 * @throws {AwsError} `ValidationException` when there are too few, too many, or too much.
 */
export function entriesOf(input: JsonObject): Json[] {
  const entries = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > limits.entries) {
    const count = Array.isArray(entries) ? entries.length : 0;
    throw new AwsError(
      "ValidationException",
      `1 validation error detected: ${count} entries at 'entries' failed to satisfy constraint: ` +
        `Member must have length between 1 and ${limits.entries}`,
    );
  }
  const bytes = entries.reduce<number>((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes >= limits.bytes) {
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
  }
  return entries;
}

/**
 * Reads one entry.
 * @throws {AwsError} with the `ErrorCode` and `ErrorMessage` of the entry's result.
 */
export function readEntry(entry: Json): EventDraft {
  if (!isJsonObject(entry)) throw invalidArgument("Entry", "an entry is an object");
  const source = requiredText(entry, "Source");
  const detailType = requiredText(entry, "DetailType");
  const detail = parseDetail(requiredText(entry, "Detail"));
  if (source.startsWith("aws.")) {
    throw new AwsError("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  const resources = Array.isArray(entry.Resources) ? entry.Resources.map(String) : [];
  const time = readTime(entry.Time);
  return { source, detailType, detail, resources, ...(time === undefined ? {} : { time }) };
}

/**
 * Puts an event into EventBridge's envelope.
 * @param now milliseconds since the Unix epoch; an event's time has the resolution of a second.
 */
export function envelope(draft: EventDraft, region: string, accountId: string, now: number): JsonObject {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": draft.detailType,
    source: draft.source,
    account: accountId,
    time: new Date(draft.time ?? now).toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources: draft.resources ?? [],
    detail: structuredClone(draft.detail),
  };
}

function requiredText(entry: JsonObject, member: string): string {
  const value = entry[member];
  if (typeof value === "string" && value !== "") return value;
  throw invalidArgument(member, `${member} is a required argument.`);
}

function parseDetail(text: string): JsonObject {
  try {
    const detail = JSON.parse(text) as Json;
    if (isJsonObject(detail)) return detail;
  } catch {
    // Reported below: EventBridge says the same of text that is not JSON and of JSON that is no object.
  }
  throw new AwsError("MalformedDetail", "Detail is malformed.");
}

/** Seconds since the Unix epoch on the wire, an ISO 8601 text from a workflow. */
function readTime(time: Json | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const milliseconds = typeof time === "number" ? time * 1000 : Date.parse(String(time));
  if (Number.isNaN(milliseconds)) throw invalidArgument("Time", "Time is not a timestamp.");
  return milliseconds;
}

function invalidArgument(parameter: string, reason: string): AwsError {
  return new AwsError("InvalidArgument", `Parameter ${parameter} is not valid. Reason: ${reason}`);
}

/** As the EventBridge user guide computes it, "Calculating PutEvents event entry size". */
function entryBytes(entry: Json): number {
  if (!isJsonObject(entry)) return 0;
  const resources = Array.isArray(entry.Resources) ? entry.Resources : [];
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...resources];
  const textBytes = texts.reduce<number>(
    (sum, text) => sum + (typeof text === "string" ? Buffer.byteLength(text) : 0),
    0,
  );
  return textBytes + (entry.Time === undefined ? 0 : 14);
}
