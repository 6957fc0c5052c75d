import { workflowError } from "../../../contracts/internal";
import type { Catcher, Template } from "./asl";
import { causeOfError } from "./expressions";
import { jsonata } from "./jsonata";
import { noUpdates } from "./playback-updates";
import type { OrchestratorState } from "./settings";

/** The cleanup after a failure: its first state, and what its loops start from. */
export interface Cleanup {
  readonly next: OrchestratorState;
  readonly reset: { readonly [variable: string]: Template };
}

/** What the loops of the cleanup states start from. */
export const cleanupFromStart = {
  leftovers: [],
  abandoned: [],
  channelTries: 0,
  playbackTries: 0,
  turnTries: 0,
  isBatchRefused: false,
  ...noUpdates,
} as const;

export const nothingToCleanUp: Cleanup = {
  next: "HandleProvisionFailure",
  reset: { leftovers: [], abandoned: [] },
};
/** Gives the place in the distribution back: no channel of this attempt runs. */
export const returnPlace: Cleanup = { ...nothingToCleanUp, next: "ReturnPlaybackPlace" };
/** Begins where the lock on the distribution goes back, since a redriven execution may have the lock. */
export const stopChannel: Cleanup = { next: "ReleaseRemovalTurn", reset: cleanupFromStart };
/** The entry is not there yet. Another execution may be about to add it, where the attempt has asked for that. */
export const withdrawPlayback: Cleanup = { next: "DecidePlaybackRemoval", reset: cleanupFromStart };
export const removePlayback: Cleanup = { next: "AcquireRemovalTurn", reset: cleanupFromStart };

/** Leads every error that has no catcher of its own to HandleProvisionFailure, through the cleanup. */
export function caught(
  state: OrchestratorState,
  { next, reset }: Cleanup,
  assign: { readonly [variable: string]: Template } = {},
): Catcher<OrchestratorState> {
  return {
    ErrorEquals: ["States.ALL"],
    Assign: {
      failure: { state, error: jsonata("$states.errorOutput.Error"), cause: jsonata(causeOfError) },
      ...reset,
      ...assign,
    },
    Output: {},
    Next: next,
  };
}

/** The same for states whose data may pass 256 KiB: States.ALL does not cover that error. */
export function caughtWithLargeData(
  state: OrchestratorState,
  cleanup: Cleanup,
): Catcher<OrchestratorState>[] {
  return withLargeData(caught(state, cleanup));
}

/** A catcher for every error there is: States.ALL leaves out this one. */
export function withLargeData<TName extends string>(all: Catcher<TName>): Catcher<TName>[] {
  return [{ ...all, ErrorEquals: ["States.DataLimitExceeded"] }, all];
}

/**
 * Notes what could not be cleaned up, and goes on with the rest.
 *
 * @param advice what to do about it, in JSONata. @default - nothing is said
 */
export function leftBehind<TName extends string>(what: string, next: TName, advice = '""'): Catcher<TName>[] {
  return withLargeData({
    ErrorEquals: ["States.ALL"],
    Assign: {
      leftovers: jsonata(
        `[$leftovers, ${what} & ": " & $states.errorOutput.Error & ": " & ${causeOfError} & ${advice}]`,
      ),
    },
    Output: {},
    Next: next,
  });
}

/** Leads an attempt to the cleanup when it may no longer start its channel: its item or its lease has changed. */
export function cancelled(cause: string, { next, reset }: Cleanup): Catcher<OrchestratorState> {
  return {
    ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
    Assign: {
      failure: { state: "ProvisionEncoderInfrastructure", error: workflowError("StreamCancelled"), cause },
      ...reset,
    },
    Output: {},
    Next: next,
  };
}

/** The cause of the failure of an attempt that was ended before its channel was started. */
export const endedBeforeStart = "The stream was ended before its channel was started.";
