import { isJsonObject, type Json } from "../../json";
import { expressionIn } from "../jsonata";
import { parseTimestamp } from "../timestamp";
import { expressionProblem } from "./expression-use";
import type { Problems } from "./problems";

/** Reports every JSONata expression in a template that is not delimited as AWS wants it, or does not compile. */
export function checkTemplate(template: Json | undefined, location: string, problems: Problems): void {
  const source = expressionIn(template);
  if (source !== undefined) {
    const problem = expressionProblem(source);
    if (problem) problems.add(`the JSONata expression '${source}' in '${location}' is invalid: ${problem}.`);
  } else if (typeof template === "string") {
    checkDelimiters(template, location, problems);
  } else if (Array.isArray(template)) {
    for (const [index, item] of template.entries()) checkTemplate(item, `${location}[${index}]`, problems);
  } else if (isJsonObject(template)) {
    for (const [key, value] of Object.entries(template)) checkTemplate(value, `${location}/${key}`, problems);
  }
}

/**
 * Reports a text that begins, ends or has an expression within it and is not wholly one.
 * Source: Step Functions Developer Guide, "Writing JSONata expressions": "The string must start with {% with no leading spaces, and must
 * end with %} with no trailing spaces. Improperly opening or closing the expression will result in a validation error."
 */
function checkDelimiters(text: string, location: string, problems: Problems): void {
  if (!text.includes("{%") && !text.trimEnd().endsWith("%}")) return;
  problems.add(
    `the text ${JSON.stringify(text)} in '${location}' is no JSONata expression: '{%' must be its very beginning and '%}' its very end, without spaces or text around them. To put a value into a text, write {% 'Hello ' & $states.input.name %}.`,
  );
}

/** Reports a value that is neither a JSONata expression nor passes a test. */
export function checkTemplateOr(
  value: Json | undefined,
  passes: (value: Json) => boolean,
  wanted: string,
  location: string,
  problems: Problems,
): void {
  if (value === undefined) return;
  const problemsBefore = problems.all.length;
  if (typeof value === "string") checkTemplate(value, location, problems);
  // What is wrong with its delimiters says more than that it is no number.
  if (expressionIn(value) !== undefined || problems.all.length > problemsBefore) return;
  checkValue(value, passes, `${wanted} or a JSONata expression`, location, problems);
}

/** Reports a value that is given and does not pass a test. */
export function checkValue(
  value: Json | undefined,
  passes: (value: Json) => boolean,
  wanted: string,
  location: string,
  problems: Problems,
): void {
  if (value === undefined || passes(value)) return;
  problems.add(`the field '${location}' must be ${wanted} but is ${JSON.stringify(value)}.`);
}

export const isString = (value: Json): value is string => typeof value === "string";
export const isBoolean = (value: Json) => typeof value === "boolean";
export const isTimestamp = (value: Json) => isString(value) && parseTimestamp(value) !== undefined;
/** @returns a test for whole numbers within limits. */
export const isWhole =
  (min: number, max = 99_999_999) =>
  (value: Json) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
