import type { Evidence } from "./evidence";
import { NoManifest } from "./fetch-text";

/** @returns the URI of the first variant of a multivariant playlist; undefined for a media playlist. */
export function firstVariant(text: string): string | undefined {
  const lines = linesOf(text);
  const tag = lines.findIndex((line) => line.startsWith("#EXT-X-STREAM-INF:"));
  if (tag < 0) return undefined;
  const uri = lines.slice(tag + 1).find((line) => line !== "" && !line.startsWith("#"));
  if (uri === undefined) throw new NoManifest("its variant has no URI");
  return uri;
}

/**
 * Reads a media playlist (RFC 8216).
 *
 * @throws {NoManifest} for one without a segment, and for one of a stream that has ended.
 */
export function readMediaPlaylist(text: string): Evidence {
  const lines = linesOf(text);
  if (lines.includes("#EXT-X-ENDLIST") || lines.includes("#EXT-X-PLAYLIST-TYPE:VOD")) {
    throw new NoManifest("it is the playlist of a stream that has ended");
  }
  const segments: string[] = [];
  let sinceTime = 0;
  let time: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) {
      const told = Date.parse(line.slice(line.indexOf(":") + 1));
      if (Number.isNaN(told)) throw new NoManifest("its EXT-X-PROGRAM-DATE-TIME is no time");
      time = told;
      sinceTime = 0;
    } else if (line.startsWith("#EXTINF:")) {
      const seconds = Number.parseFloat(line.slice("#EXTINF:".length));
      const uri = lines.slice(index + 1).find((next) => next !== "" && !next.startsWith("#"));
      if (uri === undefined) break;
      sinceTime += Number.isFinite(seconds) ? seconds : 0;
      segments.push(uri);
    }
  }
  const last = segments.at(-1);
  if (last === undefined) throw new NoManifest("it lists no segment");
  const sequence = lines.find((line) => line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) ?? "";
  return {
    segments: segments.length,
    mark: `${sequence} ${segments.length} ${last}`,
    ...(time !== undefined && { endsAt: time + sinceTime * 1000 }),
  };
}

/** @throws {NoManifest} for a text that is no playlist, such as a page of HTML. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines[0] !== "#EXTM3U") throw new NoManifest("it is not an HLS playlist");
  return lines;
}
