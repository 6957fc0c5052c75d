import type { StreamLifecycleProgressedDetail } from "../../../contracts";
import { ownAttempt } from "../../../contracts/internal";
import { task } from "../shared/asl";
import { updateAttempt } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  enteredTime,
  event,
  executionId,
  type Named,
  textUnlessRedriven,
} from "../shared/expressions";
import { caught, removePlayback } from "../shared/failures";
import { jsonata, objectText, partOfJsonata } from "../shared/jsonata";
import { scheduleLiveLimit } from "../shared/live-limit";
import { dynamoDbRetriers, eventBridgeRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { manifestsOfStream, viewer } from "../shared/viewer";

const confirmed = objectText<Omit<Named<StreamLifecycleProgressedDetail>, "reason" | "playback">>({
  streamId: partOfJsonata("$provision.request.streamId"),
  // A stream that has ended meanwhile is not announced as READY after its end.
  status: "$confirmed",
  occurredAt: "$states.context.State.EnteredTime",
  // Recovery has ended the attempt of an execution that was stopped here, or is about to.
  attempt: `(${textUnlessRedriven("$provision.attempt", "its attempt may have ended")})`,
  origin: '"orchestrator"',
});

/** Where viewers find the stream; nothing for one that has ended. */
const playback = `$confirmed = "READY" and $exists(${viewer})
  ? { "playback": { "manifests": ${manifestsOfStream(viewer)} } }
  : {}`;

/** Tells everybody that the stream is ready, and records it. A stream that was READY and is COMPLETE by now ends as well as any other. */
export function completionStates(settings: OrchestratorSettings) {
  const { tableName } = settings;
  return {
    PublishReadyNotification: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(
            settings,
            "StreamLifecycleProgressed",
            jsonata<string>(`$merge([${confirmed}, ${playback}])`),
          ),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      Catch: [caught("PublishReadyNotification", removePlayback)],
      Output: {},
      Next: "ScheduleLiveLimit",
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
