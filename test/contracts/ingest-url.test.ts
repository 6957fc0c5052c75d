import { expect } from "chai";
import fc from "fast-check";
import { check } from "../../contracts";
import { uri } from "../../contracts/text";
import { expectIssues } from "../support/expect-issues";
import { isUriByAjv } from "../support/json-schema";
import { uris } from "../support/requests";

describe("A URI", () => {
  const good = [
    "rtmp://ingest.example.com/live",
    "rtmps://user:pass@ingest.example.com:443/live/key?x=1&y=%20#top",
    "srt://10.0.0.1:9000?streamid=abc&latency=200",
    "srt://[2001:db8::1]:9000",
    "https://example.com",
    "urn:example:a",
  ];
  for (const text of good) {
    it(`may be ${text}`, () => expect(check(uri, text).ok).to.equal(true));
  }

  const bad = [
    "",
    "ingest.example.com/live",
    "//ingest.example.com/live",
    "/live",
    "rtmp:",
    "1rtmp://ingest.example.com",
    "rtmp://ingest.example.com/a b",
    " rtmp://ingest.example.com",
    "rtmp://ingest.example.com/\n",
    "rtmp://ingest.example.com/%zz",
    "rtmp://ingest.example.com/%2",
    "rtmp://ingest.example.com:70000",
    "rtmp://ingest.example.com/é",
    "rtmp://ingest.example.com/\ud800",
    "rtmp://ingest.example.com/<key>",
    "http://",
  ];
  for (const text of bad) {
    it(`may not be ${JSON.stringify(text)}`, () => expectIssues(uri, text, ["body must be a URI."]));
  }

  it("is one for ajv-formats too", () => {
    fc.assert(
      fc.property(fc.oneof(uris, fc.webUrl({ withFragments: true, withQueryParameters: true })), (text) => {
        expect(check(uri, text).ok, text).to.equal(true);
        expect(isUriByAjv(text), text).to.equal(true);
      }),
    );
  });

  it("is none where a character that no URI has stands in it", () => {
    const strange = fc.constantFrom(...'"<>\\^`{|} é', "\u0000", "\u007f", "🎬");
    fc.assert(
      fc.property(uris, strange, fc.nat(), (text, character, at) => {
        const index = at % (text.length + 1);
        const broken = text.slice(0, index) + character + text.slice(index);
        expect(check(uri, broken).ok, broken).to.equal(false);
      }),
    );
  });
});
