import type { HealthInput } from "../../../contracts/internal";
import { choice, type State, succeed, task } from "../shared/asl";
import { callTimeoutSeconds, causeOfError, channelIsUp } from "../shared/expressions";
import { jsonata, objectText } from "../shared/jsonata";
import { mediaLiveRetriers, stepFunctionsRetriers } from "../shared/retriers";

/** The states that look at the channel of one stream that is up. */
export type PlayingChannelState =
  | "ReadPlayingChannel"
  | "DecidePlayingChannel"
  | "StartHealthCheck"
  | "PlayingChannelChecked";

export interface PlayingChannelSettings {
  readonly healthStateMachineArn: string;
}

const healthInput = objectText<Extract<HealthInput, { kind: "loss" }>>({
  kind: '"loss"',
  streamId: "$states.input.request.streamId",
  attempt: "$states.input.attempt",
  channelId: "$states.input.channel.channelId",
});

/**
 * The channel of a stream that is READY or LIVE. MediaLive's events are best effort: where none told that the channel is down, StreamHealth is started
 * now, as an event would have it. It asks again, and what has been done stands on the item.
 */
export function playingChannelStates({ healthStateMachineArn }: PlayingChannelSettings): {
  readonly [name in PlayingChannelState]: State<PlayingChannelState>;
} {
  const failed = {
    ErrorEquals: ["States.ALL"],
    Output: {
      report: jsonata(
        `"Channel " & $states.input.channel.channelId & " of stream " & $states.input.request.streamId & " could not be looked at: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
      ),
    },
    Next: "PlayingChannelChecked" as const,
  };
  return {
    ReadPlayingChannel: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: { ChannelId: jsonata("$states.input.channel.channelId") },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        {
          ErrorEquals: ["MediaLive.NotFoundException"],
          Output: jsonata('$merge([$states.input, { "state": "DELETED" }])'),
          Next: "DecidePlayingChannel",
        },
        failed,
      ],
      Output: jsonata('$merge([$states.input, { "state": $states.result.State }])'),
      Next: "DecidePlayingChannel",
    }),
    DecidePlayingChannel: choice({
      Choices: [
        {
          Condition: jsonata(`$states.input.state in ${channelIsUp}`),
          Output: { report: null },
          Next: "PlayingChannelChecked",
        },
      ],
      Default: "StartHealthCheck",
    }),
    StartHealthCheck: task({
      Resource: "arn:aws:states:::aws-sdk:sfn:startExecution",
      Arguments: {
        StateMachineArn: healthStateMachineArn,
        // One for each sweep and channel, however often the call is repeated.
        Name: jsonata(
          '$substring($states.context.Execution.Name, 0, 60) & "-" & $states.input.channel.channelId',
        ),
        Input: jsonata(`$string(${healthInput})`),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: stepFunctionsRetriers,
      Catch: [
        {
          ErrorEquals: ["Sfn.ExecutionAlreadyExistsException"],
          Output: { report: null },
          Next: "PlayingChannelChecked",
        },
        failed,
      ],
      Output: { report: null },
      Next: "PlayingChannelChecked",
    }),
    PlayingChannelChecked: succeed({}),
  };
}
