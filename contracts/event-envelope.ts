import type { EventContract } from "./events";
import type { JsonSchema } from "./json-schema";

const text = { type: "string" };

/**
 * Describes a whole event as EventBridge delivers it: what EventBridge adds, and the detail.
 *
 * @param detail the JSON Schema of the detail, or a reference to it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export function describeEnvelope(
  { source, detailType }: EventContract,
  detail: JsonSchema,
): {
  readonly type: "object";
  readonly properties: { readonly [name: string]: JsonSchema };
  readonly required: string[];
} {
  const properties = {
    version: text,
    id: {
      ...text,
      description: "The same for each delivery: EventBridge may deliver an event more than once.",
    },
    "detail-type": { ...text, enum: [detailType] },
    source: { ...text, enum: [source] },
    account: text,
    time: { ...text, format: "date-time" },
    region: text,
    resources: { type: "array", items: text },
    detail,
  };
  return { type: "object", properties, required: Object.keys(properties) };
}
