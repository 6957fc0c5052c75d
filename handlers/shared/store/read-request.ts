import {
  type CreateStreamWorkflowRequest,
  check,
  createStreamWorkflowRequestSchema,
  normalizeRequest,
  streamIdSchema,
} from "../../../contracts";
import type { OrchestratorInput } from "../../../contracts/internal";

/** @returns the stream that an execution's input names, whatever else it may be; undefined where it names none. */
export function readStreamId(input: unknown): string | undefined {
  const checked = check(streamIdSchema, (input as { streamId?: unknown } | null | undefined)?.streamId);
  return checked.ok ? checked.value : undefined;
}

/** @returns an execution's input without what `POST /streams` adds to the request. */
export function requestOfInput(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  const { requestedBy: _, ...request } = input as Partial<OrchestratorInput>;
  return request;
}

/** @returns the normalized request in an execution's input; undefined where it is not a valid one. */
export function readRequest(input: unknown): CreateStreamWorkflowRequest | undefined {
  const checked = check(createStreamWorkflowRequestSchema, requestOfInput(input));
  return checked.ok ? normalizeRequest(checked.value) : undefined;
}
