import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import { type Alarms, type EventBridge, readAlarm, type Scheduler } from "../services";
import type { InputTransformer } from "../services/event-bridge/event-input";

/** What happens by itself in a program: by rules for events, by schedules, and by alarms. */

export function declareBuses(graph: Graph, eventBridge: EventBridge): void {
  for (const { outputs } of resourcesOfType(graph, "aws:cloudwatch/eventBus:EventBus")) {
    eventBridge.createEventBus(String(outputs.name));
  }
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/eventArchive:EventArchive")) {
    eventBridge.createArchive({
      name: String(outputs.name),
      eventBusName: String(inputs.eventSourceArn),
      ...(inputs.eventPattern !== undefined && { eventPattern: String(inputs.eventPattern) }),
      ...(inputs.retentionDays !== undefined && { retentionDays: Number(inputs.retentionDays) }),
    });
  }
  for (const { name, inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/eventRule:EventRule")) {
    if (inputs.scheduleExpression !== undefined) {
      throw new Error(
        `The local runtime has no rules on a schedule, such as '${name}': use a Schedule of EventBridge Scheduler.`,
      );
    }
    eventBridge.putRule({
      name: String(outputs.name),
      eventPattern: String(inputs.eventPattern),
      ...(inputs.eventBusName !== undefined && { eventBusName: String(inputs.eventBusName) }),
      ...(inputs.state === "DISABLED" && { state: "DISABLED" }),
    });
  }
  for (const { name, inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/eventTarget:EventTarget")) {
    if (String(inputs.arn).includes(":stateMachine:") && inputs.roleArn === undefined) {
      throw new Error(
        `The event target '${name}' is a state machine: EventBridge needs a roleArn to start it.`,
      );
    }
    const deadLetterArn = isJsonObject(inputs.deadLetterConfig) ? inputs.deadLetterConfig.arn : undefined;
    eventBridge.putTarget({
      rule: String(inputs.rule),
      id: String(outputs.targetId),
      arn: String(inputs.arn),
      ...(inputs.roleArn !== undefined && { roleArn: String(inputs.roleArn) }),
      ...(inputs.eventBusName !== undefined && { eventBusName: String(inputs.eventBusName) }),
      ...(deadLetterArn !== undefined && { deadLetterArn: String(deadLetterArn) }),
      ...(isJsonObject(inputs.retryPolicy) && { retryPolicy: inputs.retryPolicy }),
      ...(inputs.input !== undefined && { input: String(inputs.input) }),
      ...(inputs.inputPath !== undefined && { inputPath: String(inputs.inputPath) }),
      ...(isJsonObject(inputs.inputTransformer) && {
        inputTransformer: readTransformer(inputs.inputTransformer),
      }),
    });
  }
}

export function declareSchedules(graph: Graph, scheduler: Scheduler): void {
  for (const { outputs } of resourcesOfType(graph, "aws:scheduler/scheduleGroup:ScheduleGroup")) {
    scheduler.createScheduleGroup(String(outputs.name));
  }
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:scheduler/schedule:Schedule")) {
    // The provider's inputs are the members of CreateSchedule, in camel case; Pulumi's own region is none of them.
    const { region: _, ...members } = inputs;
    scheduler.declareSchedule(upperFirst({ ...members, name: outputs.name ?? "" }) as JsonObject);
  }
}

/** @throws {Error} for an alarm that is not served, and for one over a queue or a state machine that the program has not. */
export function declareAlarms(graph: Graph, alarms: Alarms): void {
  const known = new Set([
    ...resourcesOfType(graph, "aws:sqs/queue:Queue").map(({ outputs }) => outputs.name),
    ...resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ outputs }) => outputs.arn),
  ]);
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm")) {
    const spec = readAlarm(String(outputs.name), inputs);
    const unknown = spec.metrics.find((metric) => !known.has(metric.of));
    if (unknown) {
      throw new Error(
        `The alarm '${spec.name}' watches ${unknown.namespace} ${unknown.name} of '${unknown.of}', which is not of the program.`,
      );
    }
    alarms.create(spec);
  }
}

function readTransformer({ inputPaths, inputTemplate }: JsonObject): InputTransformer {
  const paths = Object.entries(isJsonObject(inputPaths) ? inputPaths : {});
  return {
    inputPaths: Object.fromEntries(paths.map(([variable, path]) => [variable, String(path)])),
    inputTemplate: String(inputTemplate),
  };
}

function upperFirst(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [
      `${member.charAt(0).toUpperCase()}${member.slice(1)}`,
      upperFirst(content),
    ]),
  );
}
