import { choice, type State, succeed } from "../shared/asl";
import { jsonata, objectText, type StartedTeardown } from "../shared/jsonata";
import type { InputState, TeardownState } from "./settings";

/** What starts the execution; the rule puts what it takes of an event into `event`. */
const started = "$states.context.Execution.Input";
const isEvent = `$exists(${started}.event)`;

/** More than nine digits no attempt has, and DynamoDB takes no number beyond 38 digits. */
const maxAttempt = 999_999_999;

/**
 * What the expressions below share. An event may hold anything, and a call such as `$length` on a value of another type fails the
 * execution: so each type is looked at before the value is.
 */
const read = `
  $source := ${isEvent} ? ${started}.event : ${started};
  $textOrNull := function($value) { $type($value) = "string" ? $value : null };
  $isStreamId := function($value) {
    $type($value) = "string"
      ? $length($value) >= 3 and $length($value) <= 64 and $not($contains($value, /[^a-zA-Z0-9-]/))
      : false
  };
  $attemptIn := function($value) {
    $type($value) = "number"
      ? ($value >= 1 and $value <= ${maxAttempt} and $floor($value) = $value ? $value : "none")
      : ($exists($value) ? "none" : null)
  };
  $attemptInText := function($text) {
    $type($text) = "string"
      ? ($text = "" ? null : ($length($text) <= 9 and $not($contains($text, /[^0-9]/)) ? $attemptIn($number($text)) : "none"))
      : "none"
  };
  $attempt := ${isEvent} ? $attemptInText($source.attempt) : $attemptIn($source.attempt);
`;

/** Whether the input names an attempt as the contract has it, or a stream alone. */
const isWellFormed = `(${read} $isStreamId($source.streamId) and $attempt != "none")`;

/** The variable `$input`: of an event the stream and the attempt, and nothing else. */
const inputText = (ofStarter: boolean) =>
  objectText<StartedTeardown>({
    streamId: "$source.streamId",
    attempt: "$attempt",
    channelId: ofStarter ? "$textOrNull($source.channelId)" : "null",
    overdue: ofStarter ? "$source.overdue = true" : "false",
    planned: ofStarter ? "$source.planned = true" : "false",
    reason: ofStarter ? "$textOrNull($source.reason)" : "null",
  });

/**
 * Takes only the attempt from an event: any program that may put events on the bus can write the rest. What ends
 * a stream that is up (`overdue`, `reason`) comes from the one-shot schedule and the sweep, which start the execution themselves.
 */
export function inputStates(): { readonly [name in InputState]: State<TeardownState> } {
  return {
    CheckInput: choice({
      Choices: [
        {
          Condition: jsonata(isWellFormed),
          Assign: {
            input: jsonata(`(${read} ${isEvent} ? ${inputText(false)} : ${inputText(true)})`),
          },
          Output: {},
          Next: "FindAttempt",
        },
      ],
      Output: {},
      Default: "InvalidInputIgnored",
    }),
    // The log names the state, and a failed execution would page on-call for something that they cannot mend.
    InvalidInputIgnored: succeed({ Output: { teardown: "NONE" } }),
  };
}
