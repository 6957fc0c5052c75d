import { type CreateStreamWorkflowRequest, inputTypes } from "../../contracts";
import type { Channel, ChannelInput, PlannedInput } from "../../contracts/internal";
import { readSrtCaller, srtCallerRule } from "./srt-caller";

type Endpoint = CreateStreamWorkflowRequest["ingestEndpoints"][number];

/** Which input of a channel takes which endpoint; or why the channel cannot take them. */
export type InputPlan =
  | { readonly inputs?: readonly PlannedInput[]; readonly problem?: undefined }
  | { readonly problem: string };

/**
 * Gives each endpoint the first input of the channel that takes it and that no endpoint has yet. An input that pulls must get an endpoint: it would fetch
 * the content of the stream that had the channel before.
 *
 * @param setsSources whether the workflow sets the sources of inputs that pull.
 * @returns the inputs in the order of the endpoints; no inputs where those of the channel are not known.
 */
export function planInputs(
  { inputs }: Channel,
  endpoints: readonly Endpoint[],
  setsSources: boolean,
): InputPlan {
  if (inputs === undefined) return {};
  const free = new Set(inputs);
  const planned: PlannedInput[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    const ofProtocol = [...free].filter(({ type }) => inputTypes[type].protocol === endpoint.protocol);
    const input = ofProtocol.find(({ type }) => sourcesOf(type, endpoint) !== undefined);
    if (!input) return { problem: problemOf(endpoint, index, ofProtocol) };
    free.delete(input);
    const { inputId, type } = input;
    planned.push({ inputId, type, protocol: endpoint.protocol, sources: sourcesOf(type, endpoint) ?? [] });
  }
  const idle = [...free].find(({ type }) => inputTypes[type].pulls);
  if (idle) {
    return {
      problem: `its input ${idle.inputId} (${idle.type}) fetches ${inputTypes[idle.type].protocol}, for which the request has no endpoint`,
    };
  }
  if (!setsSources && planned.some(({ sources }) => sources.length > 0)) {
    return {
      problem:
        "the request began before a deployment that sets the sources of its inputs: request the stream again",
    };
  }
  return { inputs: planned };
}

/** @returns the sources of an input that pulls; none for one that does not; undefined where the endpoint's URLs do not fit its type. */
function sourcesOf(
  type: ChannelInput["type"],
  { url, backupUrl }: Endpoint,
): PlannedInput["sources"] | undefined {
  if (!inputTypes[type].pulls) return [];
  const urls = backupUrl === undefined ? [url] : [url, backupUrl];
  if (type === "RTMP_PULL") return urls.map((Url) => ({ Url }));
  const sources = urls.map(readSrtCaller).filter((source) => source !== undefined);
  return sources.length === urls.length ? sources : undefined;
}

function problemOf({ protocol }: Endpoint, index: number, ofProtocol: readonly ChannelInput[]): string {
  const [input] = ofProtocol;
  return input
    ? `its input ${input.inputId} (${input.type}) takes no URLs as those of ingestEndpoints[${index}], which must be ${srtCallerRule}`
    : `it has no input for ingestEndpoints[${index}] (${protocol})`;
}
