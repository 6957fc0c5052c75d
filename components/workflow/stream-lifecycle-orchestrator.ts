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
import { type PlaybackSettings, playbackConfiguration } from "./playback-configuration";
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

const enteredTime = jsonata("$states.context.State.EnteredTime");
const attemptNumber = jsonata("$string($provision.attempt)");
const executionId = jsonata("$states.context.Execution.Id");

/**
 * Builds the definition of the `StreamLifecycleOrchestrator`: the contract's eleven states and the supporting states
 * that AWS makes necessary (see `contracts/stream-lifecycle-orchestrator.ts` for what each is for).
 *
 * Input: the body of `POST /streams`. Every failure arrives at HandleProvisionFailure as
 * `{ state, error, cause, provision }`, `provision` being null until the request was validated.
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
        Catch: [caught("ValidateProvisionRequest", { provision: null })],
        Assign: { provision: jsonata("$states.result.Payload"), channelTries: 0, playbackTries: 0 },
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
            channelWasRunning: { BOOL: jsonata("$provision.channel.wasRunning") },
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
        Catch: [caught("PersistProvisionRequest")],
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
        Catch: [caught("EmitProvisionRequestedEvent")],
        Output: {},
        Next: "ProvisionEncoderInfrastructure",
      }),

      ProvisionEncoderInfrastructure: task({
        Resource: "arn:aws:states:::aws-sdk:medialive:startChannel",
        Arguments: channel,
        TimeoutSeconds: callTimeoutSeconds,
        Retry: mediaLiveRetriers,
        Catch: [
          { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadChannelState" },
          caught("ProvisionEncoderInfrastructure"),
        ],
        // The result carries the channel's encoder settings, which can be large.
        Output: {},
        Next: "ReadPlaybackConfiguration",
      }),
      ReadChannelState: task({
        Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
        Arguments: channel,
        TimeoutSeconds: callTimeoutSeconds,
        Retry: mediaLiveRetriers,
        Catch: [caught("ReadChannelState")],
        Output: { state: jsonata("$states.result.State") },
        Next: "DecideChannelState",
      }),
      DecideChannelState: choice({
        Choices: [
          {
            // The attempt holds the channel's lease, so a start that took effect was its own, or stood before it.
            Condition: jsonata('$states.input.state in ["STARTING", "RUNNING", "RECOVERING"]'),
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
        Output: failure("DecideChannelState", {
          error: "ChannelNotStartable",
          cause: jsonata('"Channel " & $provision.channel.channelId & " is " & $states.input.state & "."'),
        }),
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
        Catch: caughtWithLargeData("ReadPlaybackConfiguration"),
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
            ErrorEquals: [
              "CloudFront.PreconditionFailedException",
              "CloudFront.InvalidIfMatchVersionException",
            ],
            Assign: { playbackTries: jsonata("$playbackTries + 1") },
            Output: {
              error: jsonata("$states.errorOutput.Error"),
              cause: jsonata(causeOfError),
            },
            Next: "DecidePlaybackRetry",
          },
          ...caughtWithLargeData("ConfigurePlaybackEndpoints"),
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
        Output: failure("ConfigurePlaybackEndpoints", {
          error: jsonata("$states.input.error"),
          cause: jsonata("$states.input.cause"),
        }),
        Default: "HandleProvisionFailure",
      }),
      WaitForPlaybackTurn: wait({
        // More writers, longer waits: one to as many seconds as there were tries, and no more than ten.
        Seconds: jsonata("1 + $floor($random() * $min([$playbackTries, 9]))"),
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
          caught("AwaitLifecycleConfirmation"),
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
          caught("CloseConfirmation"),
        ],
        Output: failure("AwaitLifecycleConfirmation", {
          error: "States.Timeout",
          cause: timeoutReason(confirmationTimeoutSeconds),
        }),
        Next: "HandleProvisionFailure",
      }),
      ReadLifecycleStatus: task({
        Resource: "arn:aws:states:::dynamodb:getItem",
        Arguments: { TableName: tableName, Key: key, ConsistentRead: true },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [caught("ReadLifecycleStatus")],
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
        Output: failure("AwaitLifecycleConfirmation", {
          error: "ConfirmationFailed",
          cause: jsonata('"The stream is " & $states.input.status & ": " & $states.input.reason'),
        }),
        Default: "HandleProvisionFailure",
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
        Catch: [caught("PublishReadyNotification")],
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
        Catch: [caught("RecordCompletion")],
        Output: {},
        Next: "WorkflowSucceeded",
      }),

      HandleProvisionFailure: task({
        Resource: "arn:aws:states:::lambda:invoke",
        Arguments: {
          FunctionName: settings.handleFailureFunctionArn,
          Payload: {
            request: jsonata("$states.context.Execution.Input"),
            execution: execution(),
            channels: settings.channels.map((entry) => ({ ...entry })),
            failure: {
              state: jsonata("$states.input.state"),
              error: jsonata("$states.input.error"),
              cause: jsonata("$states.input.cause"),
            },
            provision: jsonata("$states.input.provision"),
            retryCount: jsonata("$states.context.State.RetryCount"),
          },
        },
        TimeoutSeconds: lambdaTimeoutSeconds,
        Retry: handleFailureRetriers,
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Output: {
              error: jsonata("$states.input.error"),
              cause: jsonata(
                `$states.input.cause & " Undoing it failed too: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
              ),
            },
            Next: "WorkflowFailed",
          },
        ],
        Output: { error: jsonata("$states.input.error"), cause: jsonata("$states.input.cause") },
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
        Error: jsonata("$substring($states.input.error, 0, 256)"),
        Cause: jsonata("$substring($states.input.cause, 0, 32768)"),
      }),
    },
  };
}

/** A service is free to send an error without a cause, and an undefined expression would be an error of its own. */
const causeOfError = '($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "")';

/** What HandleProvisionFailure is told. */
function failure(
  state: OrchestratorState,
  { error, cause, provision = jsonata("$provision") }: { error: string; cause: string; provision?: Template },
): Template {
  return { state, error, cause, provision };
}

/** Leads every error that has no catcher of its own to HandleProvisionFailure. */
function caught(
  state: OrchestratorState,
  { provision = jsonata("$provision") }: { provision?: Template } = {},
): Catcher<OrchestratorState> {
  return {
    ErrorEquals: ["States.ALL"],
    Output: failure(state, {
      error: jsonata("$states.errorOutput.Error"),
      cause: jsonata(causeOfError),
      provision,
    }),
    Next: "HandleProvisionFailure",
  };
}

/** The same for states whose data may pass 256 KiB: States.ALL does not cover that error. */
function caughtWithLargeData(state: OrchestratorState): Catcher<OrchestratorState>[] {
  const all = caught(state);
  return [{ ...all, ErrorEquals: ["States.DataLimitExceeded"] }, all];
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
