import { randomUUID } from "node:crypto";
import type { Json, JsonObject } from "../../json";
import type { DeliveryFailure } from "../event-bridge/event-delivery";
import type { ScheduleSpec } from "./schedule-input";

/** One time that a schedule is due. */
export interface ScheduledRun {
  readonly scheduleArn: string;
  readonly executionId: string;
  /** Milliseconds since the Unix epoch. */
  readonly scheduledAt: number;
}

/** What the schedule of a run is, and where. */
export interface RunPlace {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Makes what a target receives. Source: EventBridge Scheduler user guide, "Adding context attributes", and for the notification that stands
 * where there is no input, "Managing targets".
 */
export function runInput(
  { target }: ScheduleSpec,
  run: ScheduledRun,
  attempt: number,
  { region, accountId }: RunPlace,
): Json {
  const time = timeOf(run);
  if (target.input === undefined) {
    return {
      ...{ version: "0", id: randomUUID(), "detail-type": "Scheduled Event", source: "aws.scheduler" },
      ...{ account: accountId, time, region, resources: [run.scheduleArn], detail: "{}" },
    };
  }
  const values: { readonly [attribute: string]: string } = {
    "schedule-arn": run.scheduleArn,
    "scheduled-time": time,
    "execution-id": run.executionId,
    "attempt-number": String(attempt),
  };
  const filled = target.input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (written, name: string) => values[name] ?? written,
  );
  return JSON.parse(filled) as Json;
}

/** The message attributes of a dead letter. Source: EventBridge Scheduler user guide, "Configuring a schedule's dead-letter queue". */
export function deadLetterAttributes(
  { target }: ScheduleSpec,
  run: ScheduledRun,
  { code, message, exhausted, retryAttempts }: DeliveryFailure,
): { [attribute: string]: string } {
  return {
    ERROR_CODE: code,
    ERROR_MESSAGE: message,
    EXECUTION_ID: run.executionId,
    ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: String(retryAttempts),
    SCHEDULED_TIME: timeOf(run),
    SCHEDULE_ARN: run.scheduleArn,
    TARGET_ARN: target.arn,
  };
}

/** A schedule as GetSchedule shows it; dates in seconds since the Unix epoch. */
export function scheduleDescription(arn: string, spec: ScheduleSpec, createdAt: number): JsonObject {
  const { target } = spec;
  return {
    Arn: arn,
    Name: spec.name,
    GroupName: spec.groupName,
    ...(spec.description !== undefined && { Description: spec.description }),
    ActionAfterCompletion: spec.deletesItself ? "DELETE" : "NONE",
    CreationDate: createdAt / 1000,
    LastModificationDate: createdAt / 1000,
    FlexibleTimeWindow: { Mode: "OFF" },
    ScheduleExpression: spec.expression,
    ScheduleExpressionTimezone: "UTC",
    State: spec.isEnabled ? "ENABLED" : "DISABLED",
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      ...(target.input !== undefined && { Input: target.input }),
      ...(target.deadLetterArn !== undefined && { DeadLetterConfig: { Arn: target.deadLetterArn } }),
      RetryPolicy: {
        MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts,
        MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds,
      },
    },
  };
}

function timeOf({ scheduledAt }: ScheduledRun): string {
  return new Date(scheduledAt).toISOString().replace(/\.\d{3}Z$/, "Z");
}
