import * as v from "valibot";
import { describeValue, quote } from "./text";

/** What a check found: the value in its normal form, or every problem there is. */
export type Checked<T> = { ok: true; value: T } | { ok: false; issues: string[] };

/** One problem of a value: where it is, and what is allowed there and what came. */
export interface Issue {
  /** Such as `ingestEndpoints[0].url`; empty for the value itself. */
  readonly path: string;
  /** Such as `is required.` */
  readonly problem: string;
}

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
  if (result.success) return { ok: true, value: result.output };
  const issues = result.issues.map(toIssue).map(({ path, problem }) => `${path || "body"} ${problem}`);
  return { ok: false, issues };
}

/** @returns every problem that a value has by a schema; none where it fits. */
export function findIssues(schema: v.GenericSchema, value: unknown): Issue[] {
  return (v.safeParse(schema, value).issues ?? []).map(toIssue);
}

function toIssue(issue: v.BaseIssue<unknown>): Issue {
  return { path: formatPath(issue.path ?? []), problem: `${describeProblem(issue)}.` };
}

function describeProblem(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return issue.message;
  if (issue.input === undefined) return "is required";
  const received = describeValue(issue.input);
  switch (issue.type) {
    case "strict_object":
    case "object":
    case "record":
      return `must be an object, received ${received}`;
    case "array":
      return `must be an array, received ${received}`;
    case "string":
      return `must be a string, received ${received}`;
    case "number":
      return `must be a number, received ${typeof issue.input === "string" ? quote(issue.input) : received}`;
    case "boolean":
      return `must be true or false, received ${typeof issue.input === "string" ? quote(issue.input) : received}`;
    default:
      return issue.message;
  }
}

/** Writes `ingestEndpoints[0].url`; a key that is no plain name, or a long one, stands quoted in brackets. */
function formatPath(path: readonly v.IssuePathItem[]): string {
  let text = "";
  for (const { key } of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]{0,63}$/.test(String(key))) text += text ? `.${String(key)}` : String(key);
    else text += `[${quote(String(key))}]`;
  }
  return text;
}
