import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { eventSource, type StreamLifecycleProgressedDetail } from "../../contracts";
import { backoff, type Wait } from "./wait";

/** The bus, and how to wait between two tries at it. */
export interface EventBus {
  events: EventBridgeClient;
  eventBusName: string;
  wait: Wait;
}

const mostTries = 3;

/**
 * Puts a StreamLifecycleProgressed event on the bus. PutEvents answers 200 even where it lost the event and says so
 * only in the entry; such an entry is tried again.
 *
 * @throws {Error} when the bus did not take the event.
 */
export async function emitLifecycleProgressed(
  bus: EventBus,
  detail: StreamLifecycleProgressedDetail,
): Promise<void> {
  let lost = "";
  for (let tries = 0; tries < mostTries; tries++) {
    if (tries > 0) await bus.wait(backoff(tries, 100));
    const { FailedEntryCount, Entries } = await bus.events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus.eventBusName,
            Source: eventSource,
            DetailType: "StreamLifecycleProgressed",
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    if (!FailedEntryCount) return;
    const [entry] = Entries ?? [];
    lost = `${entry?.ErrorCode ?? "no code"}: ${entry?.ErrorMessage ?? "no message"}`;
  }
  throw new Error(
    `EventBridge did not take StreamLifecycleProgressed ${detail.status} of stream '${detail.streamId}' in ${mostTries} tries (${lost}). The status is persisted: send it again to announce it.`,
  );
}
