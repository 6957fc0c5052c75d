import type { HandleProvisionFailureEvent } from "../../../contracts/internal";
import { choice, task } from "../shared/asl";
import { cleanupStates } from "../shared/cleanup-states";
import {
  attemptDistributionId,
  causeOfError,
  execution,
  executionId,
  invocation,
  lambdaTimeoutSeconds,
} from "../shared/expressions";
import { withLargeData } from "../shared/failures";
import { jsonata, objectText, partOfJsonata } from "../shared/jsonata";
import { originIdOfAttempt } from "../shared/origin-ids";
import { sourceOfAttempt } from "../shared/playback-settings";
import { handleFailureRetriers } from "../shared/retriers";
import type { OrchestratorSettings, OrchestratorState, States } from "../shared/settings";

/** The states in which an update that adds the entry may be under way: the attempt's own, or another's after the attempt has asked for it. */
const statesBeforeEntry: readonly OrchestratorState[] = [
  "AcquirePlaybackTurn",
  "ReadPlaybackConfiguration",
  "ConfigurePlaybackEndpoints",
  "ConfigurePlaybackBatch",
];

/** Cleans up after an attempt, and then handles the failure. */
export function failureStates(settings: OrchestratorSettings) {
  const { playback } = settings;
  return {
    DecidePlaybackRemoval: choice({
      Choices: [{ Condition: jsonata("$isRequested"), Output: {}, Next: "AcquireRemovalTurn" }],
      Output: {},
      Default: "ReleaseRemovalTurn",
    }),
    ...cleanupStates(
      settings,
      {
        distributionId: attemptDistributionId,
        originId: originIdOfAttempt(playback),
        // Where a later deployment has taken the right away, StreamTeardown says so.
        isReachable: "true",
        // Every later state has seen the update's answer.
        mayComeLate: `$failure.state in ${JSON.stringify(statesBeforeEntry)}`,
        source: sourceOfAttempt(playback),
      },
      executionId,
      "true",
      "HandleProvisionFailure",
    ),
    HandleProvisionFailure: task({
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: invocation<HandleProvisionFailureEvent>(settings.handleFailureFunctionArn, {
        request: jsonata("$states.context.Execution.Input"),
        execution,
        failure: jsonata("$failure"),
        // The request is above already: its text once more could exceed 256 KiB.
        provision: jsonata(
          `$provision = null ? null : ${objectText<NonNullable<HandleProvisionFailureEvent["provision"]>>({
            request: partOfJsonata('{ "streamId": $provision.request.streamId }'),
            attempt: partOfJsonata("$provision.attempt"),
            channel: partOfJsonata("$provision.channel"),
          })}`,
        ),
        leftovers: jsonata("$leftovers"),
        abandoned: jsonata("$abandoned"),
      }),
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
