import { ownProvisioningAttempt, type ValidateProvisionRequestEvent } from "../../../contracts/internal";
import { choice, task } from "../shared/asl";
import { statusValue, updateAttempt } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  event,
  execution,
  executionId,
  invocation,
  lambdaTimeoutSeconds,
} from "../shared/expressions";
import { caught, nothingToCleanUp } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { dynamoDbSdkRetriers, eventBridgeRetriers, validateRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { hasInputs, leased } from "./lease-event";

/** From a stream that is known to one that may start: not before its time. */
export function startStates(settings: OrchestratorSettings) {
  return {
    DecideStart: choice({
      Choices: [
        { Condition: jsonata("$provision.heldUntil != null"), Output: {}, Next: "HoldUntilLeadTime" },
      ],
      Output: {},
      Default: "ReservePlaybackPlace",
    }),
    HoldUntilLeadTime: task({
      // A Wait could not be ended. This waits for the same token as the confirmation does, and its timeout is the start.
      Resource: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
      Arguments: updateAttempt(settings.tableName, {
        update: "SET taskToken = :token, heldUntil = :heldUntil",
        condition: ownProvisioningAttempt,
        values: {
          ":token": { S: jsonata("$states.context.Task.Token") },
          ":heldUntil": { S: jsonata("$provision.heldUntil") },
          ":me": { S: executionId },
          ":provisioning": statusValue("PROVISIONING"),
        },
      }),
      TimeoutSeconds: jsonata(
        "$max([1, $ceil(($toMillis($provision.heldUntil) - $toMillis($states.context.State.EnteredTime)) / 1000)])",
      ),
      Retry: dynamoDbSdkRetriers,
      Catch: [
        // The time has come; or the stream was confirmed or ended in this very moment, which ClaimEncoderChannel sees.
        {
          ErrorEquals: ["States.Timeout", "DynamoDb.ConditionalCheckFailedException"],
          Output: {},
          Next: "LeaseHeldChannel",
        },
        caught("HoldUntilLeadTime", nothingToCleanUp),
      ],
      Output: {},
      Next: "LeaseHeldChannel",
    }),
    LeaseHeldChannel: task({
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: invocation<ValidateProvisionRequestEvent>(settings.validateFunctionArn, {
        request: jsonata("$states.context.Execution.Input"),
        execution,
        leadTimeMinutes: settings.leadTimeMinutes,
        held: true,
        setsInputs: true,
      }),
      TimeoutSeconds: lambdaTimeoutSeconds,
      Retry: validateRetriers,
      Catch: [caught("LeaseHeldChannel", nothingToCleanUp)],
      Assign: { provision: jsonata("$states.result.Payload") },
      Output: {},
      Next: "PublishHeldChannel",
    }),
    PublishHeldChannel: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(
            settings,
            "StreamLifecycleProgressed",
            jsonata<string>(`${hasInputs} ? $error("Its inputs are to be read first.") : ${leased}`),
          ),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "ReservePlaybackPlace" },
        caught("PublishHeldChannel", nothingToCleanUp),
      ],
      Output: {},
      Next: "ReservePlaybackPlace",
    }),
  } as const satisfies States;
}
