import { isJsonObject, type Json, type JsonObject } from "../../json";
import { PermanentDeliveryError } from "./event-delivery";

/** What a target is sent instead of the whole event; at most one of the members is set. */
export interface TargetInput {
  /** JSON text that is sent instead of the event. */
  input?: string;
  /** A JSON path: that part of the event is sent. */
  inputPath?: string;
  inputTransformer?: InputTransformer;
}

/** Variables by JSON path, and a template with `<variable>` in it. */
export interface InputTransformer {
  inputPaths?: Record<string, string>;
  inputTemplate: string;
}

/** Where a template's predefined variables come from. */
export interface RuleContext {
  ruleArn: string;
  ruleName: string;
  /** Milliseconds since the Unix epoch. */
  acceptedAt: number;
}

/**
 * Makes what a target receives of an event.
 * Source: EventBridge user guide, "Amazon EventBridge input transformation".
 * @throws {PermanentDeliveryError} `INVALID_JSON` when a template does not turn into JSON.
 */
export function targetInput(target: TargetInput, event: JsonObject, context: RuleContext): Json {
  if (target.input !== undefined) return parse(target.input);
  if (target.inputPath !== undefined) return readPath(event, target.inputPath) ?? {};
  if (target.inputTransformer !== undefined) {
    const { inputPaths = {}, inputTemplate } = target.inputTransformer;
    const variables = new Map<string, Json | undefined>(predefined(event, context));
    for (const [name, path] of Object.entries(inputPaths)) variables.set(name, readPath(event, path));
    return read(fill(inputTemplate, variables));
  }
  return event;
}

function predefined(event: JsonObject, context: RuleContext): [string, Json][] {
  const { detail: _, "detail-type": detailType = "", ...others } = event;
  return [
    ["aws.events.rule-arn", context.ruleArn],
    ["aws.events.rule-name", context.ruleName],
    ["aws.events.event.ingestion-time", new Date(context.acceptedAt).toISOString()],
    // Recorded on AWS: without the detail, and with the type under a name of its own.
    ["aws.events.event", { ...others, detailType }],
    ["aws.events.event.json", event],
  ];
}

/**
 * Within a JSON string a variable is inserted as text, elsewhere as JSON. A variable that is not there leaves nothing. An object within a
 * string loses its quotes: `{acc:a,sf:b}`, as recorded on AWS.
 */
function fill(template: string, variables: ReadonlyMap<string, Json | undefined>): string {
  let isInString = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (token, name: string | undefined) => {
    if (token === '"') isInString = !isInString;
    if (name === undefined || !variables.has(name)) return token;
    const value = variables.get(name);
    if (value === undefined) return isInString ? "" : '""';
    if (!isInString) return JSON.stringify(value);
    if (typeof value === "string") return JSON.stringify(value).slice(1, -1);
    return JSON.stringify(value).replaceAll('"', "");
  });
}

/** Several strings, a line each, are sent as the lines that they are. Source: EventBridge user guide, "Amazon EventBridge input transformation". */
function read(text: string): Json {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isLines = lines.length > 1 && lines.every((line) => /^\s*"(?:[^"\\]|\\.)*"\s*$/.test(line));
  return isLines ? lines.map((line) => line.trim()).join("\n") : parse(text);
}

/** Dot notation and array indices: `$.detail.items[0].name`. */
function readPath(event: JsonObject, path: string): Json | undefined {
  const steps = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  return steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isJsonObject(value) ? value[step] : undefined;
  }, event);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new PermanentDeliveryError("INVALID_JSON", `The target's input is not JSON: ${String(cause)}`);
  }
}
