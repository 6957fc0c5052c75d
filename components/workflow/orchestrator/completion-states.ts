import { ownAttempt } from "../../../contracts/internal";
import { task } from "../shared/asl";
import { updateAttempt } from "../shared/attempt-item";
import { callTimeoutSeconds, enteredTime, event, executionId, unlessRedriven } from "../shared/expressions";
import { caught, removePlayback } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { scheduleLiveLimit } from "../shared/live-limit";
import { dynamoDbRetriers, eventBridgeRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";

/** Tells everybody that the stream is ready, and records it. A stream that was READY and is COMPLETE by now ends as well as any other. */
export function completionStates(settings: OrchestratorSettings) {
  const { tableName } = settings;
  return {
    PublishReadyNotification: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(settings, "StreamLifecycleProgressed", {
            streamId: jsonata("$provision.request.streamId"),
            // A stream that has ended meanwhile is not announced as READY after its end.
            status: jsonata("$confirmed"),
            occurredAt: enteredTime,
            // Recovery has ended the attempt of an execution that was stopped here, or is about to.
            attempt: unlessRedriven("$provision.attempt", "its attempt may have ended"),
            origin: "orchestrator",
          }),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      Catch: [caught("PublishReadyNotification", removePlayback)],
      Output: {},
      Next: settings.liveLimit.maxLiveHours > 0 ? "ScheduleLiveLimit" : "RecordCompletion",
    }),
    ScheduleLiveLimit: scheduleLiveLimit(settings.liveLimit),
    RecordCompletion: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: "SET readyAt = :now REMOVE taskToken",
        condition: ownAttempt,
        values: { ":now": { S: enteredTime }, ":me": { S: executionId } },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [caught("RecordCompletion", removePlayback)],
      Output: {},
      Next: "WorkflowSucceeded",
    }),
  } as const satisfies States;
}
