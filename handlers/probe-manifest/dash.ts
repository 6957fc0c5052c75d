import type { Evidence } from "./evidence";
import { NoManifest } from "./fetch-text";

/**
 * Reads a DASH manifest (ISO/IEC 23009-1) whose segments stand in a SegmentTimeline: without one, the manifest of a live stream is the same
 * whether there are segments or not.
 *
 * @throws {NoManifest} for a text that is no manifest, for one of a recording, and for one that lists no segment.
 */
export function readDashManifest(text: string): Evidence {
  const xml = text.replace(/<!--[\s\S]*?(-->|$)/g, "");
  const root = /^\s*(?:<\?xml[^>]*>\s*)?<MPD\b([^>]*)>/.exec(xml)?.[1];
  if (root === undefined || !/<\/MPD>\s*$/.test(xml)) throw new NoManifest("it is not a DASH manifest");
  if (!/\btype\s*=\s*["']dynamic["']/.test(root)) {
    throw new NoManifest("it is the manifest of a stream that has ended");
  }
  const segments = [...xml.matchAll(/<S\b([^>]*)>/g)].map(([, attributes = ""]) => attributes);
  if (segments.length === 0) throw new NoManifest("it lists no segment in a SegmentTimeline");
  const repeats = segments.map((attributes) =>
    Number(/\br\s*=\s*["'](-?\d+)["']/.exec(attributes)?.[1] ?? 0),
  );
  return {
    segments: segments.length + repeats.reduce((sum, repeat) => sum + Math.max(repeat, 0), 0),
    mark: segments.join("|").slice(-1000),
  };
}
