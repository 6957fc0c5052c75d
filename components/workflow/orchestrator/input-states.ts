import type { StreamInput } from "../../../contracts";
import { workflowError } from "../../../contracts/internal";
import { choice, task } from "../shared/asl";
import { statusValue, updateAttempt } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  causeOfError,
  event,
  executionId,
  redrives,
  textUnlessRedriven,
} from "../shared/expressions";
import { cancelled, caught, endedBeforeStart, stopChannel } from "../shared/failures";
import { jsonata, objectText, partOfJsonata } from "../shared/jsonata";
import { dynamoDbRetriers, eventBridgeRetriers, mediaLiveRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { leasedWithInputs } from "./lease-event";

/** The input whose turn it is, in JSONata: `$inputs` has those before it. */
const planned = partOfJsonata("$provision.inputs[$count($inputs)]");

/** What the attempt's item keeps of that input. */
const inputMembers = objectText<Omit<StreamInput, "destinations">>({
  inputId: `${planned}.inputId`,
  type: `${planned}.type`,
  protocol: `${planned}.protocol`,
});

/** One source for each pipeline: an input of the class STANDARD takes two, and gets the first one twice where there is no other. */
const sources = `(
  $planned := ${planned};
  $read := $states.input;
  [$map([0..$read.sources - 1], function($index) {
    $merge([
      $planned.type = "SRT_CALLER" ? $read.callers[$index] : {},
      $exists($planned.sources[$index]) ? $planned.sources[$index] : $planned.sources[0]
    ])
  })]
)`;

/** What MediaLive says may repeat what it was sent, which may hold a stream key. */
const maskedCause = `$reduce(
  $append([""], ${planned}.sources.StreamId),
  function($cause, $secret) { $secret = "" ? $cause : $replace($cause, $secret, "…") },
  $replace(${causeOfError}, /([a-z]+:\\/\\/)(?:[^\\/?#\\s@]*@)?([^\\/?#\\s"']*)[^\\s"']*/i, "$1$2/…")
)`;

/**
 * Reads the inputs of the attempt's channel, and sets the sources of those that fetch their content: under the lease, and before the channel starts, since MediaLive
 * updates the inputs of idle channels alone. A channel whose inputs are not known goes through none of these states.
 *
 * Variable: `$inputs`, the inputs that are read and set already, as the attempt's item keeps them.
 */
export function inputStates(settings: OrchestratorSettings) {
  const { tableName, inputs } = settings;
  return {
    // Finds out why ProvisionEncoderInfrastructure has refused to go on.
    DecideInput: choice({
      ...(inputs.length > 0 && { Comment: inputs.map(describeInput).join(" ") }),
      Choices: [
        {
          Condition: jsonata(`${redrives} != $confirmedRedrives`),
          Output: {},
          Next: "ClaimEncoderChannel",
        },
        {
          Condition: jsonata("$count($inputs) < $count($provision.inputs)"),
          Output: {},
          Next: "ReadInput",
        },
      ],
      Output: {},
      Default: "RecordInputs",
    }),
    ReadInput: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:describeInput",
      Arguments: { InputId: jsonata(`${planned}.inputId`) },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [caught("ReadInput", stopChannel)],
      // Of the result, which has the sources of the stream before, no more than is needed.
      Output: {
        type: jsonata("$states.result.Type"),
        isAttached: jsonata("$provision.channel.channelId in $states.result.AttachedChannels"),
        sources: jsonata('$states.result.InputClass = "STANDARD" ? 2 : 1'),
        destinations: jsonata(
          `[$states.result.Destinations.($exists(Url) ? Url : ${planned}.protocol & "://" & Ip & ":" & Port)]`,
        ),
        // What a source of SRT has besides the address: UpdateInput replaces all of it.
        callers: jsonata(
          `[$map($states.result.SrtSettings.SrtCallerSources, function($caller) {
            $merge([{}, $sift($caller, function($value, $member) { $member in ["Decryption", "MinimumLatency"] })])
          })]`,
        ),
      },
      Next: "DecideInputSources",
    }),
    DecideInputSources: choice({
      Choices: [
        {
          Condition: jsonata(`$not($states.input.isAttached) or $states.input.type != ${planned}.type`),
          Assign: {
            failure: {
              state: "ProvisionEncoderInfrastructure",
              error: workflowError("InputMismatch"),
              cause: jsonata(
                `"Input " & ${planned}.inputId & " must be an input of channel " & $provision.channel.channelId & " of type " & ${planned}.type & ", as the deployment says. It is of type " & $states.input.type & ($states.input.isAttached ? "." : ", and the channel does not have it.")`,
              ),
            },
            ...stopChannel.reset,
          },
          Output: {},
          Next: stopChannel.next,
        },
        { Condition: jsonata(`$count(${planned}.sources) > 0`), Next: "SetInputSources" },
      ],
      Assign: {
        inputs: jsonata<string>(
          `[$inputs, $merge([${inputMembers}, { "destinations": [$states.input.destinations] }])]`,
        ),
      },
      Output: {},
      Default: "DecideInput",
    }),
    SetInputSources: task({
      Resource: "arn:aws:states:::aws-sdk:medialive:updateInput",
      Arguments: jsonata<string>(
        `${textUnlessRedriven(
          `$merge([
            { "InputId": ${planned}.inputId },
            ${planned}.type = "SRT_CALLER" ? { "SrtSettings": { "SrtCallerSources": ${sources} } } : { "Sources": ${sources} }
          ])`,
          "its lease is to be confirmed first",
        )}`,
      ),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: mediaLiveRetriers,
      Catch: [
        // Inferred: the user guide has it that the channel must be idle, and no other error of UpdateInput's model says that it is not.
        { ErrorEquals: ["MediaLive.ConflictException"], Output: {}, Next: "ReadConflictingChannel" },
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideInput" },
        {
          ErrorEquals: ["States.ALL"],
          Assign: {
            failure: {
              state: "SetInputSources",
              error: jsonata("$states.errorOutput.Error"),
              cause: jsonata<string>(maskedCause),
            },
            ...stopChannel.reset,
          },
          Output: {},
          Next: stopChannel.next,
        },
      ],
      Assign: { inputs: jsonata<string>(`[$inputs, ${inputMembers}]`) },
      Output: {},
      Next: "DecideInput",
    }),
    RecordInputs: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: "SET inputs = :inputs",
        condition: "executionArn = :me AND NOT #status IN (:failed, :complete)",
        values: {
          ":inputs": { S: jsonata("$string($inputs)") },
          ":me": { S: executionId },
          ":failed": statusValue("FAILED"),
          ":complete": statusValue("COMPLETE"),
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [cancelled(endedBeforeStart, stopChannel), caught("RecordInputs", stopChannel)],
      Output: {},
      Next: "PublishInputs",
    }),
    PublishInputs: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        Entries: [
          event(
            settings,
            "StreamLifecycleProgressed",
            jsonata<string>(textUnlessRedriven(leasedWithInputs, "its attempt may have ended")),
          ),
        ],
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      Catch: [
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideInput" },
        caught("PublishInputs", stopChannel),
      ],
      Assign: { inputsAreSet: true },
      Output: {},
      // All that may have taken minutes, and the channel starts right after its lease is confirmed.
      Next: "ConfirmEncoderLease",
    }),
  } as const satisfies States;
}

/** The local runtime takes the inputs of its simulated channels from these sentences. */
function describeInput({ inputId, channelId, type }: OrchestratorSettings["inputs"][number]): string {
  return `MediaLive input ${inputId} of channel ${channelId}: ${type}.`;
}
