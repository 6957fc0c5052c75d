import { leaseExpression, ownLease } from "../../../contracts/internal";
import { choice, task, wait } from "../shared/asl";
import { statusValue, updateAttempt } from "../shared/attempt-item";
import {
  attemptDistributionId,
  callTimeoutSeconds,
  channelIsUp,
  channelStartsLater,
  channelWaitSeconds,
  enteredTime,
  executionId,
  leasedChannel,
  leaseKey,
  maxStartTries,
  redrives,
  unlessRedriven,
} from "../shared/expressions";
import { cancelled, caught, endedBeforeStart, nothingToCleanUp, stopChannel } from "../shared/failures";
import { jsonata, partOfJsonata } from "../shared/jsonata";
import { originIdOfAttempt } from "../shared/origin-ids";
import { noUpdates } from "../shared/playback-updates";
import { dynamoDbRetriers, mediaLiveRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { viewer } from "../shared/viewer";
import { hasPlace } from "./place-states";

/** Whether the channel has inputs that this attempt has not set yet, in JSONata. */
const inputsAreMissing = partOfJsonata("($count($provision.inputs) > 0 and $not($inputsAreSet))");

/** Starts the channel, whatever it was doing before, and only while the attempt holds its lease. */
export function encoderStates({ tableName, leaseTableName, playback }: OrchestratorSettings) {
  const isUpdated = playback.update === "stream";
  return {
    ReadChannelState: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: {
        ChannelId: jsonata(
          isUpdated
            ? `${hasPlace} ? $provision.channel.channelId : $error("The distribution has no place for the stream.")`
            : "$provision.channel.channelId",
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        ...(isUpdated
          ? [
              {
                ErrorEquals: ["States.QueryEvaluationError"],
                Output: {},
                Next: "DecidePlaybackCapacity" as const,
              },
            ]
          : []),
        caught("ReadChannelState", nothingToCleanUp),
      ],
      Assign: {
        // A channel that was up already is not for this attempt to stop, unless an earlier attempt's start took effect late.
        channelWasRunning: jsonata(
          `$states.result.State in ${channelIsUp} and $not($provision.channel.startedHere = true)`,
        ),
        channelTries: 0,
        playbackTries: 0,
        turnTries: 0,
        places: [],
        isRequested: false,
        inputs: [],
        inputsAreSet: false,
        ...noUpdates,
      },
      Output: {},
      Next: "ClaimEncoderChannel",
    }),
    ClaimEncoderChannel: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update:
          "SET channelId = :channelId, ownsChannel = :ownsChannel, originId = :originId, distributionId = :distributionId, viewer = :viewer REMOVE heldUntil",
        // From here on the item says what there is to clean up, should this execution die.
        condition: "executionArn = :me AND NOT #status IN (:failed, :complete)",
        values: {
          ":channelId": { S: jsonata("$provision.channel.channelId") },
          ":ownsChannel": { BOOL: jsonata("$not($channelWasRunning)") },
          ":originId": { S: jsonata(originIdOfAttempt(playback)) },
          ":distributionId": { S: attemptDistributionId },
          ":viewer": { S: jsonata(`$exists(${viewer}) ? $string(${viewer}) : "null"`) },
          ":me": { S: executionId },
          ":failed": statusValue("FAILED"),
          ":complete": statusValue("COMPLETE"),
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        // A redriven execution may have started the channel before it was stopped.
        cancelled(endedBeforeStart, stopChannel),
        caught("ClaimEncoderChannel", nothingToCleanUp),
      ],
      Output: {},
      Next: "ConfirmEncoderLease",
    }),
    ConfirmEncoderLease: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: leaseKey,
        // Tells the cleanup that a start may be under way.
        UpdateExpression: leaseExpression("SET startedAt = :now, ownsChannel = :ownsChannel"),
        ConditionExpression: ownLease,
        ExpressionAttributeValues: {
          ":now": { S: enteredTime },
          ":ownsChannel": { BOOL: jsonata("$not($channelWasRunning)") },
          ":me": { S: executionId },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        cancelled("The attempt has lost the lease on its channel: it was cleaned up.", nothingToCleanUp),
        caught("ConfirmEncoderLease", stopChannel),
      ],
      Assign: { confirmedRedrives: jsonata(redrives) },
      Output: {},
      Next: "ProvisionEncoderInfrastructure",
    }),
    ProvisionEncoderInfrastructure: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:startChannel",
      Arguments: {
        ChannelId: unlessRedriven(
          `(${inputsAreMissing} ? $error("Its inputs are to be set first.") : ${partOfJsonata("$provision.channel.channelId")})`,
          "its lease is to be confirmed first",
        ),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadConflictingChannel" },
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideInput" },
        caught("ProvisionEncoderInfrastructure", stopChannel),
      ],
      // The result carries the channel's encoder settings, which can be large.
      Output: {},
      Next: "ConfigurePlaybackEndpoints",
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
          Condition: jsonata<string>(`$states.input.state in ${channelIsUp} and ${inputsAreMissing}`),
          Assign: {
            failure: {
              state: "ProvisionEncoderInfrastructure",
              error: "ChannelNotStartable",
              cause: jsonata(
                '"Channel " & $provision.channel.channelId & " is " & $states.input.state & ", and MediaLive sets the sources of idle channels alone."',
              ),
            },
            ...stopChannel.reset,
          },
          Output: {},
          Next: stopChannel.next,
        },
        {
          // The attempt holds the channel's lease: a start that took effect unnoticed was its own.
          Condition: jsonata(`$states.input.state in ${channelIsUp}`),
          Output: {},
          Next: "ConfigurePlaybackEndpoints",
        },
        {
          // Idle again, or about to be.
          Condition: jsonata(
            `$states.input.state in ${channelStartsLater} and $channelTries < ${maxStartTries}`,
          ),
          // What ran before does not run any more: the start to come is this attempt's.
          Assign: { channelWasRunning: false },
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
      Next: "ClaimEncoderChannel",
    }),
  } as const satisfies States;
}
