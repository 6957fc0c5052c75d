import { isJsonObject, type Json, type JsonObject } from "../../json";
import { expressionIn } from "../jsonata";
import { checkFields } from "./field-names";
import {
  checkTemplate,
  checkTemplateOr,
  checkValue,
  isBoolean,
  isString,
  isTimestamp,
  isWhole,
} from "./field-values";
import type { Problems } from "./problems";
import { checkRetry, handlers } from "./retry-and-catch";

/** What the check of a state needs to know about where it stands. */
export interface Surroundings {
  problems: Problems;
  /** Reports what is wrong with an `Assign`, and notes the variables it sets. */
  checkAssign: (assign: Json | undefined, location: string) => void;
  /** Says what is wrong with a Task's `Resource`; undefined when nothing is. */
  checkResource: (resource: string) => string | undefined;
}

/** Reports what is wrong within one state, its fields' names and its nested states apart. */
export function checkState(state: JsonObject, surroundings: Surroundings): void {
  const { problems, checkAssign } = surroundings;
  for (const field of ["Arguments", "Output", "Items", "ItemSelector"]) {
    checkTemplate(state[field], field, problems);
  }
  checkAssign(state.Assign, "Assign");
  checkRetry(state.Retry, problems);
  for (const [catcher, location] of handlers(state.Catch, "Catch", problems)) {
    checkFields(catcher, ["ErrorEquals", "Next", "Output", "Assign", "Comment"], problems);
    if (!isString(catcher.Next ?? null)) problems.add(`'${location}' needs the field 'Next'.`);
    checkTemplate(catcher.Output, `${location}/Output`, problems);
    checkAssign(catcher.Assign, `${location}/Assign`);
  }
  if (state.Type === "Task") checkTask(state, surroundings);
  if (state.Type === "Choice") checkChoices(state.Choices, surroundings);
  if (state.Type === "Wait") checkWait(state, problems);
  checkTemplateOr(state.Error, isString, "a text", "Error", problems);
  checkTemplateOr(state.Cause, isString, "a text", "Cause", problems);
  checkTemplateOr(state.MaxConcurrency, isWhole(0), "a whole number", "MaxConcurrency", problems);
  checkValue(state.Items, isItems, "a list, an object or a JSONata expression", "Items", problems);
}

const isItems = (items: Json) =>
  Array.isArray(items) || isJsonObject(items) || expressionIn(items) !== undefined;

function checkTask(state: JsonObject, { problems, checkResource }: Surroundings): void {
  const { Resource, TimeoutSeconds, HeartbeatSeconds } = state;
  if (typeof Resource !== "string" || !Resource.startsWith("arn:")) {
    problems.add("a Task needs the field 'Resource', an ARN.");
  } else {
    const problem = checkResource(Resource);
    if (problem) problems.add(problem);
  }
  const seconds = "a whole number of seconds from 1 to 99999999";
  checkTemplateOr(TimeoutSeconds, isWhole(1), seconds, "TimeoutSeconds", problems);
  checkTemplateOr(HeartbeatSeconds, isWhole(1), seconds, "HeartbeatSeconds", problems);
  if (
    typeof TimeoutSeconds === "number" &&
    typeof HeartbeatSeconds === "number" &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    problems.add("the field 'HeartbeatSeconds' must be less than TimeoutSeconds.");
  }
}

function checkChoices(choices: Json | undefined, { problems, checkAssign }: Surroundings): void {
  if (!Array.isArray(choices) || choices.length === 0) {
    problems.add("a Choice needs the field 'Choices', a list of one or more rules.");
    return;
  }
  for (const [index, rule] of choices.entries()) {
    const location = `Choices[${index}]`;
    if (!isJsonObject(rule)) {
      problems.add(`'${location}' must be an object.`);
      continue;
    }
    checkFields(rule, ["Condition", "Next", "Output", "Assign", "Comment"], problems);
    if (rule.Condition === undefined) problems.add(`'${location}' needs the field 'Condition'.`);
    if (!isString(rule.Next ?? null)) problems.add(`'${location}' needs the field 'Next'.`);
    checkTemplateOr(rule.Condition, isBoolean, "true, false", `${location}/Condition`, problems);
    checkTemplate(rule.Output, `${location}/Output`, problems);
    checkAssign(rule.Assign, `${location}/Assign`);
  }
}

function checkWait({ Seconds, Timestamp }: JsonObject, problems: Problems): void {
  if ((Seconds === undefined) === (Timestamp === undefined)) {
    problems.add("a Wait needs one of the fields 'Seconds' and 'Timestamp'.");
  }
  checkTemplateOr(Seconds, isWhole(0), "a whole number from 0 to 99999999", "Seconds", problems);
  checkTemplateOr(Timestamp, isTimestamp, "an RFC 3339 timestamp", "Timestamp", problems);
}

/** Reports a transition that a state lacks, or has and may not have. */
export function checkTransition(state: JsonObject, problems: Problems): void {
  const { Type, Next, End } = state;
  checkValue(Next, isString, "the name of a state", "Next", problems);
  checkValue(End, (end) => end === true, "true", "End", problems);
  const ends = Type === "Choice" || Type === "Succeed" || Type === "Fail";
  if (!ends && (Next === undefined) === (End === undefined)) {
    problems.add("a state needs one of the fields 'Next' and 'End'.");
  }
}

/** @returns whether a value could be a variable's name: what JSONata reads after a `$`, but not `states`. */
export function isVariableName(name: string): boolean {
  return /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) && name.length <= 80 && name !== "states";
}
