import * as v from "valibot";
import { check, streamIdSchema } from "../../../contracts";
import { type HttpEvent, type HttpResult, refusal } from "./http";
import { readQuery } from "./query";

const parametersSchema = v.object({ streamId: streamIdSchema });

/**
 * Answers a request about the stream that its path names.
 *
 * @param answer undefined stands for an unknown stream.
 * @returns the answer; 400 for a `streamId` that can be no stream's and for any query parameter; 404 for an unknown stream.
 */
export async function ofStream(
  event: HttpEvent,
  parameters: { readonly streamId: string },
  answer: (streamId: string) => Promise<HttpResult | undefined>,
): Promise<HttpResult> {
  const checked = check(parametersSchema, parameters);
  const { issues } = readQuery(event, []);
  if (!checked.ok) issues.unshift(...checked.issues);
  if (!checked.ok || issues.length > 0) return refusal(400, "Validation failed.", issues);
  return (await answer(checked.value.streamId)) ?? streamNotFound(checked.value.streamId);
}

/** @returns the answer about a stream that was never requested. */
export function streamNotFound(streamId: string): HttpResult {
  return refusal(404, "Stream not found.", [`No stream has the streamId "${streamId}".`]);
}
