import type { SendWebhookEvent } from "../../../contracts/internal";
import { type StateMachineDefinition, succeed, task } from "../shared/asl";
import { callTimeoutSeconds, invocation, lambdaTimeoutSeconds } from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { sqsRetriers, webhookRetriers } from "../shared/retriers";

/** A state of `StreamWebhooks`. */
export type WebhookState = "SendWebhook" | "KeepLetter" | "WebhookSent" | "LetterKept";

export interface WebhookSettings {
  readonly sendFunctionArn: string;
  readonly deadLetterQueueUrl: string;
}

/** A day of tries takes as long; each of them a minute at most. */
const timeoutSeconds = 2 * 86_400;

/**
 * Builds the definition of `StreamWebhooks`: posts a notification to a webhook that wants it signed, for a day, as EventBridge would call an API destination. It cannot sign. The
 * input is the event StreamNotification; what cannot be delivered becomes a dead letter.
 */
export function streamWebhooks(settings: WebhookSettings): StateMachineDefinition<WebhookState> {
  return {
    Comment: "StreamWebhooks: hands a notification to a webhook that wants its requests signed.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: timeoutSeconds,
    StartAt: "SendWebhook",
    States: {
      SendWebhook: task({
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: invocation<SendWebhookEvent>(settings.sendFunctionArn, {
          notification: jsonata("$states.input.detail"),
        }),
        TimeoutSeconds: lambdaTimeoutSeconds,
        Retry: webhookRetriers,
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Output: {
              event: jsonata("$states.input"),
              error: jsonata("$states.errorOutput.Error"),
              cause: jsonata("$states.errorOutput.Cause"),
            },
            Next: "KeepLetter",
          },
        ],
        Output: {},
        Next: "WebhookSent",
      }),
      KeepLetter: task({
        Resource: "arn:aws:states:::sqs:sendMessage",
        Arguments: {
          QueueUrl: settings.deadLetterQueueUrl,
          MessageBody: jsonata("$string($states.input.event)"),
          // As EventBridge names them.
          MessageAttributes: {
            ERROR_CODE: { DataType: "String", StringValue: jsonata("$states.input.error") },
            ERROR_MESSAGE: {
              DataType: "String",
              StringValue: jsonata('$substring($states.input.cause & " ", 0, 1000)'),
            },
          },
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: sqsRetriers,
        Output: {},
        Next: "LetterKept",
      }),
      WebhookSent: succeed({ Output: {} }),
      LetterKept: succeed({ Output: {} }),
    },
  };
}
