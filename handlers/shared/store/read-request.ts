import {
  type CreateStreamWorkflowRequest,
  check,
  createStreamWorkflowRequestSchema,
  normalizeRequest,
  streamIdSchema,
} from "../../../contracts";

/** @returns the stream that an execution's input names, whatever else it may be; undefined where it names none. */
export function readStreamId(input: unknown): string | undefined {
  const checked = check(streamIdSchema, (input as { streamId?: unknown } | null | undefined)?.streamId);
  return checked.ok ? checked.value : undefined;
}

/** @returns the normalized request that an execution's input is; undefined where it is not a valid one. */
export function readRequest(input: unknown): CreateStreamWorkflowRequest | undefined {
  const checked = check(createStreamWorkflowRequestSchema, input);
  return checked.ok ? normalizeRequest(checked.value) : undefined;
}
