import {
  leaseExpression,
  ownLease,
  type SweepLease,
  sweepLeaseSeconds,
  sweepStopSeconds,
} from "../../../contracts/internal";
import { choice, finalTask, type Retrier, type State, succeed, task } from "../shared/asl";
import {
  callTimeoutSeconds,
  causeOfError,
  channelIsUp,
  enteredTime,
  executionId,
  type LeaseKey,
  startRecordKey,
} from "../shared/expressions";
import { jsonata, type SentItem } from "../shared/jsonata";
import { dynamoDbRetriers, mediaLiveRetriers } from "../shared/retriers";

/** The states that run for each channel that no attempt has. */
export type ChannelState =
  | "ReadFreeChannel"
  | "LeaseFreeChannel"
  | "ReadLeasedChannel"
  | "DecideLeasedChannel"
  | "StopStartedChannel"
  | "ForgetEncoderStart"
  | "StopUnownedChannel"
  | "ReturnFreeChannel"
  | "FreeChannelChecked";

export interface ChannelSettings {
  readonly leaseTableName: string;
  /** Whether a channel that runs for no stream is stopped, and not only reported. */
  readonly stopUnowned: boolean;
}

/** With its retries, a stop takes a minute at most, so that it is over before the lease expires. */
const stopTimeoutSeconds = 15;
const stopRetriers: readonly Retrier[] = mediaLiveRetriers.map((retrier) => ({
  ...retrier,
  MaxAttempts: 2,
}));

/**
 * The channel that the sweep stops, as long as its lease is young. An execution that was held up, or that was stopped and redriven
 * later, takes the lease again first: a stream may have the channel by now.
 */
const leasedChannelId = jsonata(
  `$millis() - $toMillis($leasedAt) < ${sweepStopSeconds * 1000} ? $channelId : $error("The lease on the channel may have expired: it is to be taken again first.")`,
);

const epochSeconds = (plus: number) => jsonata(`$string($floor($toMillis(${entered}) / 1000) + ${plus})`);
const entered = "$states.context.State.EnteredTime";

/** The lease that the sweep writes. */
const lease: SentItem<Omit<Required<SweepLease>, "channelId" | "streamId" | "attempt">> = {
  leasedBy: { S: executionId },
  leasedAt: { S: enteredTime },
  expiresAt: { N: epochSeconds(sweepLeaseSeconds) },
  purpose: { S: "sweep" },
};

/**
 * One channel that no attempt has: what it does, and whether that is to be reported. A channel that is down needs no lease. One that
 * is up is leased, and read again under the lease: an attempt may have leased and started it since the leases were read.
 */
export function channelStates({ leaseTableName, stopUnowned }: ChannelSettings) {
  const channelId = jsonata("$channelId");
  const key = { channelId: { S: channelId } } satisfies LeaseKey;
  const readReport = (id: string) =>
    jsonata(`"Channel " & ${id} & " cannot be read: " & $states.errorOutput.Error & ": " & ${causeOfError}`);
  const stop = {
    Resource: "arn:aws:states:::aws-sdk:medialive:stopChannel",
    Arguments: { ChannelId: leasedChannelId },
    TimeoutSeconds: stopTimeoutSeconds,
    Retry: stopRetriers,
  };
  const leaseAgain = {
    ErrorEquals: ["States.QueryEvaluationError"],
    Output: {},
    Next: "LeaseFreeChannel",
  } as const;
  return {
    // Nearly always the only state: for a channel that is down, the sweep needs no other.
    ReadFreeChannel: finalTask<ChannelState>({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: { ChannelId: jsonata("$states.input.channelId") },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        {
          ErrorEquals: ["States.QueryEvaluationError"],
          Assign: {
            channelId: jsonata("$states.input.channelId"),
            startedAt: jsonata("$states.input.startedAt"),
            startIsSettled: jsonata("$states.input.startIsSettled"),
            report: null,
            stopped: false,
          },
          Output: {},
          Next: "LeaseFreeChannel",
        },
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            channelId: jsonata("$states.input.channelId"),
            stopped: false,
            report: readReport("$states.input.channelId"),
          },
          Output: {},
          Next: "FreeChannelChecked",
        },
      ],
      Output: jsonata(
        `$states.result.State in ${channelIsUp} or $states.input.startIsSettled
          ? $error("The channel is to be looked at under a lease.")
          : { "channelId": $states.input.channelId, "report": null, "stopped": false }`,
      ),
    }),
    LeaseFreeChannel: task<ChannelState>({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        TableName: leaseTableName,
        Key: key,
        UpdateExpression: leaseExpression(
          "SET leasedBy = :leasedBy, leasedAt = :leasedAt, expiresAt = :expiresAt, purpose = :purpose",
        ),
        ConditionExpression: leaseExpression(
          "attribute_not_exists(channelId) OR leasedBy = :leasedBy OR (purpose = :purpose AND expiresAt < :now)",
        ),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(lease).map(([name, value]) => [`:${name}`, value])),
          ":now": { N: epochSeconds(0) },
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          // An attempt has it now, or another sweep looks at it.
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { report: null },
          Output: {},
          Next: "FreeChannelChecked",
        },
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            report: jsonata(
              `"Channel " & $channelId & " may run, and it could not be leased to find out whether a stream has it: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
            ),
          },
          Output: {},
          Next: "FreeChannelChecked",
        },
      ],
      Assign: { leasedAt: enteredTime },
      Output: {},
      Next: "ReadLeasedChannel",
    }),
    ReadLeasedChannel: task<ChannelState>({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
      Arguments: { ChannelId: channelId },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: { report: readReport("$channelId") },
          Output: {},
          Next: "ReturnFreeChannel",
        },
      ],
      Assign: { state: jsonata("$states.result.State"), report: null },
      Output: {},
      Next: "DecideLeasedChannel",
    }),
    DecideLeasedChannel: choice<ChannelState>({
      Choices: [
        {
          Condition: jsonata(`$state in ${channelIsUp} and $startedAt != null`),
          Output: {},
          Next: "StopStartedChannel",
        },
        {
          Condition: jsonata(`$not($state in ${channelIsUp}) and $startIsSettled`),
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
    StopStartedChannel: task<ChannelState>({
      ...stop,
      Catch: [
        leaseAgain,
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
    ForgetEncoderStart: task<ChannelState>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: startRecordKey("$channelId"),
        // A redriven execution may find the record of a later start.
        ConditionExpression: leaseExpression("startedAt = :startedAt"),
        ExpressionAttributeValues: { ":startedAt": { S: jsonata("$startedAt") } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // The next sweep finds the channel idle, and tries again.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "ReturnFreeChannel" }],
      Output: {},
      Next: "ReturnFreeChannel",
    }),
    ...(stopUnowned && {
      StopUnownedChannel: task<ChannelState>({
        ...stop,
        Catch: [
          leaseAgain,
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
    ReturnFreeChannel: task<ChannelState>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: key,
        ConditionExpression: ownLease,
        ExpressionAttributeValues: { ":me": { S: executionId } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // The lease expires, and the next sweep removes it.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "FreeChannelChecked" }],
      Output: {},
      Next: "FreeChannelChecked",
    }),
    FreeChannelChecked: succeed({
      Output: { channelId, report: jsonata("$report"), stopped: jsonata("$stopped") },
    }),
  } satisfies { readonly [name in ChannelState]?: State<ChannelState> };
}
