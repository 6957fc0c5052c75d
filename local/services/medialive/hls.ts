import type { ChannelRun } from "./medialive";

/** A channel that is on air, as far as its output shows it. */
export interface ChannelOutput extends ChannelRun {
  readonly channelId: string;
  /** What it shows, in words: the stream, say. */
  readonly content: string;
}

/** A file of a channel's output. */
export interface HlsFile {
  readonly contentType: string;
  /** How long it may be cached. */
  readonly maxAgeSeconds: number;
  readonly body: Buffer;
}

export const segmentSeconds = 6;
/** Segments in a media playlist. */
export const windowSegments = 5;

const variants = [
  { bandwidth: 5_600_000, resolution: "1920x1080", codecs: "avc1.640028,mp4a.40.2" },
  { bandwidth: 2_300_000, resolution: "1280x720", codecs: "avc1.4d401f,mp4a.40.2" },
];

/**
 * Makes a file of a channel's HLS output (RFC 8216): `<name>.m3u8` is the multivariant playlist, `<name>_<variant>.m3u8` a media playlist, and
 * `<name>_<variant>_<number>.ts` a segment. Segments are numbered by the time and the run, so that a number of a channel never comes back for
 * other content. One segment is there as soon as the channel runs: it began to encode while it started.
 *
 * Playlists may be cached for half a segment, segments for 14 days. Source: MediaPackage user guide, "CDN configuration recommendations".
 *
 * @param name the last segment of the path.
 * @param now milliseconds since the Unix epoch.
 * @returns undefined for a file that there is not, or not yet.
 */
export function hlsFile(output: ChannelOutput, name: string, now: number): HlsFile | undefined {
  const segment = /^(.+)_(\d+)_(\d+)\.ts$/.exec(name);
  if (segment) {
    const [, , variant, number] = segment;
    const { first, last } = segmentsOf(output, now);
    const isThere = Number(number) >= first && Number(number) <= last && isVariant(variant);
    return isThere ? segmentFile(output, Number(variant), Number(number)) : undefined;
  }
  const media = /^(.+)_(\d+)\.m3u8$/.exec(name);
  if (media) {
    const [, base = "", variant] = media;
    return isVariant(variant) ? playlist(mediaPlaylist(output, `${base}_${variant}`, now)) : undefined;
  }
  const base = /^(.+)\.m3u8$/.exec(name)?.[1];
  return base === undefined ? undefined : playlist(multivariantPlaylist(output, base));
}

/** The numbers of the segments that are complete. */
function segmentsOf(
  { startedAt, earlierRuns }: ChannelOutput,
  now: number,
): { readonly first: number; readonly last: number } {
  const before = (time: number) => Math.floor(time / (segmentSeconds * 1000)) - 1 + earlierRuns;
  return { first: before(startedAt), last: before(now) };
}

function isVariant(variant: string | undefined): boolean {
  return Number(variant) >= 1 && Number(variant) <= variants.length;
}

function multivariantPlaylist(output: ChannelOutput, base: string): string[] {
  return [
    ...["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-INDEPENDENT-SEGMENTS", commentOn(output)],
    ...variants.flatMap(({ bandwidth, resolution, codecs }, index) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${resolution},CODECS="${codecs}"`,
      `${base}_${index + 1}.m3u8`,
    ]),
  ];
}

function mediaPlaylist(output: ChannelOutput, base: string, now: number): string[] {
  const { first, last } = segmentsOf(output, now);
  const from = Math.max(first, last - windowSegments + 1);
  const numbers = Array.from({ length: last - from + 1 }, (_, index) => from + index);
  return [
    ...["#EXTM3U", "#EXT-X-VERSION:3", commentOn(output)],
    `#EXT-X-TARGETDURATION:${segmentSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${from}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${output.earlierRuns}`,
    ...numbers.flatMap((number, index) => [
      ...(index === 0 ? [`#EXT-X-PROGRAM-DATE-TIME:${timeOf(output, number)}`] : []),
      `#EXTINF:${segmentSeconds.toFixed(3)},`,
      `${base}_${number}.ts`,
    ]),
  ];
}

function playlist(lines: readonly string[]): HlsFile {
  return {
    contentType: "application/vnd.apple.mpegurl",
    maxAgeSeconds: segmentSeconds / 2,
    body: Buffer.from(`${lines.join("\n")}\n`),
  };
}

function segmentFile(output: ChannelOutput, variant: number, number: number): HlsFile {
  const text = JSON.stringify({
    ...{ channel: output.channelId, content: output.content, variant, segment: number },
    ...{ from: timeOf(output, number), to: timeOf(output, number + 1) },
  });
  return { contentType: "video/mp2t", maxAgeSeconds: 1_209_600, body: transportStream(text) };
}

/** Carries a text in null packets of an MPEG transport stream (ISO/IEC 13818-1), which players pass over. */
function transportStream(text: string): Buffer {
  const bytes = Buffer.from(text);
  const packets: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += 184) {
    const packet = Buffer.alloc(188, 0xff);
    packet.set([0x47, 0x1f, 0xff, 0x10]);
    packet.set(bytes.subarray(offset, offset + 184), 4);
    packets.push(packet);
  }
  return Buffer.concat(packets);
}

function commentOn({ channelId, content }: ChannelOutput): string {
  return `# channel ${channelId}: ${content}`.replace(/[\r\n]/g, " ");
}

/** When a segment begins. */
function timeOf({ earlierRuns }: ChannelOutput, number: number): string {
  return new Date((number - earlierRuns) * segmentSeconds * 1000).toISOString();
}
