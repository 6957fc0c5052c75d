import type { Stream } from "../../../contracts";

/** An answer of `GET /streams/{streamId}`. */
export const stream: Stream = {
  streamId: "spring-launch",
  status: "READY",
  attempt: 1,
  requestedAt: "2027-03-20T17:40:00.000Z",
  updatedAt: "2027-03-20T17:45:12.000Z",
  history: [{ status: "READY", at: "2027-03-20T17:45:12.000Z", origin: "api" }],
};
