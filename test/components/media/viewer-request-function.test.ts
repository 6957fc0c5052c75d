import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { recordDefaults } from "../../support/stream-orchestration";

describe("The viewer-request function", () => {
  it("takes the stream's name off the path, and nothing else", async () => {
    const recording = await recordDefaults();
    const { inputs } = recording.only("cloudfront/function:Function", "streams-viewer-request");
    const uri = (before: string) =>
      runInNewContext(`${String(inputs.code)}; handler({ request: { uri: before } }).uri`, { before });
    expect(uri("/spring-launch/index.m3u8")).to.equal("/index.m3u8");
    expect(uri("/spring-launch/hls/segment_1.ts")).to.equal("/hls/segment_1.ts");
    expect(uri("/spring-launch/")).to.equal("/");
    expect(uri("/spring-launch")).to.equal("/");
  });
});
