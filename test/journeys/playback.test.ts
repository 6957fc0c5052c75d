import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { type Local, startLocal } from "../../testing";
import { readMediaPlaylist } from "../support/hls";

const distributionId = "E2QWRUHAPOMQZL";
const group = "x1.egress.a2b3c4.mediapackagev2.eu-west-1.amazonaws.com";

function program(originDomainName: string) {
  return () => {
    const channels = ["1001", "1002"].map((channelId) => ({
      ...{ channelId, originDomainName },
      originPath: `/out/v1/group/${channelId}/hls`,
    }));
    new StreamOrchestration("streams", { encoder: { channels }, playback: { distributionId } });
  };
}

/** What a viewer sees: the stream that a playlist is of, or the status. */
async function seen(local: Local, path: string, headers: { [name: string]: string } = {}): Promise<string> {
  const answer = await local.playback.fetch(path, { headers });
  if (answer.status !== 200) return String(answer.status);
  return /# channel \d+: ([^,]+),/.exec(await answer.text())?.[1] ?? "nothing";
}

describe("viewers get their own stream", () => {
  let local: Local;
  afterEach(() => local.stop());

  for (const [kind, domain] of [
    ["MediaPackage v2, which wants signed requests", group],
    ["an open origin", "a.example.com"],
  ] as const) {
    it(`while two are live on one domain of ${kind}`, async () => {
      local = await startLocal(program(domain));
      await local.streams.makeReady("one");
      await local.streams.makeReady("two");
      for (const file of [
        "index.m3u8",
        "index_1.m3u8",
        "index_2.m3u8",
        "index.m3u8?start=5",
        "index_1.m3u8?_HLS_msn=3",
      ]) {
        expect(await seen(local, `/one/${file}`), file).to.equal("one");
        expect(await seen(local, `/two/${file}`, { "x-stream-id": "one" }), file).to.equal("two");
        expect(await seen(local, `/one/${file}`, { "x-stream-id": "two" }), file).to.equal("one");
      }
      const { segments } = readMediaPlaylist(await (await local.playback.fetch("/one/index_1.m3u8")).text());
      for (const { uri } of segments) {
        for (const stream of ["one", "two"]) {
          const segment = await (await local.playback.fetch(`/${stream}/${uri}`)).text();
          expect(segment).to.contain(`"content":"${stream}, attempt 1"`);
        }
      }
    });
  }

  it("by whatever spelling of the path they come", async () => {
    local = await startLocal(program(group));
    await local.streams.makeReady("one");
    await local.streams.makeReady("two");
    const { channelId } = await local.streams.latest("two");
    const spellings: readonly (readonly [path: string, stream: string])[] = [
      ["/one/../two/index.m3u8", "two"],
      ["/two/%2e%2E/one/index.m3u8", "one"],
      ["//one/./index.m3u8", "one"],
      ["/%6Fne/index.m3u8", "one"],
    ];
    for (const [path, stream] of spellings) expect(await seen(local, path), path).to.equal(stream);
    for (const path of [
      `/one/..%2f..%2f${channelId}%2fhls/index.m3u8`,
      `/one/..%252f..%252f${channelId}%252fhls/index.m3u8`,
      `/one/..%5c..%5c${channelId}%5chls/index.m3u8`,
    ]) {
      expect(await seen(local, path), path).to.be.oneOf(["403", "404", "one"]);
    }
  });

  it("after another one on the same channel, and no stream has an entry once it is over", async () => {
    local = await startLocal(program(group));
    const seenOn = new Map<string, string[]>();
    for (const stream of ["first", "second", "third"]) {
      const { channelId = "" } = await local.streams.makeReady(stream);
      seenOn.set(channelId, [...(seenOn.get(channelId) ?? []), await seen(local, `/${stream}/index_1.m3u8`)]);
      expect(await seen(local, `/${stream}/index_1.m3u8`), "at once, whatever the cache holds").to.equal(
        stream,
      );
      await local.streams.end(stream);
      expect(await seen(local, `/${stream}/index.m3u8?start=1`)).to.not.equal(stream);
    }
    expect([...seenOn.values()].some((streams) => streams.length > 1)).to.equal(true);
  });
});
