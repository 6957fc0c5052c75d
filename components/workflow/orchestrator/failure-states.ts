import { jsonata, task } from "../shared/asl";
import { undoStates } from "../shared/cleanup-states";
import { causeOfError, execution, executionId, lambdaTimeoutSeconds } from "../shared/expressions";
import { withLargeData } from "../shared/failures";
import { handleFailureRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";

/** Undoes what an attempt did, and then handles the failure. */
export function compensationStates(settings: OrchestratorSettings) {
  return {
    ...undoStates(settings, executionId, "HandleProvisionFailure"),
    HandleProvisionFailure: task({
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: {
        FunctionName: settings.handleFailureFunctionArn,
        Payload: {
          request: jsonata("$states.context.Execution.Input"),
          execution: execution(),
          channels: settings.channels.map((entry) => ({ ...entry })),
          failure: jsonata("$failure"),
          // The request stands above already: with the text of it once more, all could pass 256 KiB.
          provision: jsonata(`$provision = null ? null : {
            "request": { "streamId": $provision.request.streamId },
            "attempt": $provision.attempt,
            "channel": $provision.channel
          }`),
          leftovers: jsonata("$leftovers"),
        },
      },
      TimeoutSeconds: lambdaTimeoutSeconds,
      Retry: handleFailureRetriers,
      Catch: withLargeData({
        ErrorEquals: ["States.ALL"],
        Assign: {
          failure: jsonata(
            `$merge([$failure, { "cause": $failure.cause & " Recording it failed too: " & $states.errorOutput.Error & ": " & ${causeOfError} }])`,
          ),
        },
        Output: {},
        Next: "WorkflowFailed",
      }),
      Output: {},
      Next: "WorkflowFailed",
    }),
  } as const satisfies States;
}
