import type { ContractStateName, SupportingStateName } from "../../contracts";
import {
  type Catcher,
  choice,
  fail,
  jsonata,
  type StateMachineDefinition,
  succeed,
  type Template,
  task,
  wait,
} from "./asl";
import {
  configurationWithoutPlayback,
  hasPlaybackEntry,
  type PlaybackSettings,
  playbackConfiguration,
} from "./playback-configuration";
import {
  cloudFrontRetriers,
  dynamoDbRetriers,
  dynamoDbSdkRetriers,
  eventBridgeRetriers,
  handleFailureRetriers,
  mediaLiveRetriers,
  validateRetriers,
} from "./retriers";

/** A state of the deployed definition. */
export type OrchestratorState = ContractStateName | SupportingStateName;

/** One MediaLive channel of the pool. */
export interface ChannelSettings {
  readonly channelId: string;
  readonly originDomainName?: string;
  readonly originPath?: string;
}

/** What a definition is built for: the resources that its states name. */
export interface OrchestratorSettings {
  readonly validateFunctionArn: string;
  readonly handleFailureFunctionArn: string;
  readonly tableName: string;
  readonly eventBusName: string;
  readonly eventSource: string;
  readonly channels: readonly ChannelSettings[];
  readonly playback: PlaybackSettings;
  /** How long AwaitLifecycleConfirmation waits. */
  readonly confirmationTimeoutSeconds: number;
}

/** How often a start is tried again on a channel that is still stopping: five minutes in all. */
const channelTries = 30;
const channelWaitSeconds = 10;

/** How often a stale ETag goes back to the read. Each try lasts a second or two and waits up to ten. */
const playbackTries = 30;

/** An AWS API answers within seconds; a minute covers its own retries. */
const callTimeoutSeconds = 60;
/** A little longer than the Lambdas' own timeout, so that theirs is the one that is seen. */
const lambdaTimeoutSeconds = 70;

/** CloudFront's answers to an update whose configuration is not the current one any more. */
const staleETag = ["CloudFront.PreconditionFailedException", "CloudFront.InvalidIfMatchVersionException"];

/** More writers, longer waits: one to as many seconds as there were tries, and no more than ten. */
const jitteredSeconds = jsonata("1 + $floor($random() * $min([$playbackTries, 9]))");

/** The states of a channel that encodes, or is about to. */
const channelIsUp = '["STARTING", "RUNNING", "RECOVERING"]';

/** What is told of a part that could not be undone: JSONata texts. */
const channelLeftover = '"Channel " & $provision.channel.channelId & " may still run"';
const playbackLeftover =
  '"The playback entry of " & $provision.request.streamId & " is still in the distribution"';

const enteredTime = jsonata("$states.context.State.EnteredTime");
const attemptNumber = jsonata("$string($provision.attempt)");
const executionId = jsonata("$states.context.Execution.Id");

/**
 * Builds the definition of the `StreamLifecycleOrchestrator`: the contract's eleven states and the supporting states
 * that AWS makes necessary (see `contracts/stream-lifecycle-orchestrator.ts` for what each is for).
 *
 * Input: the body of `POST /streams`. Variables: `$provision` (what ValidateProvisionRequest made of it), `$failure`
 * (`{ state, error, cause }`), `$leftovers` (what could not be undone, in words), and the counters of the loops.
 *
 * A failure is undone backwards from where it happened, by supporting states of HandleProvisionFailure: the playback
 * entry, then the channel, if this attempt started it. What cannot be undone is noted and does not stop the rest.
 */
export function streamLifecycleOrchestrator(
  settings: OrchestratorSettings,
): StateMachineDefinition<OrchestratorState> {
  const { tableName, confirmationTimeoutSeconds } = settings;
  const key = { streamId: { S: jsonata("$provision.request.streamId") }, attempt: { N: attemptNumber } };
  const channel = { ChannelId: jsonata("$provision.channel.channelId") };

  return {
    Comment: "StreamLifecycleOrchestrator: takes a stream from requested to ready, or undoes what it began.",
    QueryLanguage: "JSONata",
    StartAt: "ValidateProvisionRequest",
    States: {
      ValidateProvisionRequest: task({
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: {
          FunctionName: settings.validateFunctionArn,
          Payload: {
            request: jsonata("$states.input"),
            execution: execution(),
            channels: settings.channels.map((entry) => ({ ...entry })),
          },
        },
        TimeoutSeconds: lambdaTimeoutSeconds,
        Retry: validateRetriers,
        Catch: [caught("ValidateProvisionRequest", nothingToUndo, { provision: null })],
        Assign: { provision: jsonata("$states.result.Payload") },
        Output: {},
        Next: "PersistProvisionRequest",
      }),

      PersistProvisionRequest: task({
        Resource: "arn:aws:states:::dynamodb:putItem",
        Arguments: {
          TableName: tableName,
          Item: {
            ...key,
            status: { S: "PROVISIONING" },
            title: { S: jsonata("$provision.request.title") },
            startTime: { S: jsonata("$provision.request.startTime") },
            request: { S: jsonata("$provision.requestText") },
            executionArn: { S: executionId },
            channelId: { S: jsonata("$provision.channel.channelId") },
            history: historyEntry("PROVISIONING"),
            requestedAt: { S: jsonata("$states.context.Execution.StartTime") },
            updatedAt: { S: enteredTime },
          },
          // Create-only; a retry whose first answer was lost finds its own item.
          ConditionExpression: "attribute_not_exists(streamId) OR executionArn = :me",
          ExpressionAttributeValues: { ":me": { S: executionId } },
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [caught("PersistProvisionRequest", nothingToUndo)],
        Output: {},
        Next: "EmitProvisionRequestedEvent",
      }),

      EmitProvisionRequestedEvent: task({
        Resource: "arn:aws:states:::events:putEvents",
        Arguments: {
          Entries: [
            event(
              settings,
              "StreamProvisionRequested",
              jsonata('$merge([$provision.request, {"attempt": $provision.attempt}])'),
            ),
          ],
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: eventBridgeRetriers,
        Catch: [caught("EmitProvisionRequestedEvent", nothingToUndo)],
        Output: {},
        Next: "ReadChannelState",
      }),

      ReadChannelState: task({
        Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
        Arguments: channel,
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
        Arguments: channel,
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
        Arguments: channel,
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

      ReadPlaybackConfiguration: task({
        Resource: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
        Arguments: { Id: settings.playback.distributionId },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: cloudFrontRetriers,
        Catch: caughtWithLargeData("ReadPlaybackConfiguration", stopChannel),
        Output: {
          ETag: jsonata("$states.result.ETag"),
          DistributionConfig: jsonata("$states.result.DistributionConfig"),
        },
        Next: "ConfigurePlaybackEndpoints",
      }),
      ConfigurePlaybackEndpoints: task({
        Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
        Arguments: {
          Id: settings.playback.distributionId,
          IfMatch: jsonata("$states.input.ETag"),
          DistributionConfig: jsonata(playbackConfiguration(settings.playback)),
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: cloudFrontRetriers,
        Catch: [
          {
            ErrorEquals: staleETag,
            Assign: { playbackTries: jsonata("$playbackTries + 1") },
            Output: {
              error: jsonata("$states.errorOutput.Error"),
              cause: jsonata(causeOfError),
            },
            Next: "DecidePlaybackRetry",
          },
          ...caughtWithLargeData("ConfigurePlaybackEndpoints", removePlayback),
        ],
        Output: {},
        Next: "AwaitLifecycleConfirmation",
      }),
      DecidePlaybackRetry: choice({
        Choices: [
          {
            Condition: jsonata(`$playbackTries < ${playbackTries}`),
            Output: {},
            Next: "WaitForPlaybackTurn",
          },
        ],
        Assign: {
          failure: {
            state: "ConfigurePlaybackEndpoints",
            error: jsonata("$states.input.error"),
            cause: jsonata("$states.input.cause"),
          },
          ...removePlayback.reset,
        },
        Output: {},
        Default: removePlayback.next,
      }),
      WaitForPlaybackTurn: wait({
        Seconds: jitteredSeconds,
        Next: "ReadPlaybackConfiguration",
      }),

      AwaitLifecycleConfirmation: task({
        Resource: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        Arguments: {
          TableName: tableName,
          Key: key,
          UpdateExpression: "SET taskToken = :token",
          // A confirmation that was faster stands on the item already: then there is nothing to wait for.
          ConditionExpression: "executionArn = :me AND #status = :provisioning",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":token": { S: jsonata("$states.context.Task.Token") },
            ":me": { S: executionId },
            ":provisioning": { S: "PROVISIONING" },
          },
        },
        TimeoutSeconds: confirmationTimeoutSeconds,
        Retry: dynamoDbSdkRetriers,
        Catch: [
          {
            ErrorEquals: ["DynamoDb.ConditionalCheckFailedException"],
            Output: {},
            Next: "ReadLifecycleStatus",
          },
          { ErrorEquals: ["States.Timeout"], Output: {}, Next: "CloseConfirmation" },
          caught("AwaitLifecycleConfirmation", removePlayback),
        ],
        Output: {},
        Next: "PublishReadyNotification",
      }),
      CloseConfirmation: task({
        Resource: "arn:aws:states:::dynamodb:updateItem",
        Arguments: {
          TableName: tableName,
          Key: key,
          UpdateExpression:
            "SET #status = :failed, updatedAt = :now, history = list_append(history, :entry) REMOVE taskToken",
          // READY in the very moment of the timeout: whichever is written first decides, for the caller as for us.
          ConditionExpression: "executionArn = :me AND #status = :provisioning",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":failed": { S: "FAILED" },
            ":provisioning": { S: "PROVISIONING" },
            ":me": { S: executionId },
            ":now": { S: enteredTime },
            ":entry": historyEntry("FAILED", timeoutReason(confirmationTimeoutSeconds)),
          },
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [
          {
            ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
            Output: {},
            Next: "ReadLifecycleStatus",
          },
          caught("CloseConfirmation", removePlayback),
        ],
        Assign: {
          failure: {
            state: "AwaitLifecycleConfirmation",
            error: "States.Timeout",
            cause: timeoutReason(confirmationTimeoutSeconds),
          },
          ...removePlayback.reset,
        },
        Output: {},
        Next: removePlayback.next,
      }),
      ReadLifecycleStatus: task({
        Resource: "arn:aws:states:::dynamodb:getItem",
        Arguments: { TableName: tableName, Key: key, ConsistentRead: true },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [caught("ReadLifecycleStatus", removePlayback)],
        Output: jsonata(`(
          $item := $states.result.Item;
          $reason := $item.history.L[-1].M.reason.S;
          {
            "status": $exists($item.status.S) ? $item.status.S : "MISSING",
            "reason": $exists($reason) ? $reason : "No reason was given."
          }
        )`),
        Next: "DecideLifecycle",
      }),
      DecideLifecycle: choice({
        Choices: [
          {
            // LIVE comes after READY: the stream was confirmed, and has moved on.
            Condition: jsonata('$states.input.status in ["READY", "LIVE"]'),
            Output: {},
            Next: "PublishReadyNotification",
          },
        ],
        Assign: {
          failure: {
            state: "AwaitLifecycleConfirmation",
            error: "ConfirmationFailed",
            cause: jsonata('"The stream is " & $states.input.status & ": " & $states.input.reason'),
          },
          ...removePlayback.reset,
        },
        Output: {},
        Default: removePlayback.next,
      }),

      PublishReadyNotification: task({
        Resource: "arn:aws:states:::events:putEvents",
        Arguments: {
          Entries: [
            event(settings, "StreamLifecycleProgressed", {
              streamId: jsonata("$provision.request.streamId"),
              status: "READY",
              occurredAt: enteredTime,
              attempt: jsonata("$provision.attempt"),
              origin: "orchestrator",
            }),
          ],
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: eventBridgeRetriers,
        Catch: [caught("PublishReadyNotification", removePlayback)],
        Output: {},
        Next: "RecordCompletion",
      }),
      RecordCompletion: task({
        Resource: "arn:aws:states:::dynamodb:updateItem",
        Arguments: {
          TableName: tableName,
          Key: key,
          UpdateExpression: "SET readyAt = :now, updatedAt = :now REMOVE taskToken",
          ConditionExpression: "executionArn = :me",
          ExpressionAttributeValues: { ":now": { S: enteredTime }, ":me": { S: executionId } },
        },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [caught("RecordCompletion", removePlayback)],
        Output: {},
        Next: "WorkflowSucceeded",
      }),

      ReadPlaybackEntry: task({
        Resource: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
        Arguments: { Id: settings.playback.distributionId },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: cloudFrontRetriers,
        Catch: leftBehind(playbackLeftover, "DecideChannelStop"),
        Output: {
          ETag: jsonata("$states.result.ETag"),
          DistributionConfig: jsonata("$states.result.DistributionConfig"),
        },
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
        Arguments: channel,
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
        Arguments: channel,
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
            provision: jsonata("$provision"),
            leftovers: jsonata("$leftovers"),
          },
        },
        TimeoutSeconds: lambdaTimeoutSeconds,
        Retry: handleFailureRetriers,
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: {
              failure: jsonata(
                `$merge([$failure, { "cause": $failure.cause & " Recording it failed too: " & $states.errorOutput.Error & ": " & ${causeOfError} }])`,
              ),
            },
            Output: {},
            Next: "WorkflowFailed",
          },
        ],
        Output: {},
        Next: "WorkflowFailed",
      }),

      WorkflowSucceeded: succeed({
        Output: {
          streamId: jsonata("$provision.request.streamId"),
          attempt: jsonata("$provision.attempt"),
          status: "READY",
        },
      }),
      WorkflowFailed: fail({
        Error: jsonata("$substring($failure.error, 0, 256)"),
        Cause: jsonata("$substring($failure.cause, 0, 32768)"),
      }),
    },
  };
}

/** A service is free to send an error without a cause, and an undefined expression would be an error of its own. */
const causeOfError = '($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "")';

/** What is to be undone after a failure: the first state that does it, and what its loops start from. */
interface Compensation {
  readonly next: OrchestratorState;
  readonly reset: { readonly [variable: string]: Template };
}
const nothingToUndo: Compensation = { next: "HandleProvisionFailure", reset: { leftovers: [] } };
const stopChannel: Compensation = { next: "DecideChannelStop", reset: { leftovers: [], channelTries: 0 } };
const removePlayback: Compensation = {
  next: "ReadPlaybackEntry",
  reset: { leftovers: [], channelTries: 0, playbackTries: 0 },
};

/** Leads every error that has no catcher of its own to HandleProvisionFailure, past what is to be undone. */
function caught(
  state: OrchestratorState,
  { next, reset }: Compensation,
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
function caughtWithLargeData(
  state: OrchestratorState,
  compensation: Compensation,
): Catcher<OrchestratorState>[] {
  return withLargeData(caught(state, compensation));
}

function withLargeData(all: Catcher<OrchestratorState>): Catcher<OrchestratorState>[] {
  return [{ ...all, ErrorEquals: ["States.DataLimitExceeded"] }, all];
}

/** Notes what could not be undone, and goes on with the rest. */
function leftBehind(what: string, next: OrchestratorState): Catcher<OrchestratorState>[] {
  return withLargeData({
    ErrorEquals: ["States.ALL"],
    Assign: {
      leftovers: jsonata(`[$leftovers, ${what} & ": " & $states.errorOutput.Error & ": " & ${causeOfError}]`),
    },
    Output: {},
    Next: next,
  });
}

function execution(): Template {
  return {
    id: executionId,
    name: jsonata("$states.context.Execution.Name"),
    startTime: jsonata("$states.context.Execution.StartTime"),
  };
}

function event(settings: OrchestratorSettings, detailType: string, detail: Template): Template {
  return {
    Source: settings.eventSource,
    DetailType: detailType,
    Detail: detail,
    EventBusName: settings.eventBusName,
  };
}

/** One entry of an item's history, as a list, so that it can be the first entry or be appended. */
function historyEntry(status: string, reason?: string): Template {
  return {
    L: [
      {
        M: {
          status: { S: status },
          ...(reason !== undefined && { reason: { S: reason } }),
          at: { S: enteredTime },
          origin: { S: "orchestrator" },
        },
      },
    ],
  };
}

function timeoutReason(seconds: number): string {
  return `Neither READY nor FAILED arrived within ${seconds} seconds.`;
}
