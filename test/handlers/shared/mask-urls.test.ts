import { expect } from "chai";
import fc from "fast-check";
import { maskUrls } from "../../../handlers/shared/mask-urls";

describe("masking of URLs", () => {
  for (const [text, masked] of [
    ["rtmp://ingest.example.com/live/key", "rtmp://ingest.example.com/…"],
    ["RTMPS://ingest.example.com:443/live/key?x=1", "RTMPS://ingest.example.com:443/…"],
    ["srt://192.0.2.1:9000?streamid=key", "srt://192.0.2.1:9000/…"],
    ["rtmp://user:pass@host/live", "rtmp://host/…"],
    ['{"url":"rtmp:\\/\\/host\\/live\\/key"}', '{"url":"rtmp://host/…"}'],
    ["no URL: rtmp is a protocol", "no URL: rtmp is a protocol"],
    ["arn:aws:medialive:eu-west-1:1:channel:2", "arn:aws:medialive:eu-west-1:1:channel:2"],
  ] as const) {
    it(`makes ${masked} of ${text}`, () => {
      expect(maskUrls(text)).to.equal(masked);
    });
  }

  it("leaves no path and no query, whatever stands around the URL", () => {
    const key = fc.stringMatching(/^[a-zA-Z0-9_-]{8,20}$/).map((text) => `KEY${text}`);
    const around = fc.constantFrom("", " ", '"', "'", "(", "\n", "=", "[");
    const separator = fc.constantFrom("/", "/live/", "?streamid=", "/a?b=", "#");
    fc.assert(
      fc.property(
        fc.constantFrom("rtmp", "rtmps", "srt"),
        key,
        around,
        separator,
        (scheme, secret, edge, join) => {
          expect(maskUrls(`x${edge}${scheme}://host.example${join}${secret}${edge}`)).not.to.contain(secret);
        },
      ),
    );
  });
});
