import { isJsonObject, type Json, type JsonObject } from "../../json";
import { type Graph, resourcesOfType } from "../../record/graph";
import type { InputSettings } from "./input";
import type { MediaLive } from "./medialive";

/**
 * Adds the program's own inputs, and those that are not its own and that a workflow counts on: it says so in the `Comment` of a state,
 * `MediaLive input 7654321 of channel 1234567: RTMP_PULL.` An input that is there already keeps its sources.
 */
export function declareInputs(graph: Graph, service: MediaLive): void {
  const known = new Set(service.inputs().map(({ id }) => id));
  for (const { id, inputs, outputs } of resourcesOfType(graph, "aws:medialive/input:Input")) {
    if (known.has(id)) continue;
    service.addInput(id, String(inputs.type), { ...declaredInput(inputs), name: String(outputs.name) });
    known.add(id);
  }
  for (const { id: channelId, inputs } of resourcesOfType(graph, "aws:medialive/channel:Channel")) {
    for (const { inputId } of objectsOf(inputs.inputAttachments)) {
      if (known.has(String(inputId))) service.attachInput(String(inputId), channelId);
    }
  }
  for (const [id, channelId, type] of inputsInDefinitions(graph)) {
    if (known.has(id)) {
      if (service.input(id).channelId === undefined) service.attachInput(id, channelId);
      continue;
    }
    const pipelines = service.channels().find((channel) => channel.id === channelId)?.pipelines;
    service.addInput(id, type, {
      channelId,
      inputClass: pipelines === 2 ? "STANDARD" : "SINGLE_PIPELINE",
    });
  }
}

function* inputsInDefinitions(graph: Graph): Generator<[id: string, channelId: string, type: string]> {
  const stated = /MediaLive input (\d+) of channel (\d+): ([A-Z\d_]+)/g;
  for (const { inputs } of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
    for (const [, id = "", channelId = "", type = ""] of String(inputs.definition).matchAll(stated)) {
      yield [id, channelId, type];
    }
  }
}

/** @returns what a program says of its own input. Two sources or destinations make it one of the class STANDARD. */
export function declaredInput(
  inputs: JsonObject,
): InputSettings & { inputClass: "STANDARD" | "SINGLE_PIPELINE" } {
  const sources = objectsOf(inputs.sources).map((source) => ({
    Url: source.url ?? "",
    ...(source.username !== undefined && { Username: source.username }),
    ...(source.passwordParam !== undefined && { PasswordParam: source.passwordParam }),
  }));
  const streamNames = objectsOf(inputs.destinations).map(({ streamName }) => String(streamName));
  return {
    ...(sources.length > 0 && { sources }),
    ...(streamNames.length > 0 && { streamNames }),
    inputClass: Math.max(sources.length, streamNames.length) === 2 ? "STANDARD" : "SINGLE_PIPELINE",
  };
}

function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
