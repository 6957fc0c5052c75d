import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { JsonSchema } from "../../contracts";

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
addFormats(ajv);

/** @returns a function that tells what a JSON Schema has against a value; an empty list where it fits. */
export function compileJsonSchema(schema: JsonSchema): (value: unknown) => string[] {
  const validate = ajv.compile(schema);
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** Whether ajv-formats takes a text for a date-time: an oracle for ours. */
export const isDateTimeByAjv = byFormat("date-time");

/** Whether ajv-formats takes a text for a URI. */
export const isUriByAjv = byFormat("uri");

function byFormat(format: string): (text: string) => boolean {
  const validate = ajv.compile({ type: "string", format });
  return (text) => validate(text);
}
