import type { JsonObject } from "../../json";
import type { State } from "../definition";
import type { Problems } from "./problems";

const recoverable = ["Output", "Assign", "Retry", "Catch", "Next", "End"];

/** The fields of a JSONata state by its type, beside those that every state has. */
export const stateFields: Record<State["Type"], readonly string[]> = {
  Task: ["Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", ...recoverable],
  Pass: ["Output", "Assign", "Next", "End"],
  Choice: ["Choices", "Default", "Output", "Assign"],
  Wait: ["Seconds", "Timestamp", "Output", "Assign", "Next", "End"],
  Succeed: ["Output"],
  Fail: ["Error", "Cause"],
  Parallel: ["Branches", "Arguments", ...recoverable],
  Map: ["Items", "ItemSelector", "MaxConcurrency", "ItemProcessor", ...recoverable],
};

export const commonFields = ["Type", "Comment", "QueryLanguage"];

/** Fields that belong to JSONPath states alone. */
const jsonPathFields = new Set([
  "InputPath",
  "OutputPath",
  "Parameters",
  "Result",
  "ResultPath",
  "ResultSelector",
  "ItemsPath",
  "MaxConcurrencyPath",
  "TimeoutSecondsPath",
  "HeartbeatSecondsPath",
  "SecondsPath",
  "TimestampPath",
  "ErrorPath",
  "CausePath",
  "Variable",
]);

/** Fields of the language that the local runtime leaves out. */
const unsupportedFields = new Set([
  "Credentials",
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "ToleratedFailureCount",
  "ToleratedFailurePercentage",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentagePath",
  "Label",
  "Iterator",
]);

/** Reports every field that is not in a list, and why it is not. */
export function checkFields(value: JsonObject, allowed: readonly string[], problems: Problems): void {
  for (const field of Object.keys(value)) {
    if (allowed.includes(field)) continue;
    if (jsonPathFields.has(field)) {
      problems.add(`the field '${field}' belongs to JSONPath, which the local runtime does not support.`);
    } else if (unsupportedFields.has(field)) {
      problems.add(`the local runtime does not support the field '${field}'.`);
    } else {
      problems.add(`the field '${field}' is not allowed here; allowed are ${allowed.join(", ")}.`);
    }
  }
}
