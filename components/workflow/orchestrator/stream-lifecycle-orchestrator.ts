import { fail, type StateMachineDefinition, succeed } from "../shared/asl";
import { jsonata } from "../shared/jsonata";
import type { OrchestratorSettings, OrchestratorState } from "../shared/settings";
import { removalStates, withoutStates } from "../shared/without-states";
import { completionStates } from "./completion-states";
import { confirmationStates } from "./confirmation-states";
import { encoderStates } from "./encoder-states";
import { failureStates } from "./failure-states";
import { inputStates } from "./input-states";
import { placeStates } from "./place-states";
import { playbackStates, whenPlaying } from "./playback-states";
import { readinessStates } from "./readiness-states";
import { requestStates } from "./request-states";
import { startStates } from "./start-states";

/**
 * Builds the definition of the `StreamLifecycleOrchestrator`: the contract's eleven states and the supporting states
 * that AWS makes necessary (see `contracts/internal/supporting-states.ts` for what each is for).
 *
 * Input: the body of `POST /streams`. Variables: `$provision` (what ValidateProvisionRequest made of it), `$failure`
 * (`{ state, error, cause }`), `$confirmed` (READY, or COMPLETE where the stream ended before the workflow took note of READY), `$places` (the origins that have a place in the distribution), `$leftovers` (what could not be cleaned up,
 * in words), `$abandoned` (what the workflow will not clean up any more), and the counters of the loops.
 *
 * After a failure, supporting states of HandleProvisionFailure clean up backwards from where it happened: the playback
 * entry, then the channel, if this attempt started it. What cannot be cleaned up is noted and does not stop the rest.
 */
export function streamLifecycleOrchestrator(
  settings: OrchestratorSettings,
): StateMachineDefinition<OrchestratorState> {
  const states = {
    ...requestStates(settings),
    ...startStates(settings),
    ...placeStates(settings),
    ...encoderStates(settings),
    ...inputStates(settings),
    ...playbackStates(settings),
    ...readinessStates(settings),
    ...confirmationStates(settings),
    ...completionStates(settings),
    ...failureStates(settings),
    WorkflowSucceeded: succeed({
      Output: {
        streamId: jsonata("$provision.request.streamId"),
        attempt: jsonata("$provision.attempt"),
        status: jsonata("$confirmed"),
      },
    }),
    WorkflowFailed: fail({
      Error: jsonata("$substring($failure.error, 0, 256)"),
      Cause: jsonata("$substring($failure.cause, 0, 32768)"),
    }),
  };
  const definition: StateMachineDefinition<OrchestratorState> = {
    Comment: "StreamLifecycleOrchestrator: takes a stream from requested to ready, or undoes what it began.",
    QueryLanguage: "JSONata",
    StartAt: "ValidateProvisionRequest",
    States: states,
  };
  if (settings.playback.update === "stream") return withoutStates(definition, []);
  const { ReturnPlaybackPlace: _, ...placed } = placeStates(settings);
  return withoutStates(definition, [
    { states: Object.keys(placed), next: "ReadChannelState" },
    { states: ["ReturnPlaybackPlace"], next: "HandleProvisionFailure" },
    { states: Object.keys(playbackStates(settings)), next: whenPlaying(settings) },
    { states: removalStates(failureStates(settings)), next: "ConfirmLease" },
  ]);
}
