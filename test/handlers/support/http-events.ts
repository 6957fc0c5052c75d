import type { HttpEvent, HttpResult } from "../../../handlers/shared/http/http";
import version1 from "../fixtures/http-event-v1.json";
import version2 from "../fixtures/http-event-v2.json";

/** The body of a valid `POST /streams`. */
export function aRequest(given: Record<string, unknown> = {}) {
  return {
    streamId: "spring-launch",
    title: "Spring launch",
    startTime: "2027-03-20T18:00:00Z",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/secret-key" }],
    metadata: { region: "emea", desk: "7" },
    ...given,
  };
}

/** @returns an event of payload format 2.0. */
export function httpEvent(method: string, path: string, body?: unknown): HttpEvent {
  const event = structuredClone(version2);
  event.rawPath = path;
  event.requestContext.http.method = method;
  event.requestContext.http.path = path;
  return { ...event, ...(body !== undefined && { body: toText(body) }) };
}

/** @returns the same of payload format 1.0. */
export function httpEventV1(method: string, path: string, body?: unknown): HttpEvent {
  return {
    ...structuredClone(version1),
    path,
    httpMethod: method,
    body: body === undefined ? null : toText(body),
  } as unknown as HttpEvent;
}

function toText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** @returns an answer's body. */
export function bodyOf(result: HttpResult): Record<string, unknown> {
  return JSON.parse(result.body) as Record<string, unknown>;
}
