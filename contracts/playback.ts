/** The formats of a manifest that viewers play. */
export const manifestFormats = ["HLS", "DASH"] as const;

/** One manifest of a channel, and of each stream that has the channel. */
export interface ManifestPath {
  /** Names the manifest: unique, 1 to 64 letters, digits, `-` and `_`. */
  readonly name: string;
  readonly format: (typeof manifestFormats)[number];
  /** The path behind the stream's, such as `index.m3u8`. */
  readonly path: string;
}

/** @returns the URL of a file below a stream's path, `https://<domain>/<streamId>/<path>`. */
export function playbackUrl(domainName: string, streamId: string, path: string): string {
  return `https://${domainName}/${streamId}/${path}`;
}
