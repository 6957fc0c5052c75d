import { isJsonObject, type JsonObject } from "../../json";
import { type Graph, resourcesOfType } from "../../record/graph";
import type { OrRecord } from "../define-service";
import { type EventBridge, nameOf } from "./event-bridge";
import type { InputTransformer } from "./event-input";

/** Creates the buses, archives and rules that a program registered, with their targets. */
export function declareBuses(graph: Graph, eventBridge: EventBridge, orRecord: OrRecord): void {
  for (const { outputs } of resourcesOfType(graph, "aws:cloudwatch/eventBus:EventBus")) {
    eventBridge.createEventBus(String(outputs.name));
  }
  for (const archive of resourcesOfType(graph, "aws:cloudwatch/eventArchive:EventArchive")) {
    const { inputs, outputs } = archive;
    const settings = {
      name: String(outputs.name),
      eventBusName: String(inputs.eventSourceArn),
      ...(inputs.eventPattern !== undefined && { eventPattern: String(inputs.eventPattern) }),
      ...(inputs.retentionDays !== undefined && { retentionDays: Number(inputs.retentionDays) }),
    };
    orRecord(archive, () => eventBridge.createArchive(settings));
  }
  for (const rule of resourcesOfType(graph, "aws:cloudwatch/eventRule:EventRule")) {
    const { inputs, outputs } = rule;
    // A bus that the program does not create is another stack's. It carries what is put on it here.
    if (inputs.eventBusName !== undefined) eventBridge.createEventBus(nameOf(String(inputs.eventBusName)));
    const settings = {
      name: String(outputs.name),
      ...(inputs.eventPattern !== undefined && { eventPattern: String(inputs.eventPattern) }),
      ...(inputs.scheduleExpression !== undefined && {
        scheduleExpression: String(inputs.scheduleExpression),
      }),
      ...(inputs.eventBusName !== undefined && { eventBusName: String(inputs.eventBusName) }),
      ...(inputs.state === "DISABLED" && { state: "DISABLED" as const }),
    };
    orRecord(rule, () => eventBridge.putRule(settings));
  }
  const inertRules = new Set(
    graph.resources
      .filter(({ type, isInert }) => isInert && type === "aws:cloudwatch/eventRule:EventRule")
      .map(({ outputs }) => String(outputs.name)),
  );
  for (const target of resourcesOfType(graph, "aws:cloudwatch/eventTarget:EventTarget")) {
    const { name, inputs, outputs } = target;
    // A rule that is only recorded has no targets.
    if (inertRules.has(String(inputs.rule))) continue;
    if (String(inputs.arn).includes(":stateMachine:") && inputs.roleArn === undefined) {
      throw new Error(
        `The event target '${name}' is a state machine: EventBridge needs a roleArn to start it.`,
      );
    }
    const deadLetterArn = isJsonObject(inputs.deadLetterConfig) ? inputs.deadLetterConfig.arn : undefined;
    const settings = {
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
    };
    orRecord(target, () => eventBridge.putTarget(settings));
  }
}

function readTransformer({ inputPaths, inputTemplate }: JsonObject): InputTransformer {
  const paths = Object.entries(isJsonObject(inputPaths) ? inputPaths : {});
  return {
    inputPaths: Object.fromEntries(paths.map(([variable, path]) => [variable, String(path)])),
    inputTemplate: String(inputTemplate),
  };
}
