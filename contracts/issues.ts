import * as v from "valibot";
import { describeValue } from "./text";

/** What a check found: the value in its normal form, or every problem there is. */
export type Checked<T> = { ok: true; value: T } | { ok: false; issues: string[] };

/**
 * Checks a value against a schema and words every problem for people: the field by its path, what is allowed, and
 * what came. URLs and metadata are never repeated back, since they may carry a stream key.
 *
 * @returns the value, or all issues, in the order of the schema's fields, unknown fields last.
 */
export function check<TSchema extends v.GenericSchema>(
  schema: TSchema,
  value: unknown,
): Checked<v.InferOutput<TSchema>> {
  const result = v.safeParse(schema, value);
  return result.success
    ? { ok: true, value: result.output }
    : { ok: false, issues: result.issues.map(describeIssue) };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = formatPath(issue.path ?? []);
  if (issue.type === "strict_object" && issue.expected === "never") return `${field} is not allowed.`;
  if (issue.input === undefined) return `${field} is required.`;
  const received = describeValue(issue.input);
  switch (issue.type) {
    case "strict_object":
    case "object":
      return `${field} must be an object, received ${received}.`;
    case "array":
      return `${field} must be an array, received ${received}.`;
    case "string":
      return `${field} must be a string, received ${received}.`;
    default:
      return `${field} ${issue.message}.`;
  }
}

/** Writes `ingestEndpoints[0].url`; a key that is no plain name stands quoted in brackets. */
function formatPath(path: readonly v.IssuePathItem[]): string {
  let text = "";
  for (const { key } of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(key))) text += text ? `.${String(key)}` : String(key);
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text || "body";
}
