import { type Channel, type SweepStreamsEvent, sweepTimeoutSeconds } from "../../../contracts/internal";
import { choice, fail, map, type StateMachineDefinition, succeed, task } from "../shared/asl";
import { execution, invocation } from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { recurringFunctionRetriers } from "../shared/retriers";
import { withoutStates } from "../shared/without-states";
import { type ChannelState, channelStates } from "./channel-states";
import { type LateEntryState, lateEntryStates } from "./late-entry-states";
import {
  type PlayingChannelSettings,
  type PlayingChannelState,
  playingChannelStates,
} from "./playing-channel-states";
import { restoreAdvice } from "./restore-expressions";
import {
  type ClaimState,
  type RestoreSettings,
  type RestoreState,
  restoreFromStart,
  restoreStates,
  sweepOutput,
} from "./restore-states";

/** A state of `StreamSweep`. */
export type SweepState =
  | "SweepStreams"
  | "CheckFreeChannels"
  | ChannelState
  | "CheckPlayingChannels"
  | PlayingChannelState
  | "CheckLateEntries"
  | LateEntryState
  | RestoreState
  | ClaimState
  | "DecideReport"
  | "SweepSucceeded"
  | "SweepIncomplete"
  | "UnownedChannelFound"
  | "PlaybackEntryWasMissing";

/** What the definition of `StreamSweep` is built for. */
export interface SweepSettings extends RestoreSettings, PlayingChannelSettings {
  readonly sweepFunctionArn: string;
  readonly channels: readonly Channel[];
  /** Whether a channel that runs for no stream is stopped, and not only reported. */
  readonly stopUnowned: boolean;
}

/**
 * Builds the definition of `StreamSweep`, which regularly looks for what every other guard missed. Its function mends what
 * the tables tell; then the channels that no stream has are looked at. One that runs makes the execution fail, which raises the
 * alarm; the sweep leases it for the seconds in which it stops or reports it, so that no stream takes it meanwhile. The channels of
 * streams that are up are looked at as well: StreamHealth acts on one that is down. Playback entries
 * that came into a distribution after their cleanup are removed. Last, the playback
 * entries of the streams that are up are looked at, and restored where another program took them out: this fails the
 * execution, too, but an entry that is removed again and again does so once.
 */
export function streamSweep(settings: SweepSettings): StateMachineDefinition<SweepState> {
  const isUpdated = settings.playback.update === "stream";
  const restore = restoreStates<SweepState>(settings, {
    checkLateEntries: "CheckLateEntries",
    checkChannels: "CheckPlayingChannels",
    next: "DecideReport",
    whenAllIsWell: "SweepSucceeded",
  });
  const definition: StateMachineDefinition<SweepState> = {
    Comment: "StreamSweep: finds what died, what was not announced, and what runs for nobody.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: sweepTimeoutSeconds,
    StartAt: "SweepStreams",
    States: {
      SweepStreams: task({
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: invocation<SweepStreamsEvent>(settings.sweepFunctionArn, {
          execution,
          channels: settings.channels,
        }),
        TimeoutSeconds: 130,
        Retry: recurringFunctionRetriers,
        Assign: {
          problems: jsonata("$states.result.Payload.problem = null ? [] : [$states.result.Payload.problem]"),
          playing: jsonata("$states.result.Payload.playing"),
          lateEntries: jsonata("$states.result.Payload.lateEntries"),
          removedEntries: [],
          ...restoreFromStart,
        },
        Output: { freeChannels: jsonata("$states.result.Payload.freeChannels") },
        Next: "CheckFreeChannels",
      }),
      CheckFreeChannels: map({
        Items: jsonata("$states.input.freeChannels"),
        MaxConcurrency: 5,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "ReadFreeChannel",
          States: channelStates(settings),
        },
        Assign: {
          reports: jsonata("[$states.result[report != null].report]"),
          stoppedHere: jsonata("[$states.result[stopped].channelId]"),
        },
        Output: {},
        Next: "DecidePlaybackCheck",
      }),
      // Only where a stream is up: see DecidePlaybackCheck.
      CheckPlayingChannels: map({
        // A channel that left the pool is out of this deployment's reach.
        Items: jsonata("[$playing[channel != null]]"),
        MaxConcurrency: 5,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "ReadPlayingChannel",
          States: playingChannelStates(settings),
        },
        Assign: { problems: jsonata("[$problems, $states.result[report != null].report]") },
        Output: {},
        Next: "ReadPlaybackEntries",
      }),
      // Only where there is one: see DecidePlaybackCheck.
      CheckLateEntries: map({
        Items: jsonata("$lateEntries"),
        // Two updates of one distribution would meet.
        MaxConcurrency: 1,
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "DecideLateEntryReach",
          States: lateEntryStates(settings),
        },
        Assign: {
          lateEntries: [],
          problems: jsonata("[$problems, $states.result[report != null].report]"),
          removedEntries: jsonata("[$states.result[removed].originId]"),
        },
        Output: {},
        Next: "DecidePlaybackCheck",
      }),
      ...restore,
      DecideReport: choice({
        Choices: [
          { Condition: jsonata("$count($reports) > 0"), Output: {}, Next: "UnownedChannelFound" },
          ...(isUpdated
            ? [
                {
                  Condition: jsonata("$count($lost) + $count($restored) > 0"),
                  Output: {},
                  Next: "PlaybackEntryWasMissing" as const,
                },
              ]
            : []),
          { Condition: jsonata("$count($problems) > 0"), Output: {}, Next: "SweepIncomplete" },
        ],
        Output: sweepOutput,
        Default: "SweepSucceeded",
      }),
      // A late start that was stopped and a late entry that was removed are handled: the output tells of them, and no alarm.
      SweepSucceeded: succeed({}),
      SweepIncomplete: fail({ Error: "SweepIncomplete", Cause: causeOf("$problems") }),
      UnownedChannelFound: fail({
        Error: "UnownedChannelFound",
        Cause: causeOf("$reports, $lost, $restored, $problems"),
      }),
      PlaybackEntryWasMissing: fail({
        Error: jsonata('$count($lost) > 0 ? "PlaybackEntryMissing" : "PlaybackEntryRestored"'),
        Cause: causeOf(`$lost, $restored, ${JSON.stringify(restoreAdvice)}, $problems`),
      }),
    } as StateMachineDefinition<SweepState>["States"],
  };
  const { DecidePlaybackCheck: _, ...others } = restore;
  return isUpdated
    ? definition
    : withoutStates(definition, [
        { states: ["DecidePlaybackCheck"], next: "CheckPlayingChannels" },
        { states: [...Object.keys(others), "CheckLateEntries"], next: "DecideReport" },
      ]);
}

/** A cause has at most 32,768 characters. */
const causeOf = (sentences: string) => jsonata(`$substring($join([${sentences}], " "), 0, 32768)`);
