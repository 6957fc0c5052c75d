import * as v from "valibot";
import { ingestProtocols } from "./ingest-url";
import { oneOf } from "./text";

/**
 * MediaLive's types of inputs that take an ingest endpoint: the endpoint's protocol, and whether MediaLive fetches the content itself. MediaLive has no input
 * for RTMPS (https://docs.aws.amazon.com/medialive/latest/ug/inputs-supported-formats.html).
 */
export const inputTypes = {
  RTMP_PUSH: { protocol: "rtmp", pulls: false },
  RTMP_PULL: { protocol: "rtmp", pulls: true },
  SRT_LISTENER: { protocol: "srt", pulls: false },
  SRT_CALLER: { protocol: "srt", pulls: true },
} as const satisfies {
  readonly [type: string]: {
    readonly protocol: (typeof ingestProtocols)[number];
    readonly pulls: boolean;
  };
};

export type InputType = keyof typeof inputTypes;

export const inputTypeNames = Object.keys(inputTypes) as readonly InputType[];

/** An input of the channel that a stream has. */
export const streamInputSchema = v.object({
  inputId: v.string(),
  type: v.pipe(v.string(), v.description(`MediaLive's type: ${inputTypeNames.join(", ")}.`)),
  protocol: oneOf(ingestProtocols),
  // Where to push to: one address for each pipeline. Missing where MediaLive fetches the content itself.
  destinations: v.exactOptional(v.array(v.string())),
});

export type StreamInput = v.InferOutput<typeof streamInputSchema>;
