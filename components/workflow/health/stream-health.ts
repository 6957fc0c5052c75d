import { type ActOnHealthEvent, channelStartSeconds, leaseExpression } from "../../../contracts/internal";
import { choice, type StateMachineDefinition, succeed, task, wait } from "../shared/asl";
import { statusValue, updateAttempt } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  causeOfError,
  channelIsUp,
  channelStartsLater,
  channelWaitSeconds,
  enteredTime,
  execution,
  invocation,
  lambdaTimeoutSeconds,
  leasedChannel,
  leaseKey,
  maxStartTries,
  provisionOfInput,
  redrives,
  unlessRedriven,
} from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { actOnHealthRetriers, dynamoDbRetriers, mediaLiveRetriers } from "../shared/retriers";

/** A state of `StreamHealth`. */
export type HealthState =
  | "CheckHealthInput"
  | "WaitForTrouble"
  | "ActOnTrouble"
  | "DecideTrouble"
  | "ReadDoubtfulChannel"
  | "DecideDoubtfulChannel"
  | "HandleLostChannel"
  | "DecideLoss"
  | "WaitForStream"
  | "ClaimLostChannel"
  | "ConfirmLostLease"
  | "RestartChannel"
  | "WaitForRestart"
  | "ReadRestartedChannel"
  | "DecideRestart"
  | "RecordRestart"
  | "HandleFailedRestart"
  | "HealthChecked";

/** What the definition of `StreamHealth` is built for. */
export interface HealthSettings {
  readonly tableName: string;
  readonly leaseTableName: string;
  readonly actFunctionArn: string;
  /** Whether a channel that stopped is restarted once. */
  readonly restarts: boolean;
}

/** The time after which a stream that is not up yet is looked at again. */
const lookSeconds = 15;
/** The longest `health.alertMinutes` and `health.noInputMinutes` are a day, and the wait for READY comes on top. */
const timeoutSeconds = 200_000;
/** How often a restarted channel is looked at: it may have to stop first. */
const maxRestartTries = maxStartTries + channelStartSeconds / channelWaitSeconds;

/**
 * Builds the definition of `StreamHealth`, which acts on what MediaLive's events say of the channel of a stream that is up. Events may be late, twice or
 * out of order: it asks MediaLive first, and `act-on-health` asks the stream's item.
 *
 * Input: {@link import("../../../contracts/internal").HealthInput}. `loss` has it look whether the channel is down, which fails the stream or restarts
 * the channel, once and under the stream's lease alone. `alert` and `noInput` have it wait, and look whether the trouble has lasted.
 *
 * It may be started any number of times for one channel: what has been done stands on the item.
 */
export function streamHealth(settings: HealthSettings): StateMachineDefinition<HealthState> {
  const { tableName } = settings;
  const act = (news: ActOnHealthEvent["news"], detail: string) => ({
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: invocation<ActOnHealthEvent>(settings.actFunctionArn, {
      execution,
      input: jsonata("$input"),
      news,
      detail,
    }),
    TimeoutSeconds: lambdaTimeoutSeconds,
    Retry: actOnHealthRetriers,
  });
  const readChannel = {
    Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    Arguments: leasedChannel,
    TimeoutSeconds: callTimeoutSeconds,
    Retry: mediaLiveRetriers,
    Catch: [],
    Assign: { state: jsonata("$states.result.State") },
    Output: {},
  };
  const wasDeleted = (Next: HealthState) => ({
    ErrorEquals: ["MediaLive.NotFoundException"],
    Assign: { state: "DELETED" },
    Output: {},
    Next,
  });
  return {
    Comment: "StreamHealth: acts on a channel that is down, and on a trouble that lasts.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: timeoutSeconds,
    StartAt: "CheckHealthInput",
    States: {
      CheckHealthInput: choice({
        Choices: [
          {
            Condition: jsonata('$states.input.kind = "loss"'),
            Assign: {
              input: jsonata("$states.input"),
              provision: provisionOfInput,
              restartTries: 0,
              isStarted: false,
            },
            Output: {},
            Next: "ReadDoubtfulChannel",
          },
          {
            Condition: jsonata('$states.input.kind in ["alert", "noInput"]'),
            Assign: { input: jsonata("$states.input") },
            Output: {},
            Next: "WaitForTrouble",
          },
        ],
        Output: {},
        Default: "HealthChecked",
      }),
      WaitForTrouble: wait({
        Seconds: jsonata(
          `$max([${lookSeconds}, $ceil(($toMillis($input.since) + $input.minutes * 60000 - $toMillis($states.context.State.EnteredTime)) / 1000)])`,
        ),
        Next: "ActOnTrouble",
      }),
      ActOnTrouble: task({
        ...act("lasts", "its time is over"),
        Output: { next: jsonata("$states.result.Payload.next") },
        Next: "DecideTrouble",
      }),
      DecideTrouble: choice({
        Choices: [{ Condition: jsonata('$states.input.next = "WAIT"'), Output: {}, Next: "WaitForTrouble" }],
        Output: {},
        Default: "HealthChecked",
      }),
      ReadDoubtfulChannel: task({
        ...readChannel,
        Catch: [wasDeleted("HandleLostChannel")],
        Next: "DecideDoubtfulChannel",
      }),
      DecideDoubtfulChannel: choice({
        Choices: [{ Condition: jsonata(`$state in ${channelIsUp}`), Output: {}, Next: "HealthChecked" }],
        Output: {},
        Default: "HandleLostChannel",
      }),
      HandleLostChannel: task({
        ...act("lost", jsonata('"it is " & $state')),
        Output: { next: jsonata("$states.result.Payload.next") },
        Next: "DecideLoss",
      }),
      DecideLoss: choice({
        Choices: [
          { Condition: jsonata('$states.input.next = "WAIT"'), Output: {}, Next: "WaitForStream" },
          ...(settings.restarts
            ? [
                {
                  Condition: jsonata('$states.input.next = "RESTART"'),
                  Output: {},
                  Next: "ClaimLostChannel" as const,
                },
              ]
            : []),
        ],
        Output: {},
        Default: "HealthChecked",
      }),
      WaitForStream: wait({ Seconds: lookSeconds, Next: "ReadDoubtfulChannel" }),
      ...(settings.restarts && {
        ClaimLostChannel: task({
          Resource: "arn:aws:states:::dynamodb:updateItem",
          Arguments: updateAttempt(tableName, {
            // From here on the attempt stops the channel, even if another program started it.
            update: "SET ownsChannel = :true",
            condition: "#status IN (:ready, :live)",
            values: {
              ":true": { BOOL: true },
              ":ready": statusValue("READY"),
              ":live": statusValue("LIVE"),
            },
          }),
          TimeoutSeconds: callTimeoutSeconds,
          Retry: dynamoDbRetriers,
          Catch: [
            { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Output: {}, Next: "HealthChecked" },
          ],
          Output: {},
          Next: "ConfirmLostLease",
        }),
        ConfirmLostLease: task({
          Resource: "arn:aws:states:::dynamodb:updateItem",
          Arguments: {
            TableName: settings.leaseTableName,
            Key: leaseKey,
            // Tells the cleanup that a start may be under way.
            UpdateExpression: leaseExpression("SET startedAt = :now, ownsChannel = :true"),
            // A cleanup that was about to stop the channel comes first.
            ConditionExpression: leaseExpression(
              "streamId = :streamId AND attempt = :attempt AND attribute_not_exists(stoppedAt)",
            ),
            ExpressionAttributeValues: {
              ":now": { S: enteredTime },
              ":true": { BOOL: true },
              ":streamId": { S: jsonata("$provision.request.streamId") },
              ":attempt": { N: jsonata("$string($provision.attempt)") },
            },
          },
          TimeoutSeconds: callTimeoutSeconds,
          Retry: dynamoDbRetriers,
          Catch: [
            { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Output: {}, Next: "HealthChecked" },
          ],
          Assign: { confirmedRedrives: jsonata(redrives) },
          Output: {},
          Next: "RestartChannel",
        }),
        RestartChannel: task({
          Resource: "arn:aws:states:::aws-sdk:medialive:startChannel",
          Arguments: {
            ChannelId: unlessRedriven("$provision.channel.channelId", "its lease is to be confirmed first"),
          },
          TimeoutSeconds: callTimeoutSeconds,
          Retry: mediaLiveRetriers,
          Catch: [
            { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "WaitForRestart" },
            { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "ClaimLostChannel" },
            {
              ErrorEquals: ["States.ALL"],
              Assign: { state: jsonata(`$states.errorOutput.Error & ": " & ${causeOfError}`) },
              Output: {},
              Next: "HandleFailedRestart",
            },
          ],
          Assign: { isStarted: true },
          Output: {},
          Next: "WaitForRestart",
        }),
        WaitForRestart: wait({
          Seconds: channelWaitSeconds,
          Assign: { restartTries: jsonata("$restartTries + 1") },
          Next: "ReadRestartedChannel",
        }),
        ReadRestartedChannel: task({
          ...readChannel,
          Catch: [wasDeleted("HandleFailedRestart")],
          Next: "DecideRestart",
        }),
        DecideRestart: choice({
          Choices: [
            { Condition: jsonata('$state in ["RUNNING", "RECOVERING"]'), Output: {}, Next: "RecordRestart" },
            {
              Condition: jsonata(`$restartTries >= ${maxRestartTries}`),
              Output: {},
              Next: "HandleFailedRestart",
            },
            { Condition: jsonata('$state = "STARTING"'), Output: {}, Next: "WaitForRestart" },
            {
              // It had to stop first.
              Condition: jsonata(`$not($isStarted) and $state in ${channelStartsLater}`),
              Output: {},
              Next: "ClaimLostChannel",
            },
          ],
          Output: {},
          Default: "HandleFailedRestart",
        }),
        RecordRestart: task({ ...act("restarted", jsonata("$state")), Output: {}, Next: "HealthChecked" }),
        HandleFailedRestart: task({
          ...act("restart failed", jsonata('"the restart failed, " & $substring($state, 0, 500)')),
          Output: {},
          Next: "HealthChecked",
        }),
      }),
      HealthChecked: succeed({}),
    } as StateMachineDefinition<HealthState>["States"],
  };
}
