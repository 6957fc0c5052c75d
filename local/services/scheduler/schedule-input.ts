import { isJsonObject, type Json, type JsonObject } from "../../json";
import { defaultRetryPolicy, type RetryPolicy } from "../event-bridge/event-delivery";
import { AwsError } from "../service";
import { readScheduleExpression, type ScheduleTimes } from "./schedule-expressions";

/** A schedule as CreateSchedule took it. */
export interface ScheduleSpec {
  readonly name: string;
  readonly groupName: string;
  readonly description?: string;
  readonly expression: string;
  readonly times: ScheduleTimes;
  readonly isEnabled: boolean;
  readonly deletesItself: boolean;
  readonly target: ScheduleTarget;
}

export interface ScheduleTarget {
  readonly arn: string;
  readonly roleArn: string;
  /** JSON text. @default - a notification that names the schedule */
  readonly input?: string;
  readonly retryPolicy: RetryPolicy;
  readonly deadLetterArn?: string;
}

const namePattern = /^[0-9a-zA-Z-_.]{1,64}$/;

/**
 * Reads the input of CreateSchedule.
 *
 * @throws {AwsError} `ValidationException` for a member that is missing or wrong, and by name for one that is not served.
 */
export function readSchedule(input: JsonObject): ScheduleSpec {
  refuseOthers(input, "CreateSchedule", [
    ...["ActionAfterCompletion", "Description", "FlexibleTimeWindow", "GroupName", "Name"],
    ...["ScheduleExpression", "ScheduleExpressionTimezone", "State", "Target"],
    // Accepted, and without effect.
    ...["ClientToken", "KmsKeyArn"],
  ]);
  const window = object(input, "FlexibleTimeWindow");
  if (oneOf(window, "Mode", ["OFF", "FLEXIBLE"]) !== "OFF") {
    throw invalid("The local runtime serves the FlexibleTimeWindow OFF alone.");
  }
  const timezone = optionalText(input, "ScheduleExpressionTimezone") ?? "UTC";
  if (timezone !== "UTC") {
    throw invalid(`The local runtime serves the ScheduleExpressionTimezone UTC alone, received ${timezone}.`);
  }
  const expression = text(input, "ScheduleExpression");
  const description = optionalText(input, "Description");
  return {
    name: scheduleName(input, "Name"),
    groupName: input.GroupName === undefined ? "default" : scheduleName(input, "GroupName"),
    ...(description !== undefined && { description }),
    expression,
    times: readScheduleExpression(expression),
    isEnabled: (oneOf(input, "State", ["ENABLED", "DISABLED"]) ?? "ENABLED") === "ENABLED",
    deletesItself: oneOf(input, "ActionAfterCompletion", ["NONE", "DELETE"]) === "DELETE",
    target: readTarget(object(input, "Target")),
  };
}

function readTarget(target: JsonObject): ScheduleTarget {
  refuseOthers(target, "a Target", ["Arn", "DeadLetterConfig", "Input", "RetryPolicy", "RoleArn"]);
  const arn = text(target, "Arn");
  if (!/^arn:[^:]+:(lambda:[^:]*:[^:]*:function|states:[^:]*:[^:]*:stateMachine):/.test(arn)) {
    throw invalid(`The local runtime serves schedules of functions and state machines, received ${arn}.`);
  }
  const input = optionalText(target, "Input");
  if (input !== undefined && !isJson(input)) throw invalid("Invalid Input: it must be well-formed JSON.");
  const deadLetterArn = isJsonObject(target.DeadLetterConfig)
    ? optionalText(target.DeadLetterConfig, "Arn")
    : undefined;
  const policy = isJsonObject(target.RetryPolicy) ? target.RetryPolicy : {};
  return {
    arn,
    roleArn: text(target, "RoleArn"),
    ...(input !== undefined && { input }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    retryPolicy: {
      maximumRetryAttempts:
        integer(policy, "MaximumRetryAttempts", 0, 185) ?? defaultRetryPolicy.maximumRetryAttempts,
      maximumEventAgeInSeconds:
        integer(policy, "MaximumEventAgeInSeconds", 60, 86_400) ??
        defaultRetryPolicy.maximumEventAgeInSeconds,
    },
  };
}

/** @throws {AwsError} `ValidationException` for a name that no schedule or group has. */
export function scheduleName(input: JsonObject, member: string): string {
  const name = text(input, member);
  if (namePattern.test(name)) return name;
  throw invalid(
    `1 validation error detected: Value '${name}' at '${lowerFirst(member)}' failed to satisfy constraint: ` +
      "Member must have 1 to 64 characters and satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$",
  );
}

/** @throws {AwsError} `ValidationException` naming a member that the local runtime would otherwise pass over. */
export function refuseOthers(input: JsonObject, what: string, served: readonly string[]): void {
  const other = Object.keys(input).find((member) => !served.includes(member));
  if (other !== undefined) throw invalid(`The local runtime does not serve '${other}' of ${what}.`);
}

function object(input: JsonObject, member: string): JsonObject {
  const value = input[member];
  if (isJsonObject(value)) return value;
  throw missing(member);
}

function text(input: JsonObject, member: string): string {
  const value = optionalText(input, member);
  if (value === undefined) throw missing(member);
  return value;
}

/** @throws {AwsError} `ValidationException` for what is no text. */
export function optionalText(input: JsonObject, member: string): string | undefined {
  const value: Json | undefined = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(`Expected a string at '${lowerFirst(member)}'.`);
  return value;
}

function oneOf(input: JsonObject, member: string, values: readonly string[]): string | undefined {
  const value = optionalText(input, member);
  if (value === undefined || values.includes(value)) return value;
  throw invalid(
    `Value '${value}' at '${lowerFirst(member)}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${values.join(", ")}]`,
  );
}

function integer(input: JsonObject, member: string, least: number, most: number): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw invalid(
    `Value '${JSON.stringify(value)}' at '${lowerFirst(member)}' must be from ${least} to ${most}.`,
  );
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function missing(member: string): AwsError {
  return invalid(
    `1 validation error detected: Value null at '${lowerFirst(member)}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function lowerFirst(member: string): string {
  return `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
}
