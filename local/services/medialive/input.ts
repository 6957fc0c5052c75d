import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../../json";
import { AwsError } from "../service";

/** An input that {@link MediaLive} simulates. */
export interface Input {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  /** MediaLive's type, such as `RTMP_PULL`. */
  readonly type: string;
  /** STANDARD takes two sources or has two destinations, SINGLE_PIPELINE one. */
  readonly inputClass: "STANDARD" | "SINGLE_PIPELINE";
  /** The channel that has the input, if one has. */
  readonly channelId: string | undefined;
  /** Where a pull input of another type than SRT_CALLER fetches its content. */
  readonly sources: readonly JsonObject[];
  /** Where an SRT_CALLER fetches its content. */
  readonly srtCallerSources: readonly JsonObject[];
  /** Where a push input takes its content. */
  readonly destinations: readonly JsonObject[];
}

/** What is known of an input. */
export interface InputSettings {
  readonly name?: string;
  readonly inputClass?: Input["inputClass"];
  readonly channelId?: string | undefined;
  readonly sources?: readonly JsonObject[];
  readonly srtCallerSources?: readonly JsonObject[];
  /** `application/instance` of each destination of an RTMP_PUSH. */
  readonly streamNames?: readonly string[];
}

const digest = (text: string) => createHash("sha1").update(text).digest("hex");

/** Input types that have an address of MediaLive, to which others push. */
const pushPorts: { readonly [type: string]: number } = {
  RTMP_PUSH: 1935,
  RTP_PUSH: 5000,
  UDP_PUSH: 5000,
  SRT_LISTENER: 5000,
};

/** What an input that nobody described fetches until it is updated: MediaLive has no input without a source. */
const firstSources = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Url: `rtmp://192.0.2.${index + 1}:1935/live/first` }));
const firstCallers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    SrtListenerAddress: `192.0.2.${index + 1}`,
    SrtListenerPort: "9000",
    MinimumLatency: 2000,
  }));

/** @returns a new input, whose addresses follow from its id. */
export function newInput(id: string, arn: string, type: string, settings: InputSettings): Input {
  const { sources, srtCallerSources, streamNames, channelId } = settings;
  const given = sources ?? srtCallerSources ?? streamNames;
  const inputClass = settings.inputClass ?? (given?.length === 2 ? "STANDARD" : "SINGLE_PIPELINE");
  const count = inputClass === "STANDARD" ? 2 : 1;
  return {
    ...{ id, arn, type, inputClass, channelId, name: settings.name ?? `input-${id}` },
    sources: sources ?? (["RTMP_PULL", "URL_PULL"].includes(type) ? firstSources(count) : []),
    srtCallerSources: srtCallerSources ?? (type === "SRT_CALLER" ? firstCallers(count) : []),
    destinations: type in pushPorts ? destinationsOf(id, type, count, streamNames) : [],
  };
}

function destinationsOf(id: string, type: string, count: number, streamNames?: readonly string[]) {
  const port = pushPorts[type];
  return Array.from({ length: count }, (_, index): JsonObject => {
    const hash = digest(`${id} ${index}`);
    const Ip = `198.51.100.${Number.parseInt(hash.slice(0, 2), 16)}`;
    const path =
      type === "RTMP_PUSH" ? `/${streamNames?.[index] ?? `live/${digest(`${id} key`).slice(0, 12)}`}` : "";
    const scheme = type.slice(0, type.indexOf("_")).toLowerCase();
    return { Ip, Port: String(port), Url: `${scheme}://${Ip}:${port}${path}` };
  });
}

/**
 * @returns the input as UpdateInput leaves it.
 * @throws {AwsError} `BadRequestException` for sources that its type does not have, for another number of them than its class has, and for a URL of another
 * protocol.
 */
export function updatedInput(input: Input, request: JsonObject): Input {
  const { Sources: sources, Name: name } = request;
  const callers = (request.SrtSettings as JsonObject | undefined)?.SrtCallerSources;
  return {
    ...input,
    ...(typeof name === "string" && { name }),
    ...(sources !== undefined && { sources: checkSources(input, "Sources", sources) }),
    ...(callers !== undefined && {
      srtCallerSources: checkSources(input, "SrtSettings.SrtCallerSources", callers),
    }),
  };
}

function checkSources(input: Input, member: string, given: Json): readonly JsonObject[] {
  const isCaller = member !== "Sources";
  if (isCaller !== (input.type === "SRT_CALLER") || input.destinations.length > 0) {
    throw badRequest(`An input of type ${input.type} has no ${member}.`);
  }
  const sources = given as JsonObject[];
  const count = input.inputClass === "STANDARD" ? 2 : 1;
  if (sources.length !== count) {
    throw badRequest(
      `An input of class ${input.inputClass} must have ${count} ${member}, received ${sources.length}.`,
    );
  }
  for (const source of sources) {
    if (isCaller ? !isCallable(source) : !isUrlFor(input.type, source.Url)) {
      const shown = isCaller ? [source.SrtListenerAddress, source.SrtListenerPort].join(":") : source.Url;
      // MediaLive's own words for a URL.
      throw badRequest(`Invalid URL (${String(shown)}) specified for inputSource`);
    }
  }
  return sources;
}

function isUrlFor(type: string, url: Json | undefined): boolean {
  const scheme = type === "RTMP_PULL" ? "rtmp" : "https?";
  return typeof url === "string" && new RegExp(`^${scheme}://[^/]+/.`, "i").test(url);
}

function isCallable({ SrtListenerAddress: address, SrtListenerPort: port }: JsonObject): boolean {
  return typeof address === "string" && address !== "" && /^[1-9]\d{0,4}$/.test(String(port));
}

function badRequest(message: string): AwsError {
  return new AwsError("BadRequestException", message, 400);
}

/** @returns the input as DescribeInput tells it. */
export function describeInput(input: Input): JsonObject {
  const { id, arn, name, type, inputClass, channelId, sources, srtCallerSources, destinations } = input;
  return {
    ...{ Id: id, Arn: arn, Name: name, Type: type, InputClass: inputClass, InputSourceType: "STATIC" },
    AttachedChannels: channelId === undefined ? [] : [channelId],
    State: channelId === undefined ? "DETACHED" : "ATTACHED",
    Sources: [...sources],
    Destinations: [...destinations],
    ...(type === "SRT_CALLER" && { SrtSettings: { SrtCallerSources: [...srtCallerSources] } }),
  };
}
