import * as v from "valibot";
import { escapeControls } from "./escape-controls";
import { cutAtUrl } from "./mask-urls";

/** @returns whether a string has no lone surrogate, so that it survives UTF-8, which every AWS service speaks. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** Checks whose JSON Schema counterpart is not derivable from the check itself. See `toJsonSchema`. */
export const jsonSchemaOfCheck = new Map<unknown, Record<string, unknown>>();

/**
 * A string of `minimum` to `maximum` characters, counted in Unicode code points as JSON Schema does (valibot's own
 * `maxLength` counts UTF-16 code units, and so an emoji as two).
 */
export function text(minimum: number, maximum: number) {
  const fits = (value: string) => {
    const length = [...value].length;
    return length >= minimum && length <= maximum;
  };
  jsonSchemaOfCheck.set(fits, { ...(minimum > 0 && { minLength: minimum }), maxLength: maximum });
  const rule = `must have ${minimum} to ${maximum} characters`;
  return v.pipe(
    v.string(),
    v.check(fits, ({ input }) => `${rule}, received ${[...input].length}`),
    v.check(isWellFormed, "must be well-formed Unicode text"),
  );
}
jsonSchemaOfCheck.set(isWellFormed, {});

/** One of the given words; an issue lists them. */
export function oneOf<const TOptions extends readonly string[]>(options: TOptions) {
  return v.picklist(options, `must be one of ${options.join(", ")}`);
}

/** An object of strings by name. Every name is allowed, those that objects inherit included. */
export function stringRecord() {
  return v.pipe(
    v.custom<Record<string, string>>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "must be an object of strings",
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      for (const [key, value] of Object.entries<unknown>(dataset.value)) {
        const path: [v.ObjectPathItem] = [
          { type: "object", origin: "value", input: dataset.value, key, value },
        ];
        if (typeof value !== "string") {
          addIssue({ message: `must be a string, received ${describeValue(value)}`, path });
        } else if (!value.isWellFormed() || !key.isWellFormed()) {
          addIssue({ message: "must be well-formed Unicode text", path });
        }
      }
    }),
  );
}

/** @returns a string quoted for "received …": shortened where it is long, and no further than a URL's host. */
export function quote(value: string): string {
  const shown = cutAtUrl(value);
  return escapeControls(JSON.stringify(shown.length > 64 ? `${shown.slice(0, 63)}…` : shown));
}

/** @returns a text, a number or a truth value itself, of anything else its type, for "received …". */
export function showValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : describeValue(value);
}

/** @returns the JSON type of a value as people call it, for "received …". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
