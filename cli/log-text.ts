import { readdirSync } from "node:fs";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import { packagedFile } from "./package-root";

/** What a structured logger adds to each line, and a reader has beside it or has no use for. */
const noise = new Set([
  ...["level", "message", "timestamp", "service", "sampling_rate", "cold_start", "xray_trace_id"],
  ...["function_arn", "function_memory_size", "function_name", "function_request_id", "requestId"],
]);

/**
 * Makes one line of what a function wrote: a structured entry becomes its message and its own members.
 *
 * @returns undefined for what the component's functions log at level INFO or below, and for failed invocations, which have a line of their own.
 */
export function logText(line: string): string | undefined {
  const entry = parseObject(line);
  if (!entry || typeof entry.level !== "string") return line;
  const { level, message, service } = entry;
  if (message === "Invoke Error" || message === "The invocation failed.") return undefined;
  const isComponents = componentsFunctions().includes(String(service));
  if (isComponents && !/^(WARN|ERROR|CRITICAL)$/.test(level)) return undefined;
  const members = Object.entries(entry).filter(([name]) => !noise.has(name));
  return [level, textOf(message), ...members.map(([name, value]) => `${name}=${textOf(value)}`)].join(" ");
}

/** The component's functions go by the names of the bundles that the package brings. */
function componentsFunctions(): readonly string[] {
  names ??= readdirSync(packagedFile("dist", "lambda"));
  return names;
}

let names: readonly string[] | undefined;

/** An error is its name and message, without the stack. */
function textOf(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (isJsonObject(value ?? null) && typeof (value as JsonObject).stack === "string") {
    const { name, message } = value as JsonObject;
    return `${String(name)}: ${String(message)}`;
  }
  return JSON.stringify(value ?? null);
}

/** @returns the JSON object that a text is; undefined for any other text. */
export function parseObject(text: string): JsonObject | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
