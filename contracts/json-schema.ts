import { toJsonSchema as convert } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { jsonSchemaOfCheck } from "./text";

/** A JSON Schema (2020-12) as a plain object. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * Derives the JSON Schema of a schema of ours, so that shapes are written down once.
 *
 * A call at the top of a module is marked `@__PURE__`: a Lambda's bundle that does not use its result then drops it, and
 * with it the converter, which is as large as all the schemas together.
 *
 * @returns a JSON Schema of draft 2020-12, without `$schema`, ready to stand in an OpenAPI 3.1 document.
 * @throws {Error} when a check has no counterpart in JSON Schema and names none.
 */
export function toJsonSchema(schema: v.GenericSchema): JsonSchema {
  const { $schema, ...jsonSchema } = convert(schema, {
    target: "draft-2020-12",
    overrideSchema: ({ valibotSchema }) =>
      // Only `stringRecord` is a custom schema; JSON Schema can say the same.
      valibotSchema.type === "custom"
        ? { type: "object", additionalProperties: { type: "string" } }
        : undefined,
    overrideAction: ({ valibotAction, jsonSchema: current }) => {
      const { requirement, operation } = valibotAction as { requirement?: unknown; operation?: unknown };
      const counterpart = jsonSchemaOfCheck.get(requirement ?? operation ?? valibotAction);
      if (!counterpart && valibotAction.type === "raw_check") return current;
      return counterpart ? { ...current, ...counterpart } : undefined;
    },
  });
  return jsonSchema;
}
