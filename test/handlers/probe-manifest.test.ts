import { expect } from "chai";
import type { ProbeManifestEvent } from "../../contracts/internal";
import { createProbeManifest } from "../../handlers/probe-manifest";
import { NoManifest } from "../../handlers/probe-manifest/fetch-text";
import { recordingLog } from "./support/fakes";

const now = new Date("2026-01-01T12:00:00Z");
const url = "https://d1.cloudfront.net/spring-launch/index.m3u8";
const master = ["#EXTM3U", '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1"', "index_1.m3u8"].join("\n");
const media = (...lines: string[]) => ["#EXTM3U", "#EXT-X-TARGETDURATION:6", ...lines].join("\n");
const segment = (number: number) => `#EXTINF:6.000,\nindex_1_${number}.ts`;
const dated = (time: string, ...lines: string[]) => media(`#EXT-X-PROGRAM-DATE-TIME:${time}`, ...lines);
const fresh = dated("2026-01-01T11:59:40Z", segment(1), segment(2));

/** Probes a CDN that has these files. */
function probe(
  files: { readonly [path: string]: string },
  {
    marks = null,
    format = "HLS" as const,
    at = url,
  }: Partial<{
    marks: ProbeManifestEvent["marks"];
    format: "HLS" | "DASH";
    at: string;
  }> = {},
) {
  const asked: string[] = [];
  const handler = createProbeManifest({
    fetchText: async ({ href }) => {
      asked.push(href);
      const text = files[href.slice(href.lastIndexOf("/") + 1)];
      if (text === undefined) throw new NoManifest("it was answered 404");
      return text;
    },
    now: () => now,
    log: recordingLog(),
  });
  return handler({ version: 2, manifests: [{ name: "main", format, url: at }], marks }).then((result) => ({
    ...result,
    asked,
  }));
}

describe("the probe of a manifest", () => {
  it("takes an HLS stream for ready once the playlist of its first variant lists a segment of now", async () => {
    const { ready, evidence, asked } = await probe({ "index.m3u8": master, "index_1.m3u8": fresh });
    expect({ ready, evidence }).to.deep.equal({ ready: true, evidence: "Manifest main lists 2 segments." });
    expect(asked).to.deep.equal([url, "https://d1.cloudfront.net/spring-launch/index_1.m3u8"]);
  });

  it("takes a media playlist as well", async () => {
    expect((await probe({ "index.m3u8": fresh })).ready).to.equal(true);
  });

  it("takes a playlist without times once it has changed since the probe before", async () => {
    const first = await probe({ "index.m3u8": media("#EXT-X-MEDIA-SEQUENCE:1", segment(1)) });
    expect(first.ready).to.equal(false);
    expect(first.evidence).to.equal("Manifest main: it tells no times, and has not changed yet.");
    const again = await probe(
      { "index.m3u8": media("#EXT-X-MEDIA-SEQUENCE:1", segment(1)) },
      { marks: first.marks },
    );
    expect(again.ready).to.equal(false);
    const later = await probe(
      { "index.m3u8": media("#EXT-X-MEDIA-SEQUENCE:1", segment(1), segment(2)) },
      { marks: again.marks },
    );
    expect(later.ready).to.equal(true);
  });

  it("takes a playlist that is cut off after a segment", async () => {
    const { ready, evidence } = await probe({
      "index.m3u8": dated("2026-01-01T11:59:40Z", segment(1), "#EXTINF:6.000,"),
    });
    expect({ ready, evidence }).to.deep.equal({ ready: true, evidence: "Manifest main lists 1 segment." });
  });

  it("fails by an error that is none of a manifest's", async () => {
    const handler = createProbeManifest({
      fetchText: async () => {
        throw new TypeError("a defect");
      },
      now: () => now,
      log: recordingLog(),
    });
    const manifests = [{ name: "main", format: "HLS", url }] as const;
    const problem = await handler({ version: 2, manifests, marks: null }).catch(
      ({ message }: Error) => message,
    );
    expect(problem).to.equal("a defect");
  });

  it("keeps the mark of a manifest that could not be read for once", async () => {
    expect((await probe({}, { marks: { main: "1" } })).marks).to.deep.equal({ main: "1" });
  });

  const lies: { readonly [lie: string]: [files: { readonly [path: string]: string }, why: string] } = {
    "no manifest": [{}, "it was answered 404"],
    "a page of HTML": [
      { "index.m3u8": "<!doctype html><title>#EXTM3U</title>" },
      "it is not an HLS playlist",
    ],
    "an empty text": [{ "index.m3u8": "" }, "it is not an HLS playlist"],
    "a playlist without a segment": [{ "index.m3u8": media() }, "it lists no segment"],
    "a segment without a URI": [{ "index.m3u8": media("#EXTINF:6,") }, "it lists no segment"],
    "a multivariant playlist whose variant is missing": [{ "index.m3u8": master }, "it was answered 404"],
    "a multivariant playlist without a variant": [
      { "index.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1" },
      "its variant has no URI",
    ],
    "a multivariant playlist that leads to another one": [
      { "index.m3u8": master, "index_1.m3u8": master },
      "it lists no segment",
    ],
    "a variant at another host": [
      { "index.m3u8": master.replace("index_1", "https://evil.example.com/index_1"), "index_1.m3u8": fresh },
      "its variant is at another host",
    ],
    "a variant at another host, without a scheme": [
      { "index.m3u8": master.replace("index_1", "//169.254.169.254/index_1"), "index_1.m3u8": fresh },
      "its variant is at another host",
    ],
    "a stream that has ended": [
      { "index.m3u8": `${fresh}\n#EXT-X-ENDLIST` },
      "it is the playlist of a stream that has ended",
    ],
    "a recording": [
      { "index.m3u8": `${fresh}\n#EXT-X-PLAYLIST-TYPE:VOD` },
      "it is the playlist of a stream that has ended",
    ],
    "an old playlist": [
      { "index.m3u8": dated("2026-01-01T11:50:00Z", segment(1)) },
      "its last segment ended at 2026-01-01T11:50:06.000Z",
    ],
    "a playlist of tomorrow": [
      { "index.m3u8": dated("2026-01-02T12:00:00Z", segment(1)) },
      "its last segment ended at 2026-01-02T12:00:06.000Z",
    ],
    "a time that is none": [
      { "index.m3u8": dated("yesterday", segment(1)) },
      "its EXT-X-PROGRAM-DATE-TIME is no time",
    ],
  };
  for (const [lie, [files, why]] of Object.entries(lies)) {
    it(`is not taken in by ${lie}`, async () => {
      const { ready, evidence } = await probe(files, { marks: { main: "another" } });
      expect({ ready, evidence }).to.deep.equal({ ready: false, evidence: `Manifest main: ${why}.` });
    });
  }

  const mpd = (type: string, ...segments: string[]) =>
    `<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="${type}"><Period><SegmentTimeline>${segments.join("")}</SegmentTimeline></Period></MPD>`;
  const dash = { format: "DASH", at: "https://d1.cloudfront.net/spring-launch/index.mpd" } as const;

  it("takes a DASH stream for ready once its timeline has changed", async () => {
    const first = await probe({ "index.mpd": mpd("dynamic", '<S t="0" d="6" r="1"/>') }, dash);
    expect(first.ready).to.equal(false);
    const later = await probe(
      { "index.mpd": mpd("dynamic", '<S t="0" d="6" r="2"/>') },
      { ...dash, marks: first.marks },
    );
    expect(later).to.include({ ready: true, evidence: "Manifest main lists 3 segments." });
  });

  const dashLies: { readonly [lie: string]: [text: string, why: string] } = {
    "a DASH manifest without a segment": [mpd("dynamic"), "it lists no segment in a SegmentTimeline"],
    "a DASH manifest with a segment in a comment": [
      mpd("dynamic", "<!-- <S t='0' d='6'/> -->"),
      "it lists no segment in a SegmentTimeline",
    ],
    "a recording in DASH": [
      mpd("static", '<S t="0" d="6"/>'),
      "it is the manifest of a stream that has ended",
    ],
    "a DASH manifest that is cut off": ['<MPD type="dynamic"><S t="0" d="6"/>', "it is not a DASH manifest"],
  };
  for (const [lie, [text, why]] of Object.entries(dashLies)) {
    it(`is not taken in by ${lie}`, async () => {
      const { ready, evidence } = await probe({ "index.mpd": text }, { ...dash, marks: { main: "another" } });
      expect({ ready, evidence }).to.deep.equal({ ready: false, evidence: `Manifest main: ${why}.` });
    });
  }

  it("wants evidence of each manifest", async () => {
    const handler = createProbeManifest({
      fetchText: async ({ pathname }) => (pathname.endsWith(".m3u8") ? fresh : ""),
      now: () => now,
      log: recordingLog(),
    });
    const manifests = [
      { name: "hls", format: "HLS", url } as const,
      { name: "dash", format: "DASH", url: dash.at } as const,
    ];
    expect((await handler({ version: 2, manifests, marks: null })).ready).to.equal(false);
    expect((await handler({ version: 2, manifests: [], marks: null })).ready).to.equal(false);
  });
});
