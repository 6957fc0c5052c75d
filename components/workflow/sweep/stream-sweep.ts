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
  | "DecideReport"
  | "SweepSucceeded"
  | "SweepIncomplete"
  | "UnownedChannelFound";

/** What the definition of `StreamSweep` is built for. */
export interface SweepSettings {
  readonly sweepFunctionArn: string;
  readonly leaseTableName: string;
  readonly channels: readonly Channel[];
  /** Whether a channel that runs for no stream is stopped, and not only reported. */
  readonly stopUnowned: boolean;
}

/**
 * Builds the definition of `StreamSweep`, which regularly looks for what every other guard missed. Its function mends what
 * the tables tell; then the channels that no stream has are looked at, each leased by the sweep meanwhile so that no
 * stream can take it in the same moment. One that runs makes the execution fail, which raises the alarm.
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
          problem: jsonata("$states.result.Payload.problem"),
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
        Next: "DecideReport",
      }),
      DecideReport: choice({
        Choices: [
          {
            Condition: jsonata("$count($states.input[report != null]) > 0"),
            Next: "UnownedChannelFound",
          },
          { Condition: jsonata("$problem != null"), Output: {}, Next: "SweepIncomplete" },
        ],
        Output: { stoppedHere: jsonata("[$states.input[stopped].channelId]") },
        Default: "SweepSucceeded",
      }),
      // A late start that was stopped is handled: the output tells of it, and no alarm.
      SweepSucceeded: succeed({}),
      SweepIncomplete: fail({
        Error: "SweepIncomplete",
        Cause: jsonata("$substring($problem, 0, 32768)"),
      }),
      UnownedChannelFound: fail({
        Error: "UnownedChannelFound",
        Cause: jsonata(
          '$join($append($states.input[report != null].report, $problem = null ? [] : [$problem]), " ")',
        ),
      }),
    } as StateMachineDefinition<SweepState>["States"],
  };
}

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
