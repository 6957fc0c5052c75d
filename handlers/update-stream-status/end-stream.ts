import type { EndStreamResponse, StreamStatus } from "../../contracts";
import type { Attempt } from "../../contracts/internal";
import type { EventBus } from "../shared/events/stream-events";
import { type HttpEvent, type HttpResult, json } from "../shared/http/http";
import { ofStream } from "../shared/http/of-stream";
import { readRequester } from "../shared/http/requester";
import type { Log } from "../shared/runtime/lambda";
import type { AttemptTable } from "../shared/store/attempts";
import { changeStatus, isScheduled, lastEntry } from "../shared/store/change-status";
import { republish } from "../shared/store/publication";

/** What writes and announces a status at the request of a caller. */
export interface StatusWriterDeps extends AttemptTable, EventBus {
  now: () => Date;
  log: Log;
}

/** Why a stream failed that was ended while it was being provisioned. */
const cancelled = "The stream was cancelled by a DELETE while it was being provisioned.";

/**
 * `DELETE /streams/{streamId}`: ends the stream's latest attempt as `PUT /streams` would, and announces that. One that has ended stays as it is;
 * what of it is not known to be announced is announced now.
 *
 * @returns 200 with the status in which the stream has ended, the same each time; 400 for a `streamId` that is none; 404 for an unknown stream.
 * @throws {Error} when the bus does not take the event; the status stays persisted.
 */
export function answerEndStream(
  deps: StatusWriterDeps,
  event: HttpEvent,
  parameters: { readonly streamId: string },
): Promise<HttpResult> {
  return ofStream(event, parameters, async (streamId) => {
    deps.log.appendKeys({ streamId });
    const at = deps.now().toISOString();
    const change = await changeStatus(
      deps,
      streamId,
      (attempt) => {
        const status = endOf(attempt);
        const cancels = status === "FAILED" && { reason: cancelled, cancelled: true as const };
        return { status, ...cancels, at, origin: "api", ...readRequester(event) };
      },
      { unpublished: true },
    );
    if (change.outcome === "unknown") return undefined;
    const { attempt, status, updatedAt } = change.attempt;
    deps.log.appendKeys({ attempt });
    await republish(deps, change.attempt);
    deps.log.info("The stream has ended.", { status, outcome: change.outcome });
    const response: EndStreamResponse = {
      streamId,
      status,
      attempt,
      updatedAt: lastEntry(change.attempt, status)?.at ?? updatedAt,
    };
    return json(200, response);
  });
}

/** @returns the status in which an attempt ends that is not wanted any more: COMPLETE if the lifecycle allows it. One that has ended goes to no other. */
function endOf(attempt: Attempt): StreamStatus {
  return attempt.status === "PROVISIONING" && !isScheduled(attempt) ? "FAILED" : "COMPLETE";
}
