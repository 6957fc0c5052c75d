import type { JsonObject } from "../json";
import { type StateFailure, TimeoutFailure } from "./errors";
import { whole } from "./history";
import type { Step } from "./step";

/** The history of one attempt of a task, under AWS's event names. */
export class TaskEvents {
  private readonly resource: { resourceType: string; resource: string };
  private submitPending: boolean;

  constructor(
    private readonly step: Step,
    resource: string,
  ) {
    this.resource = splitResource(resource);
    this.submitPending = step.taskToken !== undefined;
  }

  scheduled(parameters: string, timeoutInSeconds?: number, heartbeatInSeconds?: number): void {
    const limits = {
      ...(timeoutInSeconds === undefined ? {} : { timeoutInSeconds }),
      ...(heartbeatInSeconds === undefined ? {} : { heartbeatInSeconds }),
    };
    this.record("TaskScheduled", { region: this.step.frame.run.region, parameters, ...limits });
    this.record("TaskStarted");
  }

  /** The integration call of a callback task is back. */
  submitted(output: string): void {
    this.submitPending = false;
    this.record("TaskSubmitted", { output, outputDetails: whole });
  }

  succeeded(output: string): void {
    this.record("TaskSucceeded", { output, outputDetails: whole });
  }

  failed(failure: StateFailure): void {
    const { error, cause } = failure;
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    if (failure instanceof TimeoutFailure) this.record("TaskTimedOut", details);
    else this.record(this.submitPending ? "TaskSubmitFailed" : "TaskFailed", details);
  }

  private record(type: string, details: JsonObject = {}): void {
    const member = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
    this.step.record(type, { [member]: { ...this.resource, ...details } });
  }
}

/**
 * Splits a resource as the history shows it: `arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken` is the
 * resource `updateItem.waitForTaskToken` of type `aws-sdk:dynamodb`. A function's own ARN is of type `lambda`.
 */
function splitResource(arn: string): { resourceType: string; resource: string } {
  const [, , service, , , ...parts] = arn.split(":");
  if (service !== "states") return { resourceType: service ?? "", resource: arn };
  return { resourceType: parts.slice(0, -1).join(":"), resource: parts.at(-1) ?? "" };
}
