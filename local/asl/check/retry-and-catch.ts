import { isJsonObject, type Json, type JsonObject } from "../../json";
import { checkFields } from "./field-names";
import { checkValue, isString, isWhole } from "./field-values";
import type { Problems } from "./problems";

const retrierFields = [
  "ErrorEquals",
  "IntervalSeconds",
  "MaxAttempts",
  "BackoffRate",
  "MaxDelaySeconds",
  "JitterStrategy",
  "Comment",
];

/** The maximum of `MaxDelaySeconds`, just below a year and a day. Source: Developer Guide, "Retrying after an error". */
const maxDelaySeconds = 31_622_399;

/**
 * The names that AWS gives to errors of the States language; it refuses every other name that begins with `States.`.
 * Source: Amazon States Language specification, appendix A; Developer Guide, "Error names".
 */
const predefinedErrors = new Set(
  (
    "ALL BranchFailed DataLimitExceeded ExceedToleratedFailureThreshold HeartbeatTimeout Http.Socket IntrinsicFailure " +
    "ItemReaderFailed NoChoiceMatched ParameterPathFailure Permissions QueryEvaluationError ResultPathMatchFailure " +
    "ResultWriterFailed Runtime TaskFailed Timeout"
  )
    .split(" ")
    .map((name) => `States.${name}`),
);

/** Reports what is wrong with a state's `Retry`. */
export function checkRetry(retry: Json | undefined, problems: Problems): void {
  for (const [retrier, location] of handlers(retry, "Retry", problems)) {
    checkFields(retrier, retrierFields, problems);
    const check = (field: string, passes: (value: Json) => boolean, wanted: string) =>
      checkValue(retrier[field], passes, wanted, `${location}/${field}`, problems);
    check("IntervalSeconds", isWhole(1), "a whole number of at least 1");
    check("MaxAttempts", isWhole(0), "a whole number of at least 0");
    check("BackoffRate", (rate) => typeof rate === "number" && rate >= 1, "a number of at least 1");
    check("MaxDelaySeconds", isWhole(1, maxDelaySeconds), "a whole number from 1 to 31622399");
    check("JitterStrategy", (strategy) => strategy === "FULL" || strategy === "NONE", "FULL or NONE");
    const { IntervalSeconds = 1, MaxDelaySeconds } = retrier;
    if (MaxDelaySeconds !== undefined && Number(MaxDelaySeconds) <= Number(IntervalSeconds)) {
      problems.add(`the field '${location}/MaxDelaySeconds' must be greater than IntervalSeconds.`);
    }
  }
}

/** @returns the handlers in a `Retry` or `Catch`, each with its location, after checking their `ErrorEquals`. */
export function* handlers(
  list: Json | undefined,
  field: "Retry" | "Catch",
  problems: Problems,
): Generator<[JsonObject, string]> {
  if (list === undefined) return;
  if (!Array.isArray(list)) {
    problems.add(`the field '${field}' must be a list.`);
    return;
  }
  for (const [index, handler] of list.entries()) {
    const location = `${field}[${index}]`;
    if (!isJsonObject(handler)) {
      problems.add(`'${location}' must be an object.`);
      continue;
    }
    checkErrorEquals(handler.ErrorEquals, `${location}/ErrorEquals`, index === list.length - 1, problems);
    yield [handler, location];
  }
}

function checkErrorEquals(
  names: Json | undefined,
  location: string,
  last: boolean,
  problems: Problems,
): void {
  if (!Array.isArray(names) || names.length === 0 || !names.every(isString)) {
    problems.add(`the field '${location}' must be a list of one or more error names.`);
  } else if (names.includes("States.ALL") && (names.length > 1 || !last)) {
    problems.add(`States.ALL in '${location}' must stand alone, in the last place of the list.`);
  } else {
    for (const name of names) {
      if (!name.startsWith("States.") || predefinedErrors.has(name)) continue;
      const known = [...predefinedErrors].join(", ");
      problems.add(`'${location}' has the unknown error name '${name}'; with 'States.' begin ${known}.`);
    }
  }
}
