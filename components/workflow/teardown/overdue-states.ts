import { changeStatus, isLastUnpublished, removePublicationMark } from "../../../contracts/internal";
import { choice, type State, task } from "../shared/asl";
import { historyEntry, statusSet, statusValue, updateAttempt } from "../shared/attempt-item";
import { callTimeoutSeconds, enteredTime, event } from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { dynamoDbRetriers, eventBridgeRetriers, snsRetriers } from "../shared/retriers";
import type { OverdueState, TeardownSettings, TeardownState } from "./settings";

const reasonText = '($input.reason != null ? $input.reason : "Nobody ended the stream in time.")';
const reason = jsonata(reasonText);

/** Ends a stream that was up for too long, and announces that. */
export function overdueStates(settings: TeardownSettings): {
  readonly [name in OverdueState]: State<TeardownState>;
} {
  const { tableName } = settings;
  return {
    EndOverdueStream: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: changeStatus(":complete", { unpublished: true }),
        condition: "#status IN (:ready, :live)",
        values: {
          ":complete": statusValue("COMPLETE"),
          ":unpublished": statusSet("COMPLETE"),
          ":ready": statusValue("READY"),
          ":live": statusValue("LIVE"),
          ":now": { S: enteredTime },
          ":entry": historyEntry("COMPLETE", { component: "StreamTeardown", reason }),
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          // A caller, or an earlier try of this state, has ended it meanwhile.
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "FindAttempt",
        },
      ],
      Assign: { endedAt: enteredTime, attempt: jsonata('$merge([$attempt, { "status": "COMPLETE" }])') },
      Output: {},
      Next: "AnnounceOverdueEnd",
    }),
    AnnounceOverdueEnd: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(settings, "StreamLifecycleProgressed", {
            streamId: jsonata("$provision.request.streamId"),
            status: "COMPLETE",
            reason,
            occurredAt: jsonata("$endedAt"),
            attempt: jsonata("$provision.attempt"),
            origin: "orchestrator",
          }),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      // The mark stays on the item, and StreamSweep announces it.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "DecideOverdueNotice" }],
      Output: {},
      Next: "RecordOverdueEnd",
    }),
    RecordOverdueEnd: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: removePublicationMark,
        // An older change that was not announced keeps its mark.
        condition: isLastUnpublished,
        values: { ":announced": statusSet("COMPLETE") },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "DecideOverdueNotice" }],
      Output: {},
      Next: "DecideOverdueNotice",
    }),
    DecideOverdueNotice: choice({
      Choices: [{ Condition: jsonata("$input.planned"), Output: {}, Next: "ReadOrchestration" }],
      Output: {},
      Default: "NotifyOverdueEnd",
    }),
    NotifyOverdueEnd: task({
      Resource: "arn:aws:states:::sns:publish",
      Arguments: {
        TopicArn: settings.onCallTopicArn,
        Subject: jsonata('"Stream " & $provision.request.streamId & ": ended, since nobody did"'),
        Message: jsonata(
          `${reasonText} & " Stream " & $provision.request.streamId & ", attempt " & $string($provision.attempt) & ", is COMPLETE now, and its channel is being stopped. Request it again if it is still needed."`,
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: snsRetriers,
      // The stream's end was announced on the bus; to stop its channel comes first.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "ReadOrchestration" }],
      Output: {},
      Next: "ReadOrchestration",
    }),
  };
}
