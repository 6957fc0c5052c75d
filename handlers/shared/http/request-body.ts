import type * as v from "valibot";
import { check, largestRequestBytes } from "../../../contracts";
import { type HttpEvent, type HttpResult, refusal } from "./http";

/** A body that fits its schema, or the answer that says why it does not. */
export type Body<T> = { ok: true; value: T } | { ok: false; result: HttpResult };

/**
 * Reads the JSON object in a request's body and checks it.
 *
 * @returns the value; otherwise 413 for a body that is too large, 400 `Invalid request body.` where it is absent or no
 * JSON object, 400 `Validation failed.` with every issue where it does not fit the schema.
 */
export function readBody<TSchema extends v.GenericSchema>(
  event: HttpEvent,
  schema: TSchema,
): Body<v.InferOutput<TSchema>> {
  const { body, isBase64Encoded } = (event as HttpEvent | null) ?? {};
  // API Gateway sends text; a direct call may send anything.
  if (typeof body !== "string" || body === "")
    return unreadable("The body is required, and must be a JSON object.");
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > largestRequestBytes) {
    const issue = `The body must have at most ${largestRequestBytes} bytes, received ${bytes.length}.`;
    return { ok: false, result: refusal(413, "The request body is too large.", [issue]) };
  }
  // Encoding a lone surrogate would quietly replace it.
  const text = isBase64Encoded || body.isWellFormed() ? decode(bytes) : undefined;
  if (text === undefined) return unreadable("The body must be UTF-8 text.");
  const value = parse(text);
  if (value === undefined) return unreadable("The body must be JSON.");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return unreadable("The body must be a JSON object.");
  }
  const checked = check(schema, value);
  if (checked.ok) return checked;
  return { ok: false, result: refusal(400, "Validation failed.", checked.issues) };
}

function unreadable(issue: string): Body<never> {
  return { ok: false, result: refusal(400, "Invalid request body.", [issue]) };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON has no undefined, so that it can stand for "no JSON". */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
