import { expect } from "chai";
import { manifestsOfStream, viewer } from "../../../../components/workflow/shared/viewer";
import { manifestsOf, playbackSegment, type ViewerSettings } from "../../../../contracts";
import { evaluate } from "../../../support/jsonata";

const byStream: ViewerSettings = {
  domainName: "d111111abcdef8.cloudfront.net",
  manifests: [
    { name: "hls", format: "HLS", path: "index.m3u8" },
    { name: "dash", format: "DASH", path: "video/index.mpd" },
  ],
};
const [first] = byStream.manifests;
const cases: readonly [string, ViewerSettings][] = [
  ["below the stream's path", byStream],
  ["below the channel's path", { ...byStream, pathBy: "channel" }],
  ["of one format", { ...byStream, manifests: first ? [first] : [] }],
  ["of which there are none", { ...byStream, manifests: [] }],
];

describe("The manifests in a definition", () => {
  for (const [what, settings] of cases) {
    it(`are those that the API tells: manifests ${what}`, async () => {
      const expected = manifestsOf(settings, playbackSegment(settings, "spring-launch", "1234567"));
      const provision = {
        request: { streamId: "spring-launch" },
        channel: { channelId: "1234567" },
        settings: { viewer: settings },
      };
      for (const of of [viewer, JSON.stringify(settings)]) {
        expect(await evaluate(`{% ${manifestsOfStream(of)} %}`, { provision })).to.deep.equal(expected);
      }
    });
  }
});
