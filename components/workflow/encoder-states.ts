import { choice, jsonata, task, wait } from "./asl";
import {
  callTimeoutSeconds,
  channelIsUp,
  channelTries,
  channelWaitSeconds,
  leasedChannel,
} from "./expressions";
import { caught, nothingToUndo, stopChannel } from "./failures";
import { mediaLiveRetriers } from "./retriers";
import type { States } from "./settings";

/** Starts the channel, whatever it was doing before. */
export function encoderStates() {
  return {
    ReadChannelState: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [caught("ReadChannelState", nothingToUndo)],
      Assign: {
        // A channel that was up already is somebody else's to stop, unless it was left by a stream that has ended.
        channelWasRunning: jsonata(
          `$states.result.State in ${channelIsUp} and $not($provision.channel.takenOver)`,
        ),
        channelTries: 0,
        playbackTries: 0,
      },
      Output: {},
      Next: "ProvisionEncoderInfrastructure",
    }),
    ProvisionEncoderInfrastructure: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:startChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadConflictingChannel" },
        caught("ProvisionEncoderInfrastructure", stopChannel),
      ],
      // The result carries the channel's encoder settings, which can be large.
      Output: {},
      Next: "ReadPlaybackConfiguration",
    }),
    ReadConflictingChannel: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [caught("ReadConflictingChannel", stopChannel)],
      Output: { state: jsonata("$states.result.State") },
      Next: "DecideChannelState",
    }),
    DecideChannelState: choice({
      Choices: [
        {
          // The attempt holds the channel's lease: a start that took effect unnoticed was its own.
          Condition: jsonata(`$states.input.state in ${channelIsUp}`),
          Output: {},
          Next: "ReadPlaybackConfiguration",
        },
        {
          // Idle again, or about to be.
          Condition: jsonata(
            `$states.input.state in ["IDLE", "STOPPING", "UPDATING"] and $channelTries < ${channelTries}`,
          ),
          Output: {},
          Next: "WaitForChannel",
        },
      ],
      Assign: {
        failure: {
          state: "ProvisionEncoderInfrastructure",
          error: "ChannelNotStartable",
          cause: jsonata('"Channel " & $provision.channel.channelId & " is " & $states.input.state & "."'),
        },
        leftovers: [],
      },
      Output: {},
      // The channel is not up, so that there is nothing to stop.
      Default: "HandleProvisionFailure",
    }),
    WaitForChannel: wait({
      Seconds: channelWaitSeconds,
      Assign: { channelTries: jsonata("$channelTries + 1") },
      Next: "ProvisionEncoderInfrastructure",
    }),
  } as const satisfies States;
}
