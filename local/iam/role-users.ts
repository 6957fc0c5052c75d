import { isJsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";

/** A resource of the program whose service takes on a role. */
export interface RoleUser {
  /** Such as `The function 'greeter'`. */
  readonly what: string;
  readonly service: string;
  readonly role: string;
  /** What the service says that it acts for, which a trust policy may ask for. */
  readonly sourceArn?: string;
}

/** @returns every resource of the program that acts with a role. */
export function roleUsers(graph: Graph): RoleUser[] {
  const rules = resourcesOfType(graph, "aws:cloudwatch/eventRule:EventRule");
  return [
    ...resourcesOfType(graph, "aws:lambda/function:Function").map(({ name, inputs }) => ({
      what: `The function '${name}'`,
      service: "lambda.amazonaws.com",
      role: String(inputs.role),
    })),
    ...resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs, outputs }) => ({
      what: `The state machine '${name}'`,
      service: "states.amazonaws.com",
      role: String(inputs.roleArn),
      sourceArn: String(outputs.arn),
    })),
    ...resourcesOfType(graph, "aws:cloudwatch/eventTarget:EventTarget")
      .filter(({ inputs }) => inputs.roleArn !== undefined)
      .map(({ name, inputs }) => ({
        what: `The event target '${name}'`,
        service: "events.amazonaws.com",
        role: String(inputs.roleArn),
        sourceArn: String(
          rules.find(
            ({ outputs, inputs: { eventBusName } }) =>
              outputs.name === inputs.rule && eventBusName === inputs.eventBusName,
          )?.outputs.arn,
        ),
      })),
    ...resourcesOfType(graph, "aws:scheduler/schedule:Schedule").map(({ name, inputs, outputs }) => ({
      what: `The schedule '${name}'`,
      service: "scheduler.amazonaws.com",
      role: String(isJsonObject(inputs.target) ? inputs.target.roleArn : undefined),
      sourceArn: scheduleGroupArn(String(outputs.arn)),
    })),
  ];
}

/** EventBridge Scheduler says that it acts for a schedule's group: a trust policy that asks for the schedule itself never holds. */
export function scheduleGroupArn(scheduleArn: string): string {
  return scheduleArn.replace(/:schedule\/([^/]+)\/.*$/, ":schedule-group/$1");
}
