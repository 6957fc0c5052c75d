/** @returns the addresses that a playlist names, segments or playlists, in their order. */
export function addressesIn(playlist: string): string[] {
  return playlist.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * Reads what a segment of a simulated channel says: text in the null packets of an MPEG transport stream.
 *
 * @returns undefined for a segment of anything else.
 */
export function textInSegment(bytes: Uint8Array): string | undefined {
  const parts: number[] = [];
  for (let at = 0; at + 188 <= bytes.length; at += 188) {
    // The synchronization byte, and the packet identifier of null packets: 0x1fff.
    if (bytes[at] !== 0x47 || bytes[at + 1] !== 0x1f || bytes[at + 2] !== 0xff) return undefined;
    parts.push(...bytes.subarray(at + 4, at + 188));
  }
  const end = parts.indexOf(0xff);
  const text = new TextDecoder().decode(new Uint8Array(end < 0 ? parts : parts.slice(0, end)));
  return text === "" ? undefined : text;
}
