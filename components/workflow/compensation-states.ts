import { choice, jsonata, task, wait } from "./asl";
import {
  callTimeoutSeconds,
  causeOfError,
  channelTries,
  channelWaitSeconds,
  execution,
  jitteredSeconds,
  lambdaTimeoutSeconds,
  leasedChannel,
  playbackTries,
  staleETag,
} from "./expressions";
import { leftBehind, withLargeData } from "./failures";
import { configurationWithoutPlayback, hasPlaybackEntry } from "./playback-configuration";
import { readDistribution } from "./read-distribution";
import { cloudFrontRetriers, handleFailureRetriers, mediaLiveRetriers } from "./retriers";
import type { OrchestratorSettings, States } from "./settings";

/** What is told of a part that could not be undone: JSONata texts. */
const channelLeftover = '"Channel " & $provision.channel.channelId & " may still run"';
const playbackLeftover =
  '"The playback entry of " & $provision.request.streamId & " is still in the distribution"';

/** Undoes what an attempt did, backwards, and then handles the failure. */
export function compensationStates(settings: OrchestratorSettings) {
  return {
    ReadPlaybackEntry: readDistribution(settings.playback, {
      Catch: leftBehind(playbackLeftover, "DecideChannelStop"),
      Next: "DecidePlaybackEntry",
    }),
    DecidePlaybackEntry: choice({
      Choices: [
        {
          Condition: jsonata(`${hasPlaybackEntry()} and $playbackTries < ${playbackTries}`),
          Next: "RemovePlaybackEntry",
        },
        {
          Condition: jsonata(hasPlaybackEntry()),
          Assign: {
            leftovers: jsonata(`[$leftovers, ${playbackLeftover} & ": too many others changed it."]`),
          },
          Output: {},
          Next: "DecideChannelStop",
        },
      ],
      Output: {},
      Default: "DecideChannelStop",
    }),
    RemovePlaybackEntry: task({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: settings.playback.distributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(configurationWithoutPlayback()),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { playbackTries: jsonata("$playbackTries + 1") },
          Output: {},
          Next: "WaitForRemovalTurn",
        },
        ...leftBehind(playbackLeftover, "DecideChannelStop"),
      ],
      Output: {},
      Next: "DecideChannelStop",
    }),
    WaitForRemovalTurn: wait({ Seconds: jitteredSeconds, Next: "ReadPlaybackEntry" }),
    DecideChannelStop: choice({
      Choices: [{ Condition: jsonata("$channelWasRunning"), Output: {}, Next: "HandleProvisionFailure" }],
      Output: {},
      Default: "StopEncoderChannel",
    }),
    StopEncoderChannel: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:stopChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadStoppingChannel" },
        ...leftBehind(channelLeftover, "HandleProvisionFailure"),
      ],
      Output: {},
      Next: "HandleProvisionFailure",
    }),
    ReadStoppingChannel: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: leasedChannel,
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: leftBehind(channelLeftover, "HandleProvisionFailure"),
      Output: { state: jsonata("$states.result.State") },
      Next: "DecideStopRetry",
    }),
    DecideStopRetry: choice({
      Choices: [
        {
          Condition: jsonata('$states.input.state in ["IDLE", "STOPPING", "DELETING", "DELETED"]'),
          Output: {},
          Next: "HandleProvisionFailure",
        },
        {
          // A channel that is still starting can be stopped once it runs.
          Condition: jsonata(`$channelTries < ${channelTries}`),
          Output: {},
          Next: "WaitForChannelStop",
        },
      ],
      Assign: {
        leftovers: jsonata(`[$leftovers, ${channelLeftover} & ": it is " & $states.input.state & "."]`),
      },
      Output: {},
      Default: "HandleProvisionFailure",
    }),
    WaitForChannelStop: wait({
      // Quick at first, for a channel that is nearly up.
      Seconds: jsonata(`$min([2 + $channelTries * 2, ${channelWaitSeconds}])`),
      Assign: { channelTries: jsonata("$channelTries + 1") },
      Next: "StopEncoderChannel",
    }),
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
