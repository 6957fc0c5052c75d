import { expect } from "chai";
import {
  type ChannelOutput,
  hlsFile,
  segmentSeconds,
  windowSegments,
} from "../../../../local/services/medialive/hls";
import { readMediaPlaylist } from "../../../support/hls";

const startedAt = Date.parse("2026-01-01T00:00:00Z");
const at = (seconds: number) => startedAt + seconds * 1000;
const output: ChannelOutput = {
  channelId: "1001",
  startedAt,
  earlierRuns: 0,
  content: "spring-launch, attempt 1",
};
const textOf = (name: string, seconds: number, of = output) =>
  hlsFile(of, name, at(seconds))?.body.toString() ?? "";

describe("a channel's HLS output", () => {
  it("has a multivariant playlist whose media playlists there are", () => {
    const lines = textOf("index.m3u8", 0).trimEnd().split("\n");
    expect(lines[0]).to.equal("#EXTM3U");
    const variants = lines.filter((line) => !line.startsWith("#"));
    expect(variants).to.deep.equal(["index_1.m3u8", "index_2.m3u8"]);
    expect(lines.filter((line) => line.startsWith("#EXT-X-STREAM-INF:BANDWIDTH="))).to.have.length(2);
    for (const name of variants) expect(readMediaPlaylist(textOf(name, 0)).segments).to.have.length(1);
    expect(hlsFile(output, "index_3.m3u8", at(0))).to.equal(undefined);
    expect(hlsFile(output, "index_0.m3u8", at(0))).to.equal(undefined);
    expect(hlsFile(output, "index.mpd", at(0))).to.equal(undefined);
  });

  it("has a media playlist that advances by one segment each six seconds, and keeps a window of five", () => {
    const first = readMediaPlaylist(textOf("index_1.m3u8", 0));
    for (let step = 0; step <= 20; step += 1) {
      const now = readMediaPlaylist(textOf("index_1.m3u8", step * segmentSeconds));
      const length = Math.min(step + 1, windowSegments);
      expect(now.segments).to.have.length(length);
      expect(now.mediaSequence).to.equal(first.mediaSequence + step + 1 - length);
      expect(now.segments.map(({ uri }) => uri)).to.deep.equal(
        now.segments.map((_, index) => `index_1_${now.mediaSequence + index}.ts`),
      );
      const end = now.programDateTime + length * segmentSeconds * 1000;
      expect(end, "no segment is of the future").to.equal(at(step * segmentSeconds));
      expect(readMediaPlaylist(textOf("index_1.m3u8", step * segmentSeconds + 5.999))).to.deep.equal(now);
    }
  });

  it("has each segment of a playlist, of whole packets that name channel and content", () => {
    const [segment] = readMediaPlaylist(textOf("index_2.m3u8", 0)).segments;
    const file = hlsFile(output, segment?.uri ?? "", at(0));
    expect(file?.contentType).to.equal("video/mp2t");
    expect((file?.body.length ?? 1) % 188).to.equal(0);
    expect(file?.body[0]).to.equal(0x47);
    expect(file?.body.toString()).to.contain(
      '"channel":"1001","content":"spring-launch, attempt 1","variant":2',
    );
    const next = (segment?.uri ?? "").replace(/\d+(?=\.ts)/, (number) => String(Number(number) + 1));
    expect(hlsFile(output, next, at(5.999))).to.equal(undefined);
    expect(hlsFile(output, next, at(6))).to.not.equal(undefined);
  });

  it("splits a long text over packets", () => {
    const long = { ...output, content: "x".repeat(500) };
    const uri = readMediaPlaylist(textOf("index_1.m3u8", 0, long)).segments[0]?.uri ?? "";
    const body = hlsFile(long, uri, at(0))?.body ?? Buffer.alloc(0);
    const packets = Array.from({ length: body.length / 188 }, (_, index) =>
      body.subarray(index * 188, index * 188 + 188),
    );
    expect(packets.map((packet) => packet[0])).to.deep.equal(packets.map(() => 0x47));
    expect(Buffer.concat(packets.map((packet) => packet.subarray(4))).toString()).to.contain("x".repeat(500));
  });

  it("never gives a number to two contents, though the channel starts again at once", () => {
    const again = { ...output, startedAt: at(30), earlierRuns: 1 };
    const before = readMediaPlaylist(textOf("index_1.m3u8", 30));
    const after = readMediaPlaylist(textOf("index_1.m3u8", 30, again));
    expect(after.mediaSequence).to.be.above(before.mediaSequence + before.segments.length - 1);
    expect(after.discontinuitySequence).to.equal(before.discontinuitySequence + 1);
    expect(after.programDateTime).to.equal(at(30 - segmentSeconds));
  });

  it("may be cached as MediaPackage says: playlists for half a segment, segments for 14 days", () => {
    expect(hlsFile(output, "index.m3u8", at(0))?.maxAgeSeconds).to.equal(3);
    expect(hlsFile(output, "index_1.m3u8", at(0))?.maxAgeSeconds).to.equal(3);
    const uri = readMediaPlaylist(textOf("index_1.m3u8", 0)).segments[0]?.uri ?? "";
    expect(hlsFile(output, uri, at(0))?.maxAgeSeconds).to.equal(14 * 86_400);
  });
});
