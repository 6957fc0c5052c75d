import {
  type Channel,
  ownLease,
  type SweepStreamsEvent,
  sweepTimeoutSeconds,
} from "../../../contracts/internal";
import { choice, fail, map, type StateMachineDefinition, succeed, task } from "../shared/asl";
import {
  callTimeoutSeconds,
  causeOfError,
  channelIsUp,
  execution,
  executionId,
  invocation,
  type LeaseKey,
  startRecordKey,
} from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { dynamoDbRetriers, mediaLiveRetriers, sweepRetriers } from "../shared/retriers";
import { restoreAdvice } from "./restore-expressions";
import {
  type ClaimState,
  type RestoreSettings,
  type RestoreState,
  restoreFromStart,
  restoreStates,
} from "./restore-states";

/** A state of `StreamSweep`. */
export type SweepState =
  | "SweepStreams"
  | "CheckFreeChannels"
  | "ReadFreeChannel"
  | "DecideFreeChannel"
  | "StopStartedChannel"
  | "ForgetEncoderStart"
  | "StopUnownedChannel"
  | "ReturnFreeChannel"
  | "FreeChannelChecked"
  | RestoreState
  | ClaimState
  | "DecideReport"
  | "SweepSucceeded"
  | "SweepIncomplete"
  | "UnownedChannelFound"
  | "PlaybackEntryWasMissing";

/** What the definition of `StreamSweep` is built for. */
export interface SweepSettings extends RestoreSettings {
  readonly sweepFunctionArn: string;
  readonly channels: readonly Channel[];
  /** Whether a channel that runs for no stream is stopped, and not only reported. */
  readonly stopUnowned: boolean;
}

/**
 * Builds the definition of `StreamSweep`, which regularly looks for what every other guard missed. Its function mends what
 * the tables tell; then the channels that no stream has are looked at, each leased by the sweep meanwhile so that no
 * stream can take it in the same moment. One that runs makes the execution fail, which raises the alarm. Last, the playback
 * entries of the streams that are up are looked at, and restored where another program took them out: this fails the
 * execution, too, but an entry that is removed again and again does so once.
 */
export function streamSweep(settings: SweepSettings): StateMachineDefinition<SweepState> {
  return {
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
        Retry: sweepRetriers,
        Assign: {
          problems: jsonata("$states.result.Payload.problem = null ? [] : [$states.result.Payload.problem]"),
          playing: jsonata("$states.result.Payload.playing"),
          ...restoreFromStart,
          startedHere: jsonata("[$states.result.Payload.startedHere]"),
          settledStarts: jsonata("[$states.result.Payload.settledStarts]"),
        },
        Output: { channelIds: jsonata("$states.result.Payload.unowned") },
        Next: "CheckFreeChannels",
      }),
      CheckFreeChannels: map({
        Items: jsonata("$states.input.channelIds"),
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
      ...restoreStates(settings, "DecideReport"),
      DecideReport: choice({
        Choices: [
          { Condition: jsonata("$count($reports) > 0"), Output: {}, Next: "UnownedChannelFound" },
          {
            Condition: jsonata("$count($lost) + $count($restored) > 0"),
            Output: {},
            Next: "PlaybackEntryWasMissing",
          },
          { Condition: jsonata("$count($problems) > 0"), Output: {}, Next: "SweepIncomplete" },
        ],
        Output: { stoppedHere: jsonata("$stoppedHere") },
        Default: "SweepSucceeded",
      }),
      // A late start that was stopped is handled: the output tells of it, and no alarm.
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
}

/** A cause has at most 32,768 characters. */
const causeOf = (sentences: string) => jsonata(`$substring($join([${sentences}], " "), 0, 32768)`);

/** One channel that no stream has: what it does, and whether that is to be reported. */
function channelStates({ leaseTableName, stopUnowned }: SweepSettings) {
  const channelId = jsonata("$channelId");
  return {
    ReadFreeChannel: task<SweepState>({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: { ChannelId: jsonata("$states.input") },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            channelId: jsonata("$states.input"),
            stopped: false,
            report: jsonata(
              `"Channel " & $states.input & " cannot be read: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
            ),
          },
          Output: {},
          Next: "ReturnFreeChannel",
        },
      ],
      Assign: {
        channelId: jsonata("$states.input"),
        state: jsonata("$states.result.State"),
        report: null,
        stopped: false,
      },
      Output: {},
      Next: "DecideFreeChannel",
    }),
    DecideFreeChannel: choice<SweepState>({
      Choices: [
        {
          Condition: jsonata(`$state in ${channelIsUp} and $channelId in $startedHere`),
          Output: {},
          Next: "StopStartedChannel",
        },
        {
          Condition: jsonata(`$not($state in ${channelIsUp}) and $channelId in $settledStarts`),
          Output: {},
          Next: "ForgetEncoderStart",
        },
        {
          Condition: jsonata(`$state in ${channelIsUp}`),
          Assign: {
            report: jsonata(
              stopUnowned
                ? '"Channel " & $channelId & " was " & $state & " and no stream has it; it is being stopped."'
                : '"Channel " & $channelId & " is " & $state & " and no stream has it: stop it, or set encoder.stopUnowned."',
            ),
          },
          Output: {},
          Next: stopUnowned ? "StopUnownedChannel" : "ReturnFreeChannel",
        },
      ],
      Output: {},
      Default: "ReturnFreeChannel",
    }),
    StopStartedChannel: task<SweepState>({
      Resource: "arn:aws:states:::aws-sdk:medialive:stopChannel",
      Arguments: { ChannelId: channelId },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        // It is still starting: the next sweep stops it.
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReturnFreeChannel" },
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            report: jsonata(
              `"Channel " & $channelId & " is " & $state & " by a start that took effect late, and it could not be stopped: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
            ),
          },
          Output: {},
          Next: "ReturnFreeChannel",
        },
      ],
      Assign: { stopped: true },
      Output: {},
      Next: "ForgetEncoderStart",
    }),
    ForgetEncoderStart: task<SweepState>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: { TableName: leaseTableName, Key: startRecordKey("$channelId") },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // The next sweep finds the channel idle, and tries again.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "ReturnFreeChannel" }],
      Output: {},
      Next: "ReturnFreeChannel",
    }),
    ...(stopUnowned && {
      StopUnownedChannel: task<SweepState>({
        Resource: "arn:aws:states:::aws-sdk:medialive:stopChannel",
        Arguments: { ChannelId: channelId },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: mediaLiveRetriers,
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: {
              report: jsonata(
                `"Channel " & $channelId & " is " & $state & ", no stream has it, and it could not be stopped: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
              ),
            },
            Output: {},
            Next: "ReturnFreeChannel",
          },
        ],
        Output: {},
        Next: "ReturnFreeChannel",
      }),
    }),
    ReturnFreeChannel: task<SweepState>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: { channelId: { S: channelId } } satisfies LeaseKey,
        ConditionExpression: ownLease,
        ExpressionAttributeValues: { ":me": { S: executionId } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // The next sweep gives back what this one could not.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "FreeChannelChecked" }],
      Output: {},
      Next: "FreeChannelChecked",
    }),
    FreeChannelChecked: succeed({
      Output: { channelId, report: jsonata("$report"), stopped: jsonata("$stopped") },
    }),
  };
}
