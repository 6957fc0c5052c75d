import * as v from "valibot";
import { oneOf } from "./text";

/** The formats of a manifest that viewers play. */
export const manifestFormats = ["HLS", "DASH"] as const;

/** One manifest that every channel of the pool has, and so each stream. */
export interface ManifestPath {
  readonly name: string;
  readonly format: (typeof manifestFormats)[number];
  /** Behind the stream's own path, such as `index.m3u8`. */
  readonly path: string;
}

/** Where viewers find streams. */
export interface ViewerSettings {
  /** The domain of the distribution, or an alternate domain name of it. */
  readonly domainName: string;
  readonly manifests: readonly ManifestPath[];
  /** Present where the path of a manifest begins with the channel's id, and not with the stream's. */
  readonly pathBy?: "channel";
}

/** A manifest of a stream, and the URL under which viewers get it. */
export const manifestSchema = v.object({
  name: v.string(),
  format: oneOf(manifestFormats),
  url: v.string(),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

/** @returns the first segment of the path under which viewers find a stream. */
export function playbackSegment({ pathBy }: ViewerSettings, streamId: string, channelId: string): string {
  return pathBy === "channel" ? channelId : streamId;
}

/**
 * @param segment the first one of the path: see `playbackSegment`.
 * @returns the manifests of a stream.
 */
export function manifestsOf({ domainName, manifests }: ViewerSettings, segment: string): Manifest[] {
  return manifests.map(({ name, format, path }) => ({
    name,
    format,
    url: `https://${domainName}/${segment}/${path}`,
  }));
}
