import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from "@aws-sdk/client-eventbridge";
import type { Local } from "../../testing";

/**
 * Puts a StreamLifecycleProgressed event on the program's bus over the wire, as the local user, and waits for what comes of it: the bus's
 * policy says whether that is allowed, which `local.streams.announce` does not ask.
 */
export async function announce(local: Local, detail: object): Promise<PutEventsCommandOutput> {
  const client = new EventBridgeClient(local.aws);
  const entry = {
    EventBusName: String(local.outputs.eventBusName),
    Source: "com.guidogerb.streams",
    DetailType: "StreamLifecycleProgressed",
    Detail: JSON.stringify(detail),
  };
  try {
    return await client.send(new PutEventsCommand({ Entries: [entry] }));
  } finally {
    client.destroy();
    await local.settled();
  }
}
