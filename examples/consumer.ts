import { parseLifecycleEvent } from "@guidogerb/stream-orchestration/contracts";

/** A Lambda function that an SQS queue invokes; a rule on the bus sends the events to the queue. */
export async function handler({ Records }: { Records: readonly { body: string }[] }): Promise<void> {
  for (const { body } of Records) {
    const read = parseLifecycleEvent(body);
    if (!read.ok) throw new Error(read.issues.join(" "));
    const event = read.value;
    switch (event["detail-type"]) {
      case "StreamProvisionRequested":
        console.log(event.detail.streamId, event.detail.title);
        break;
      case "StreamLifecycleProgressed":
        console.log(event.detail.streamId, event.detail.status, event.detail.playback?.manifests);
        break;
      case "StreamHealthChanged":
        console.log(event.detail.streamId, event.detail.health, event.detail.alerts);
        break;
    }
  }
}
