import {
  type CreateStreamWorkflowRequest,
  check,
  createStreamWorkflowRequestSchema,
  normalizeRequest,
  streamIdSchema,
} from "../../../contracts";
import type { Attempt, OrchestratorInput } from "../../../contracts/internal";

/** @returns an execution's input; undefined where it is missing or no JSON. */
export function inputOf({ input }: { readonly input?: string | undefined }): unknown {
  try {
    return JSON.parse(input ?? "") as unknown;
  } catch {
    return undefined;
  }
}

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

/** @returns the request of an attempt, as its workflow normalized and stored it; undefined where it had no valid one. */
export function requestOf({ request }: Attempt): CreateStreamWorkflowRequest | undefined {
  return request === undefined ? undefined : (JSON.parse(request) as CreateStreamWorkflowRequest);
}
