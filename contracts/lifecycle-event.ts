import * as v from "valibot";
import { dateTime } from "./date-time";
import {
  type eventContracts,
  eventSource,
  streamLifecycleProgressedDetailSchema,
  streamProvisionRequestedDetailSchema,
} from "./events";
import { type Checked, findIssues } from "./issues";
import { streamHealthChangedDetailSchema } from "./stream-health";
import { describeValue, quote } from "./text";

type DetailType = (typeof eventContracts)[number]["detailType"];

/** The schema of each event's detail. An event contract that is missing here does not compile. */
const detailSchemas = {
  StreamProvisionRequested: streamProvisionRequestedDetailSchema,
  StreamLifecycleProgressed: streamLifecycleProgressedDetailSchema,
  StreamHealthChanged: streamHealthChangedDetailSchema,
} satisfies { readonly [detailType in DetailType]: v.GenericSchema };

/** One event of a stream as EventBridge delivers it. Members that this release does not know are kept. */
export interface EventOf<TDetailType extends DetailType> {
  /** The same for each delivery of the event: EventBridge may deliver an event more than once. */
  readonly id: string;
  readonly source: typeof eventSource;
  readonly "detail-type": TDetailType;
  /** When the event was put on the bus, RFC 3339. */
  readonly time: string;
  readonly detail: v.InferOutput<(typeof detailSchemas)[TDetailType]>;
  readonly [member: string]: unknown;
}

/** Any event of a stream: switch over `detail-type`. */
export type LifecycleEvent = { [detailType in DetailType]: EventOf<detailType> }[DetailType];

/**
 * Reads an event of a stream.
 *
 * @param received what a target of an EventBridge rule gets; its JSON text, as in the `body` of an SQS record or the `Sns.Message` of an SNS
 * record; or the notification in which SNS hands that text to a queue.
 * @returns the event, or every problem that it has. Members that this release does not know are no problem, an unknown `detail-type` is.
 *
 * @example
 * const event = parseLifecycleEvent(record.body);
 * if (!event.ok) throw new Error(event.issues.join(" "));
 * if (event.value["detail-type"] === "StreamLifecycleProgressed") console.log(event.value.detail.status);
 */
export function parseLifecycleEvent(received: unknown): Checked<LifecycleEvent> {
  const value = unwrap(received);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const what = typeof value === "string" ? "a text that is no JSON" : describeValue(value);
    return {
      ok: false,
      issues: [`event must be an event of EventBridge or its JSON text, received ${what}.`],
    };
  }
  const { "detail-type": detailType } = value as { readonly [member: string]: unknown };
  const isKnown = typeof detailType === "string" && Object.hasOwn(detailSchemas, detailType);
  // The detail of an unknown event has no schema to be checked against.
  const schema = envelope(isKnown ? detailSchemas[detailType as DetailType] : v.unknown());
  const issues = findIssues(schema, value).map(({ path, problem }) => `${path} ${problem}`);
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, value: v.parse(schema, value) as LifecycleEvent };
}

function envelope(detail: v.GenericSchema) {
  return v.looseObject({
    id: v.string(),
    source: only([eventSource]),
    "detail-type": only(Object.keys(detailSchemas)),
    time: dateTime,
    detail,
  });
}

function only(allowed: readonly string[]) {
  const list = allowed.length > 1 ? `one of ${allowed.join(", ")}` : allowed.join();
  return v.pipe(
    v.string(),
    v.check(
      (text) => allowed.includes(text),
      ({ input }) => `must be ${list}, received ${quote(input)}`,
    ),
  );
}

function unwrap(received: unknown): unknown {
  const value = parse(received);
  const { Type, Message } = (value ?? {}) as { readonly Type?: unknown; readonly Message?: unknown };
  return Type === "Notification" ? parse(Message) : value;
}

function parse(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
