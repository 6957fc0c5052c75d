import type { Execution } from "../../asl/execution";
import type { HistoryEvent } from "../../asl/history";
import type { Json, JsonObject } from "../../json";
import { whyNotRedrivable } from "./step-functions-redrive";

/** A state machine as CreateStateMachine takes it. */
export interface StateMachineShape {
  name: string;
  arn: string;
  /** The definition's JSON text, in the Amazon States Language. */
  definition: string;
  roleArn: string;
  type: string;
}

/** @returns an execution as ListExecutions shows it; dates are in seconds since the Unix epoch. */
export function executionListItem(execution: Execution): JsonObject {
  const { arn, name, stateMachine } = execution.start;
  return {
    executionArn: arn,
    stateMachineArn: stateMachine.arn,
    name,
    status: execution.status,
    startDate: execution.startedAt / 1000,
    ...given({ stopDate: seconds(execution.stoppedAt), redriveDate: seconds(execution.redrivenAt) }),
    ...(execution.redriveCount > 0 && { redriveCount: execution.redriveCount }),
  };
}

/** @returns an execution as DescribeExecution shows it; dates are in seconds since the Unix epoch. */
export function executionDescription(execution: Execution, now: number): JsonObject {
  const { output, error, cause } = execution;
  return {
    ...executionListItem(execution),
    input: execution.start.input,
    inputDetails: { included: true },
    ...given({ output, outputDetails: output === undefined ? undefined : { included: true }, error, cause }),
    redriveCount: execution.redriveCount,
    ...redriveStatus(execution, now),
  };
}

/**
 * @returns the detail of the event `Step Functions Execution Status Change`; dates are in milliseconds since the Unix
 * epoch. Source: Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge".
 */
export function statusChangeDetail(execution: Execution, now: number): JsonObject {
  const { start, status, error = null, cause = null } = execution;
  const outputFits = escapedBytes(execution.output) <= mostEventBytes;
  const output = outputFits ? (execution.output ?? null) : null;
  const inputFits = escapedBytes(start.input) + escapedBytes(output ?? undefined) <= mostEventBytes;
  return {
    executionArn: start.arn,
    stateMachineArn: start.stateMachine.arn,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name: start.name,
    status,
    startDate: execution.startedAt,
    stopDate: execution.stoppedAt ?? null,
    input: inputFits ? start.input : null,
    inputDetails: { included: inputFits },
    output,
    outputDetails: execution.output === undefined ? null : { included: outputFits },
    error,
    cause,
    redriveCount: execution.redriveCount,
    redriveDate: execution.redrivenAt ?? null,
    redriveStatusReason: null,
    ...redriveStatus(execution, now),
  };
}

/** An event leaves out the input, and then the output, of what is larger together: escaped, as they stand in the event. */
const mostEventBytes = 248 * 1024;

function escapedBytes(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The members of history events that hold data, which `includeExecutionData: false` leaves out. */
const dataMembers = new Set(["input", "output", "parameters", "assignedVariables"]);

/** @returns an event without the execution's data. */
export function withoutData(event: HistoryEvent): JsonObject {
  const members = Object.entries(event).map(([name, value]) => [name, withoutDataMembers(value)]);
  return Object.fromEntries(members) as JsonObject;
}

function withoutDataMembers(details: Json | undefined): Json | undefined {
  if (typeof details !== "object" || details === null || Array.isArray(details)) return details;
  return Object.fromEntries(Object.entries(details).filter(([name]) => !dataMembers.has(name)));
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function redriveStatus(execution: Execution, now: number): JsonObject {
  const redriveStatusReason = whyNotRedrivable(execution, now);
  return redriveStatusReason === undefined
    ? { redriveStatus: "REDRIVABLE" }
    : { redriveStatus: "NOT_REDRIVABLE", redriveStatusReason };
}

function given(members: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Json] => member[1] !== undefined),
  );
}

export function isStateMachineArn(arn: string): boolean {
  return /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(arn);
}
