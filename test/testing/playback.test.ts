import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { type JsonObject, type Local, startLocal } from "../../testing";
import { readMediaPlaylist } from "../support/hls";

const distributionId = "E2QWRUHAPOMQZL";

/** Channels with origins of their own, and a cache policy of the program's own instead of the component's. */
function ownOrigins(cachePolicy?: aws.cloudfront.CachePolicyArgs, channelCount = 2) {
  const policy = cachePolicy && new aws.cloudfront.CachePolicy("own", cachePolicy);
  new StreamOrchestration("streams", {
    encoder: {
      channels: [
        { channelId: "1001", originDomainName: "a.example.com", originPath: "/out" },
        { channelId: "1002", originDomainName: "b.example.com", originPath: "/out" },
      ].slice(0, channelCount),
    },
    playback: { distributionId, ...(policy && { cachePolicyId: policy.id }) },
  });
}

const keyedByPathAlone: aws.cloudfront.CachePolicyArgs = {
  minTtl: 0,
  defaultTtl: 5,
  maxTtl: 86_400,
  parametersInCacheKeyAndForwardedToOrigin: {
    cookiesConfig: { cookieBehavior: "none" },
    headersConfig: { headerBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "none" },
  },
};

async function text(local: Local, path: string): Promise<string> {
  const answer = await local.playback.fetch(path);
  expect(answer.status, `${path}: ${await answer.clone().text()}`).to.equal(200);
  return answer.text();
}

async function outcome(local: Local, path: string): Promise<string> {
  const { status, headers } = await local.playback.fetch(path);
  return `${status} ${headers.get("x-cache")}`;
}

describe("playback through the local CDN", () => {
  let local: Local;
  afterEach(() => local.stop());

  it("plays a stream from its entry until its end: master, media playlist and segments advance with the clock", async () => {
    local = await startLocal(() => ownOrigins());
    const { channelId } = await local.streams.makeReady("spring-launch");
    expect(await text(local, "/spring-launch/index.m3u8")).to.contain("index_1.m3u8");
    const seen = new Set<string>();
    let last = 0;
    for (let second = 0; second < 60; second += 4) {
      const playlist = readMediaPlaylist(await text(local, "/spring-launch/index_1.m3u8"));
      expect(playlist.mediaSequence).to.be.at.least(last);
      last = playlist.mediaSequence;
      for (const { uri } of playlist.segments) {
        const segment = await text(local, `/spring-launch/${uri}`);
        expect(segment).to.contain(`"channel":"${channelId}","content":"spring-launch, attempt 1"`);
        seen.add(uri);
      }
      await local.clock.advance({ seconds: 4 });
    }
    expect(seen.size).to.be.within(10, 12);

    await local.streams.end("spring-launch");
    // The entry is gone: the path is the default origin's, which is another machine.
    expect(await outcome(local, "/spring-launch/index_2.m3u8")).to.equal("502 Error from cloudfront");
  });

  it("answers 404 from a channel that is not running, for the ten seconds of the error cache", async () => {
    local = await startLocal(() => ownOrigins(undefined, 1));
    await local.streams.makeReady("spring-launch");
    local.encoder.setState("1001", "IDLE");
    expect(await outcome(local, "/spring-launch/index.m3u8")).to.equal("404 Error from cloudfront");
    local.encoder.setState("1001", "RUNNING");
    await local.clock.advance({ milliseconds: 9_999 });
    expect(await outcome(local, "/spring-launch/index.m3u8")).to.equal("404 Error from cloudfront");
    await local.clock.advance({ milliseconds: 1 });
    expect(await outcome(local, "/spring-launch/index.m3u8")).to.equal("200 Miss from cloudfront");
    expect(await outcome(local, "/spring-launch/index.m3u8")).to.equal("200 Hit from cloudfront");
  });

  it("shows that two live streams share their objects where the cache key does not tell them apart", async () => {
    local = await startLocal(() => ownOrigins(keyedByPathAlone));
    const one = await local.streams.makeReady("one");
    const two = await local.streams.makeReady("two");
    expect(one.channelId).to.not.equal(two.channelId);
    expect(await text(local, "/one/index.m3u8")).to.contain(`channel ${one.channelId}: one`);
    expect(await text(local, "/two/index.m3u8"), "another stream's playlist").to.contain(": one, attempt 1");
    await local.clock.advance({ seconds: 3 });
    expect(await text(local, "/two/index.m3u8")).to.contain(`channel ${two.channelId}: two`);
  });

  it("gives two successive streams on one channel their own content", async () => {
    local = await startLocal(() => ownOrigins(undefined, 1));
    await local.streams.makeReady("first");
    const before = readMediaPlaylist(await text(local, "/first/index_1.m3u8"));
    await local.streams.end("first");
    await local.streams.makeReady("second");
    // What is left of the first one in the cache ends with its lifetime.
    await local.clock.advance({ seconds: 3 });
    const after = readMediaPlaylist(await text(local, "/second/index_1.m3u8"));
    expect(after.mediaSequence).to.be.above(before.mediaSequence + before.segments.length - 1);
    for (const { uri } of after.segments) {
      expect(await text(local, `/second/${uri}`)).to.contain('"content":"second, attempt 1"');
    }
  });

  it("refuses, as MediaPackage v2 does, what no origin access control signs, and serves what one signs", async () => {
    const domain = "x1.egress.a2b3c4.mediapackagev2.eu-west-1.amazonaws.com";
    local = await startLocal(() => {
      const control = new aws.cloudfront.OriginAccessControl("signs", {
        originAccessControlOriginType: "mediapackagev2",
        signingBehavior: "always",
        signingProtocol: "sigv4",
      });
      const channels = [{ channelId: "1001", originDomainName: domain }];
      new StreamOrchestration("streams", { encoder: { channels }, playback: { distributionId } });
      return { controlId: control.id };
    });
    await local.streams.makeReady("spring-launch");
    const signWith = async (OriginAccessControlId: string) => {
      const { config } = await local.playback.get(distributionId);
      const { Items } = config.Origins as unknown as { Items: JsonObject[] };
      const Origins = {
        Quantity: Items.length,
        Items: Items.map((one) => ({ ...one, OriginAccessControlId })),
      };
      local.playback.setConfig(distributionId, { ...config, Origins });
    };
    await signWith("");
    const unsigned = await local.playback.fetch("/spring-launch/index.m3u8");
    expect(unsigned.status).to.equal(403);
    await signWith(String(local.outputs.controlId));
    // Nothing keeps a 403 that does not ask for it.
    expect(await text(local, "/spring-launch/index.m3u8")).to.contain("channel 1001");
  });

  it("tells channels of one domain apart by their origin paths", async () => {
    local = await startLocal(() => {
      const originDomainName = "a.example.com";
      const channels = ["1001", "1002"].map((channelId) => ({
        channelId,
        originDomainName,
        originPath: `/out/${channelId}`,
      }));
      new StreamOrchestration("streams", { encoder: { channels }, playback: { distributionId } });
    });
    const { channelId } = await local.streams.makeReady("one");
    const { channelId: other } = await local.streams.makeReady("two");
    expect(await text(local, "/one/index.m3u8")).to.contain(`channel ${channelId}`);
    await local.clock.advance({ seconds: 3 });
    expect(await text(local, "/two/index.m3u8")).to.contain(`channel ${other}`);
  });

  it("plays a channel without an origin of its own from the default origin, while it is the only one that runs", async () => {
    local = await startLocal(() => {
      const channels = [{ channelId: "1001" }, { channelId: "1002" }];
      new StreamOrchestration("streams", { encoder: { channels }, playback: { distributionId } });
    });
    const { channelId } = await local.streams.makeReady("one");
    expect(await text(local, "/one/index.m3u8")).to.contain(`channel ${channelId}`);
    await local.streams.makeReady("two");
    await local.clock.advance({ seconds: 3 });
    const answer = await local.playback.fetch("/two/index.m3u8");
    expect(answer.status).to.equal(502);
    expect(await answer.text())
      .to.contain("1001, 1002")
      .and.contain("originPath");
  });

  it("says why it does not ask an origin of another machine, and a path outside of every behaviour is the default origin's", async () => {
    local = await startLocal(() => ownOrigins());
    const answer = await local.playback.fetch("/nothing/index.m3u8");
    expect(answer.status).to.equal(502);
    expect(await answer.text())
      .to.contain("CloudFront wasn't able to connect to the origin.")
      .and.contain("'origin.example.com' is not the origin of a channel");
  });

  it("is served on a port of the loopback interface, and in process by the very URL", async () => {
    local = await startLocal(() => ownOrigins());
    await local.streams.makeReady("spring-launch");
    const url = `${local.playbackUrl}/spring-launch/index.m3u8`;
    expect(new URL(url).hostname).to.equal("127.0.0.1");
    const overSocket = await fetch(url);
    expect([overSocket.status, overSocket.headers.get("x-cache")]).to.deep.equal([
      200,
      "Miss from cloudfront",
    ]);
    expect(await text(local, url)).to.equal(await overSocket.text());
    const head = await local.playback.fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
  });
});
