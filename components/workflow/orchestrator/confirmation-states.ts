import { streamLifecycleOrchestrator as contract } from "../../../contracts";
import { changeStatus, ownProvisioningAttempt, workflowError } from "../../../contracts/internal";
import { choice, task } from "../shared/asl";
import { attemptKey, historyEntry, statusSet, statusValue, updateAttempt } from "../shared/attempt-item";
import { callTimeoutSeconds, enteredTime, executionId, redrives } from "../shared/expressions";
import { caught, removePlayback } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { dynamoDbRetriers, dynamoDbSdkRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";

/** Waits for READY or FAILED, and loses neither. */
export function confirmationStates({ tableName }: OrchestratorSettings) {
  const timeoutReason = jsonata(
    '"Neither READY nor FAILED arrived within " & $string($provision.settings.confirmationTimeoutSeconds) & " seconds."',
  );
  return {
    AwaitLifecycleConfirmation: task({
      Resource: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
      Arguments: updateAttempt(tableName, {
        update: "SET taskToken = :token",
        // A confirmation that was faster stands on the item already: then there is nothing to wait for.
        condition: ownProvisioningAttempt,
        values: {
          ":token": { S: jsonata("$states.context.Task.Token") },
          ":me": { S: executionId },
          ":provisioning": statusValue("PROVISIONING"),
        },
      }),
      TimeoutSeconds: jsonata("$provision.settings.confirmationTimeoutSeconds"),
      Retry: dynamoDbSdkRetriers,
      Catch: [
        {
          ErrorEquals: ["DynamoDb.ConditionalCheckFailedException"],
          Output: {},
          Next: "ReadLifecycleStatus",
        },
        { ErrorEquals: ["States.Timeout"], Output: {}, Next: "CloseConfirmation" },
        caught("AwaitLifecycleConfirmation", removePlayback),
      ],
      Assign: {
        confirmed: jsonata('$states.result.status = "COMPLETE" ? "COMPLETE" : "READY"'),
        confirmedRedrives: jsonata(redrives),
      },
      Output: {},
      Next: "PublishReadyNotification",
    }),
    CloseConfirmation: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: `${changeStatus(":failed", { unpublished: true })} REMOVE taskToken`,
        // READY in the very moment of the timeout: whichever is written first decides, for the caller as for us.
        condition: ownProvisioningAttempt,
        values: {
          ":failed": statusValue("FAILED"),
          ":unpublished": statusSet("FAILED"),
          ":provisioning": statusValue("PROVISIONING"),
          ":me": { S: executionId },
          ":now": { S: enteredTime },
          ":entry": historyEntry("FAILED", { component: contract.name, reason: timeoutReason }),
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "ReadLifecycleStatus",
        },
        caught("CloseConfirmation", removePlayback),
      ],
      Assign: {
        failure: {
          state: "AwaitLifecycleConfirmation",
          error: "States.Timeout",
          cause: timeoutReason,
        },
        ...removePlayback.reset,
      },
      Output: {},
      Next: removePlayback.next,
    }),
    ReadLifecycleStatus: task({
      Resource: "arn:aws:states:::dynamodb:getItem",
      Arguments: { TableName: tableName, Key: attemptKey, ConsistentRead: true },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [caught("ReadLifecycleStatus", removePlayback)],
      Assign: { confirmedRedrives: jsonata(redrives) },
      Output: jsonata(`(
        $item := $states.result.Item;
        $reason := $item.history.L[-1].M.reason.S;
        {
          "status": $exists($item.status.S) ? $item.status.S : "MISSING",
          "reason": $exists($reason) ? $reason : "No reason was given."
        }
      )`),
      Next: "DecideLifecycle",
    }),
    DecideLifecycle: choice({
      Choices: [
        {
          // LIVE comes after READY: the stream was confirmed, and has moved on.
          Condition: jsonata('$states.input.status in ["READY", "LIVE"]'),
          Assign: { confirmed: "READY" },
          Output: {},
          Next: "PublishReadyNotification",
        },
        {
          // READY came before it: a scheduled start, which alone ends without READY, is cancelled before this.
          Condition: jsonata('$states.input.status = "COMPLETE"'),
          Assign: { confirmed: "COMPLETE" },
          Output: {},
          Next: "PublishReadyNotification",
        },
      ],
      Assign: {
        failure: {
          state: "AwaitLifecycleConfirmation",
          error: workflowError("ConfirmationFailed"),
          cause: jsonata('"The stream is " & $states.input.status & ": " & $states.input.reason'),
        },
        ...removePlayback.reset,
      },
      Output: {},
      Default: removePlayback.next,
    }),
  } as const satisfies States;
}
