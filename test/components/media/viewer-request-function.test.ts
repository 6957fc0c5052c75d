import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { recordDefaults } from "../../support/stream-orchestration";

interface FunctionAnswer {
  uri?: string;
  statusCode?: number;
  headers?: { [name: string]: { value: string } };
}

/** What reaches the origin, `<stream> <path>`; `refused` where nothing does. */
const reached: { readonly [uri: string]: string } = {
  "/spring-launch/index.m3u8": "spring-launch /index.m3u8",
  "/spring-launch/hls/segment_1.ts": "spring-launch /hls/segment_1.ts",
  "/spring-launch/": "spring-launch /",
  "/spring-launch": "spring-launch /",
  "/Spring-Launch/a": "Spring-Launch /a",
  // As CloudFront matches them.
  "//spring-launch//index.m3u8": "spring-launch /index.m3u8",
  "/./spring-launch/./index.m3u8": "spring-launch /index.m3u8",
  "/other/../spring-launch/index.m3u8": "spring-launch /index.m3u8",
  "/spring-launch/../other/index.m3u8": "other /index.m3u8",
  "/spring-launch/%2e%2e/other/index.m3u8": "other /index.m3u8",
  "/spring-launch/%2E./other/index.m3u8": "other /index.m3u8",
  "/%73pring%2Dlaunch/index.m3u8": "spring-launch /index.m3u8",
  "/../../spring-launch/index.m3u8": "spring-launch /index.m3u8",
  "/spring-launch/hls/..": "spring-launch /",
  "/spring-launch/a%20b/%e2%82%ac.ts": "spring-launch /a%20b/%e2%82%ac.ts",
  "/spring-launch/hls%2Findex.m3u8": "spring-launch /hls%2Findex.m3u8",
  "/spring-launch/..part.ts": "spring-launch /..part.ts",
  // No stream's path, or one that an origin may understand as another's.
  "/spring-launch%2Findex.m3u8": "refused",
  "/spring-launch%2F..%2Fother/index.m3u8": "refused",
  "/spring-launch/..%2Fother/index.m3u8": "refused",
  "/spring-launch/hls/..%2f..%2fother/index.m3u8": "refused",
  "/spring-launch/%252e%252e%252fother/index.m3u8": "refused",
  "/spring-launch/%2e%2e%5cother/index.m3u8": "refused",
  "/spring-launch/a/..\\other/index.m3u8": "refused",
  "/spring-launch/..;/other/index.m3u8": "refused",
  "/spring-launch/%25252525252e%25252525252e/x": "refused",
  "/spring-launch//../other/index.m3u8": "refused",
  "/a/index.m3u8": "refused",
  "/": "refused",
  "/..": "refused",
};

describe("The viewer-request function", () => {
  let code: string;
  before(async () => {
    const recording = await recordDefaults();
    code = String(recording.only("cloudfront/function:Function", "streams-viewer-request").inputs.code);
  });

  const run = (uri: string, headers: object = {}) =>
    runInNewContext(`${code}; handler({ request: { uri, headers } })`, { uri, headers }) as FunctionAnswer;

  for (const [uri, expected] of Object.entries(reached)) {
    it(`has '${uri}' reach ${expected}`, () => {
      const { uri: path, headers, statusCode } = run(uri);
      const actual = statusCode === undefined ? `${headers?.["x-stream-id"]?.value} ${path}` : "refused";
      expect(actual).to.equal(expected);
      if (expected === "refused") expect(statusCode).to.equal(404);
    });
  }

  it("overwrites the stream's id that a viewer sends, and leaves other headers alone", () => {
    const sent = {
      "x-stream-id": { value: "other", multiValue: [{ value: "other" }, { value: "third" }] },
      accept: { value: "*/*" },
    };
    expect(run("/spring-launch/index.m3u8", sent).headers).to.deep.equal({
      "x-stream-id": { value: "spring-launch" },
      accept: { value: "*/*" },
    });
  });

  it("fits into the 10 KB that CloudFront takes", () => {
    expect(Buffer.byteLength(code)).to.be.below(10_240);
  });
});
