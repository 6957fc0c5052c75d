import { isDeepStrictEqual } from "node:util";
import {
  check,
  createStreamWorkflow,
  createStreamWorkflowRequestSchema,
  normalizeRequest,
  streamHealthChanged,
  streamLifecycleProgressed,
  streamProvisionRequested,
  streamStatuses,
  updateStreamStatus,
} from "../../../contracts";
import { compileJsonSchema } from "../../../test/support/json-schema";
import type { StreamAttempt } from "../../../testing";

const judgeRequest = compileJsonSchema(createStreamWorkflow.requestSchema);
const judgeUpdate = compileJsonSchema(updateStreamStatus.requestSchema);
const judges = new Map(
  [streamProvisionRequested, streamLifecycleProgressed, streamHealthChanged].map((event) => [
    event.detailType as string,
    compileJsonSchema(event.detailSchema),
  ]),
);

/**
 * @returns a body's normal form as text, which is what may be stored of it.
 * @throws {Error} where it says something else than the body.
 */
export function normalText(body: string): string {
  const value: unknown = JSON.parse(body.replace(/^\ufeff/, ""));
  const checked = check(createStreamWorkflowRequestSchema, value);
  if (!checked.ok) throw new Error(checked.issues.join(" "));
  const text = JSON.stringify(normalizeRequest(checked.value));
  if (!isDeepStrictEqual(withInstant(value), withInstant(JSON.parse(text)))) {
    throw new Error(`The normal form says something else than the request: ${text}`);
  }
  return text;
}

/** A request's start in milliseconds, however it is spelled. */
function withInstant(request: unknown): object {
  const { startTime, ...rest } = request as { startTime: string };
  return { ...rest, startTime: Date.parse(startTime) };
}

/** @returns the request in the input of an execution, which also says who sent it. */
export function requestTextOf(input: string): string {
  const { requestedBy, ...request } = JSON.parse(input) as { requestedBy?: object };
  const members = Object.entries(requestedBy ?? {});
  if (!members.every(([name, value]) => /^(principal|requestId)$/.test(name) && typeof value === "string")) {
    throw new Error(`It says of its caller ${JSON.stringify(requestedBy)}.`);
  }
  return JSON.stringify(request);
}

/** @returns what is wrong with a request as it is stored, or given to the workflow. */
export function judgeStoredRequest(text: string): string[] {
  const value: unknown = JSON.parse(text);
  const issues = judgeRequest(value);
  if (issues.length > 0) return issues;
  return [
    ...(normalText(text) === text ? [] : ["it is not in its normal form"]),
    ...(text.isWellFormed() ? [] : ["it is no well-formed text"]),
  ];
}

/** The longest that may be said of where a change came from: history and request have to fit into an item. */
const longestOrigin = 128;

/** @returns what is wrong with an attempt's item. */
export function judgeAttempt(attempt: StreamAttempt): string[] {
  const issues = attempt.history.flatMap(({ status, reason, at, origin }) => [
    ...judgeUpdate({ streamId: attempt.streamId, status, ...(reason !== undefined && { reason }) }),
    ...(Number.isNaN(Date.parse(at)) ? [`${at} is no time`] : []),
    ...(origin.length > longestOrigin || !origin.isWellFormed()
      ? [`the origin has ${origin.length} characters`]
      : []),
  ]);
  if (!streamStatuses.includes(attempt.status)) issues.push(`${String(attempt.status)} is no status`);
  if (attempt.status !== attempt.history.at(-1)?.status) issues.push("the history ends with another status");
  if (attempt.request !== undefined) issues.push(...judgeStoredRequest(attempt.request));
  return issues;
}

/** @returns what is wrong with an event that was put on the bus. */
export function judgeEvent(detailType: string, detail: unknown): string[] {
  return judges.get(detailType)?.(detail) ?? [`${detailType} is no event of ours`];
}
