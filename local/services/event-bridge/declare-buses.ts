import { isJsonObject, type JsonObject } from "../../json";
import { type Graph, resourcesOfType } from "../../record/graph";
import { type EventBridge, nameOf } from "./event-bridge";
import type { InputTransformer } from "./event-input";

/** Creates the buses, archives and rules that a program registered, with their targets. */
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
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/eventRule:EventRule")) {
    // A bus that the program does not create is another stack's. It carries what is put on it here.
    if (inputs.eventBusName !== undefined) eventBridge.createEventBus(nameOf(String(inputs.eventBusName)));
    eventBridge.putRule({
      name: String(outputs.name),
      ...(inputs.eventPattern !== undefined && { eventPattern: String(inputs.eventPattern) }),
      ...(inputs.scheduleExpression !== undefined && {
        scheduleExpression: String(inputs.scheduleExpression),
      }),
      ...(inputs.eventBusName !== undefined && { eventBusName: String(inputs.eventBusName) }),
      ...(inputs.state === "DISABLED" && { state: "DISABLED" }),
    });
  }
  const inertRules = new Set(
    graph.resources
      .filter(({ type, isInert }) => isInert && type === "aws:cloudwatch/eventRule:EventRule")
      .map(({ outputs }) => String(outputs.name)),
  );
  for (const { name, inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/eventTarget:EventTarget")) {
    // A rule that is only recorded has no targets.
    if (inertRules.has(String(inputs.rule))) continue;
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

function readTransformer({ inputPaths, inputTemplate }: JsonObject): InputTransformer {
  const paths = Object.entries(isJsonObject(inputPaths) ? inputPaths : {});
  return {
    inputPaths: Object.fromEntries(paths.map(([variable, path]) => [variable, String(path)])),
    inputTemplate: String(inputTemplate),
  };
}
