import { task } from "../shared/asl";
import { callTimeoutSeconds } from "../shared/expressions";
import { caught, removePlayback } from "../shared/failures";
import { jsonata } from "../shared/jsonata";
import { stepFunctionsRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";

/** Has StreamReadiness look whether the stream is up, while this workflow waits to be told. */
export function readinessStates({ readinessStateMachineArn }: OrchestratorSettings) {
  return {
    StartReadiness: task({
      Resource: "arn:aws:states:::aws-sdk:sfn:startExecution",
      Arguments: {
        StateMachineArn: readinessStateMachineArn ?? "",
        // One for each execution of this workflow, however often the call is repeated. A name has at most 80 characters.
        Name: jsonata('$substring($states.context.Execution.Name, 0, 70) & "-readiness"'),
        Input: jsonata(
          '$string({ "streamId": $provision.request.streamId, "attempt": $provision.attempt, "executionArn": $states.context.Execution.Id, "channelId": $provision.channel.channelId })',
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: stepFunctionsRetriers,
      Catch: [
        {
          ErrorEquals: ["Sfn.ExecutionAlreadyExistsException"],
          Output: {},
          Next: "AwaitLifecycleConfirmation",
        },
        caught("StartReadiness", removePlayback),
      ],
      Output: {},
      Next: "AwaitLifecycleConfirmation",
    }),
  } as const satisfies States;
}
