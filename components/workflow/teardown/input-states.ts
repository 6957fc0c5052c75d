import { choice, type State, succeed } from "../shared/asl";
import { jsonata, objectText, partOfJsonata, type StartedTeardown } from "../shared/jsonata";
import type { InputState, TeardownState } from "./settings";

/** What starts the execution; the rule puts the detail of an event into `event`. */
const started = "$states.context.Execution.Input";

/** The event that started the execution, and otherwise its whole input: both name the attempt. */
const source = `($exists(${started}.event) ? ${started}.event : ${started})`;

/** More than nine digits no attempt has, and DynamoDB takes no number beyond 38 digits. */
const maxAttempt = 999_999_999;

/**
 * Whether the input names an attempt as the contract has it. An event may hold anything, and a call such as `$length` on a value of
 * another type fails the execution: so each type is looked at before the value is.
 */
const isWellFormed = `(
  $source := ${source};
  $isStreamId := function($value) {
    $type($value) = "string"
      ? $length($value) >= 3 and $length($value) <= 64 and $not($contains($value, /[^a-zA-Z0-9-]/))
      : false
  };
  $isAttempt := function($value) {
    $type($value) = "number" ? $value >= 1 and $value <= ${maxAttempt} and $floor($value) = $value : false
  };
  $type($source) = "object"
    ? $isStreamId($source.streamId) and ($exists($source.attempt) ? $isAttempt($source.attempt) : true)
    : false
)`;

const textOrNull = (value: string) => `$type(${value}) = "string" ? ${value} : null`;

/** The variable `$input`: of an event the stream and the attempt, and nothing else. */
const inputText = (isEvent: boolean) =>
  objectText<StartedTeardown>({
    streamId: "$source.streamId",
    attempt: "$exists($source.attempt) ? $source.attempt : null",
    channelId: isEvent ? "null" : textOrNull("$source.channelId"),
    overdue: isEvent ? "false" : "$source.overdue = true",
    reason: isEvent ? "null" : textOrNull("$source.reason"),
  });

/**
 * Takes from an event which attempt it is about, and nothing else: anybody who may put events on the bus writes the rest of it. What ends
 * a stream that is up (`overdue`, `reason`) comes from the one-shot schedule and the sweep, which start the execution themselves.
 */
export function inputStates(): { readonly [name in InputState]: State<TeardownState> } {
  return {
    CheckInput: choice({
      Choices: [
        {
          Condition: jsonata(isWellFormed),
          Assign: {
            input: jsonata(
              partOfJsonata(
                `($source := ${source}; $exists(${started}.event) ? ${inputText(true)} : ${inputText(false)})`,
              ),
            ),
          },
          Output: {},
          Next: "FindAttempt",
        },
      ],
      Output: {},
      Default: "InvalidInputIgnored",
    }),
    // The log names the state, and a failed execution would page for what nobody here can mend.
    InvalidInputIgnored: succeed({ Output: { teardown: "NONE" } }),
  };
}
