import { expect } from "chai";

/** A media playlist, as a player reads it. */
export interface MediaPlaylist {
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  /** When the first segment begins, in milliseconds since the Unix epoch. */
  readonly programDateTime: number;
  readonly segments: readonly { readonly uri: string; readonly seconds: number }[];
}

/** Reads a media playlist, and insists on what RFC 8216 asks of one (sections 4.1, 4.3.2 and 4.3.3). */
export function readMediaPlaylist(text: string): MediaPlaylist {
  expect(text.endsWith("\n")).to.equal(true);
  const lines = text.trimEnd().split("\n");
  expect(lines[0]).to.equal("#EXTM3U");
  for (const tag of [
    "#EXT-X-VERSION",
    "#EXT-X-TARGETDURATION",
    "#EXT-X-MEDIA-SEQUENCE",
    "#EXT-X-DISCONTINUITY-SEQUENCE",
  ]) {
    expect(
      lines.filter((line) => line.startsWith(`${tag}:`)),
      tag,
    ).to.have.length(1);
  }
  const value = (tag: string) =>
    lines.find((line) => line.startsWith(`${tag}:`))?.slice(tag.length + 1) ?? "";
  const segments: { uri: string; seconds: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("#")) continue;
    const duration = /^#EXTINF:(\d+(?:\.\d+)?),/.exec(lines[index - 1] ?? "")?.[1];
    expect(duration, `the line before ${line}`).to.not.equal(undefined);
    segments.push({ uri: line, seconds: Number(duration) });
  }
  expect(segments.length).to.be.above(0);
  for (const { seconds } of segments) {
    expect(Math.round(seconds)).to.be.at.most(Number(value("#EXT-X-TARGETDURATION")));
  }
  const firstSegment = lines.findIndex((line) => line.startsWith("#EXTINF"));
  for (const tag of ["#EXT-X-MEDIA-SEQUENCE", "#EXT-X-DISCONTINUITY-SEQUENCE"]) {
    expect(lines.findIndex((line) => line.startsWith(tag))).to.be.below(firstSegment);
  }
  return {
    mediaSequence: Number(value("#EXT-X-MEDIA-SEQUENCE")),
    discontinuitySequence: Number(value("#EXT-X-DISCONTINUITY-SEQUENCE")),
    programDateTime: Date.parse(value("#EXT-X-PROGRAM-DATE-TIME")),
    segments,
  };
}
