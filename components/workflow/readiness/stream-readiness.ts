import { maxReasonLength } from "../../../contracts";
import { ownProvisioningAttempt, type ProbeManifestEvent } from "../../../contracts/internal";
import { choice, type StateMachineDefinition, succeed, task, wait } from "../shared/asl";
import { attemptKey, statusValue, updateAttempt } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  causeOfError,
  enteredTime,
  event,
  invocation,
  lambdaTimeoutSeconds,
  leasedChannel,
  provisionOfInput,
} from "../shared/expressions";
import { jsonata } from "../shared/jsonata";
import { dynamoDbRetriers, mediaLiveRetriers } from "../shared/retriers";
import { manifestsOfStream } from "../shared/viewer";
import type { ProbeSettings, ReadinessSettings, ReadinessState } from "./settings";

/** MediaLive tells of a channel that runs, but not for certain: after this time it is asked. */
const lookSeconds = 60;
/** The time between two probes: about as long as a segment. */
const probeWaitSeconds = 6;
/** The longest wait for a confirmation. */
const timeoutSeconds = 86_400;

/** The condition's values that name the attempt of the execution that started this one. */
const ownAttemptValues = {
  ":me": { S: jsonata("$executionArn") },
  ":provisioning": statusValue("PROVISIONING"),
} as const;

/** How long the attempt has been looked at, in seconds. */
const elapsed =
  "($toMillis($states.context.State.EnteredTime) - $toMillis($states.context.Execution.StartTime)) / 1000";

/**
 * Builds the definition of `StreamReadiness`, which finds the evidence that a stream is ready: its channel runs, and its manifests list a segment.
 * Then it announces READY with `origin: "probe"`, as any other program that confirms a stream; `resume-orchestration` takes it from there.
 * Where READY is confirmed by hand, it only notes that the channel runs.
 *
 * Input: `{ streamId, attempt, executionArn, channelId }`. It goes on until the attempt is not PROVISIONING any more, so that an announcement that is
 * lost is made again. A call that leads to WaitForEvidence needs no retrier: it is made again seconds later. It changes no status itself, and may be
 * stopped or started again at any point.
 */
export function streamReadiness(settings: ReadinessSettings): StateMachineDefinition<ReadinessState> {
  const { probe } = settings;
  return {
    Comment: "StreamReadiness: finds the evidence that a stream is ready.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: timeoutSeconds,
    StartAt: "CheckReadinessInput",
    States: {
      CheckReadinessInput: choice({
        Choices: [
          {
            Condition: jsonata(
              "$not($exists($states.input.streamId) and $exists($states.input.executionArn))",
            ),
            Output: {},
            Next: "AttemptDecided",
          },
        ],
        Assign: {
          provision: provisionOfInput,
          executionArn: jsonata("$states.input.executionArn"),
          marks: null,
          seen: "MediaLive has not said that the channel runs.",
        },
        Output: {},
        Default: "ReadAttempt",
      }),
      ReadAttempt: task({
        Resource: "arn:aws:states:::dynamodb:getItem",
        Arguments: { TableName: settings.tableName, Key: attemptKey, ConsistentRead: true },
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Assign: {
          isOpen: jsonata(`(
            $item := $states.result.Item;
            $item.status.S = "PROVISIONING" and $item.executionArn.S = $executionArn
          )`),
          isRunning: jsonata(`(
            $item := $states.result.Item;
            $exists($item.runningAt.S)
          )`),
        },
        Output: {},
        Next: "DecideAttempt",
      }),
      DecideAttempt: choice({
        Choices: [
          { Condition: jsonata("$not($isOpen)"), Output: {}, Next: "AttemptDecided" },
          ...(probe
            ? [
                {
                  Condition: jsonata(`${elapsed} >= ${probe.timeoutSeconds}`),
                  Output: {},
                  Next: "ReportNotReady" as const,
                },
                { Condition: jsonata("$isRunning"), Output: {}, Next: "ProbeManifest" as const },
              ]
            : [{ Condition: jsonata("$isRunning"), Output: {}, Next: "AttemptDecided" as const }]),
        ],
        Output: {},
        Default: "ReadStartedChannel",
      }),
      ReadStartedChannel: task({
        Resource: "arn:aws:states:::aws-sdk:medialive:describeChannel",
        Arguments: leasedChannel,
        TimeoutSeconds: callTimeoutSeconds,
        Retry: mediaLiveRetriers,
        Catch: [
          {
            // The attempt's time goes on, and the next look may be answered.
            ErrorEquals: ["States.ALL"],
            Output: { state: jsonata("$states.errorOutput.Error") },
            Next: "DecideStartedChannel",
          },
        ],
        Output: { state: jsonata("$states.result.State") },
        Next: "DecideStartedChannel",
      }),
      DecideStartedChannel: choice({
        Choices: [
          { Condition: jsonata('$states.input.state = "RUNNING"'), Output: {}, Next: "RecordRunning" },
        ],
        Assign: {
          seen: jsonata('"Channel " & $provision.channel.channelId & " is " & $states.input.state & "."'),
        },
        Output: {},
        Default: "AwaitChannelRunning",
      }),
      AwaitChannelRunning: task({
        Resource: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
        Arguments: updateAttempt(settings.tableName, {
          update: "SET readinessToken = :token",
          condition: "executionArn = :me AND #status = :provisioning AND attribute_not_exists(runningAt)",
          values: { ":token": { S: jsonata("$states.context.Task.Token") }, ...ownAttemptValues },
        }),
        TimeoutSeconds: lookSeconds,
        Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "WaitForEvidence" }],
        Output: {},
        Next: "ReadAttempt",
      }),
      RecordRunning: task({
        Resource: "arn:aws:states:::dynamodb:updateItem",
        Arguments: updateAttempt(settings.tableName, {
          update: "SET runningAt = if_not_exists(runningAt, :now) REMOVE readinessToken",
          condition: ownProvisioningAttempt,
          values: { ":now": { S: enteredTime }, ...ownAttemptValues },
        }),
        TimeoutSeconds: callTimeoutSeconds,
        Retry: dynamoDbRetriers,
        Catch: [
          {
            ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
            Output: {},
            Next: "WaitForEvidence",
          },
        ],
        Output: {},
        Next: "ReadAttempt",
      }),
      ...(probe && probeStates(settings, probe)),
      WaitForEvidence: wait({ Seconds: probeWaitSeconds, Next: "ReadAttempt" }),
      AttemptDecided: succeed({}),
    } as StateMachineDefinition<ReadinessState>["States"],
  };
}

function probeStates(settings: ReadinessSettings, { probeFunctionArn, viewer }: ProbeSettings) {
  /** The announcement is repeated until it takes effect. */
  const announce = (status: "READY" | "FAILED", reason: string) =>
    task<ReadinessState>({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(settings, "StreamLifecycleProgressed", {
            streamId: jsonata("$provision.request.streamId"),
            attempt: jsonata("$provision.attempt"),
            status,
            reason,
            occurredAt: enteredTime,
            origin: "probe",
          }),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "WaitForEvidence" }],
      Output: {},
      Next: "WaitForEvidence",
    });
  return {
    ProbeManifest: task<ReadinessState>({
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: invocation<ProbeManifestEvent>(probeFunctionArn, {
        manifests: jsonata(manifestsOfStream(JSON.stringify(viewer))),
        marks: jsonata("$marks"),
      }),
      TimeoutSeconds: lambdaTimeoutSeconds,
      Catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            seen: jsonata(`"The probe failed: " & $states.errorOutput.Error & ": " & ${causeOfError}`),
          },
          Output: {},
          Next: "WaitForEvidence",
        },
      ],
      Assign: {
        marks: jsonata("$states.result.Payload.marks"),
        seen: jsonata("$states.result.Payload.evidence"),
      },
      Output: { ready: jsonata("$states.result.Payload.ready") },
      Next: "DecideEvidence",
    }),
    DecideEvidence: choice<ReadinessState>({
      Choices: [{ Condition: jsonata("$states.input.ready = true"), Output: {}, Next: "ConfirmReady" }],
      Output: {},
      Default: "WaitForEvidence",
    }),
    ConfirmReady: announce("READY", jsonata("$seen")),
    ReportNotReady: announce(
      "FAILED",
      jsonata(`$substring("No evidence that the stream is ready. " & $seen, 0, ${maxReasonLength})`),
    ),
  };
}
