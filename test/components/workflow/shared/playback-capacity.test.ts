import { expect } from "chai";
import {
  maxConfigurationBytes,
  type PlaybackCapacity,
  type PlaybackPlace,
  playbackCapacity,
  takenPatterns,
} from "../../../../components/workflow/shared/playback-capacity";
import { sourceOfAttempt } from "../../../../components/workflow/shared/playback-settings";
import { Jsonata } from "../../../../local/asl/jsonata";
import type { JsonObject } from "../../../../local/json";
import { systemClock } from "../../../../local/time/clock";
import { attemptSettings, settings } from "../../../support/definition";
import {
  type Behavior,
  type DistributionConfig,
  defaultOrigin,
  distributionConfig,
  originOf,
} from "../../../support/distribution";
import { evaluate } from "../../../support/jsonata";

const provision = (streamId: string) => ({
  request: { streamId },
  attempt: 2,
  channel: { channelId: "1234567", originDomainName: null, originPath: "" },
  settings: attemptSettings,
});
/** A place that was reserved a moment ago. */
const place = (originId: string, more: Partial<PlaybackPlace> = {}): PlaybackPlace => ({
  originId,
  leasedAt: "2026-05-01T10:00:00.000Z",
  isStarted: false,
  bytes: null,
  ...more,
});
const capacity = (
  config: DistributionConfig,
  places: readonly (string | PlaybackPlace)[] = [],
  streamId = "static",
) =>
  evaluate(playbackCapacity(sourceOfAttempt(settings.playback)), {
    states: { result: { DistributionConfig: config } },
    provision: provision(streamId),
    places: places.map((one) => (typeof one === "string" ? place(one) : one)),
  }) as Promise<PlaybackCapacity>;
const withPatterns = (...patterns: string[]) =>
  distributionConfig(
    [],
    patterns.map((PathPattern): Behavior => ({ PathPattern, TargetOriginId: "default" })),
  );
/** A configuration with the entries of some origin ids. */
const withEntries = (...ids: string[]) =>
  distributionConfig(
    ids.map((Id) => ({ ...defaultOrigin, Id })),
    ids.map((id, index) => ({ PathPattern: `/entry-${index}/*`, TargetOriginId: id })),
  );

const others: { readonly [pattern: string]: boolean } = {
  "/static/*": true,
  "static/*": true,
  "/static/logo.png": true,
  "static/images/*.jpg": true,
  "/static/": true,
  "/static*": true,
  "/st*": true,
  "st*": true,
  "/s*c/x.png": true,
  "/stat?c/*": true,
  "/s??t*/x": true,
  "/static?": true,
  "/static": false,
  "/stat?c": false,
  "/STATIC/*": false,
  "/Static*": false,
  "/staticx/*": false,
  "/sta/*": false,
  "/stat?cx/*": false,
  "/s?x*": false,
  "/": false,
  "/*": false,
  "*": false,
  "*.m3u8": false,
  "/*/index.m3u8": false,
  "?tatic/*": false,
  "/other/static/*": false,
};

describe("Somebody else's behaviour", () => {
  for (const [pattern, isTaken] of Object.entries(others)) {
    it(`'${pattern}' ${isTaken ? "has" : "has not"} the path of the stream 'static'`, async () => {
      const around = withPatterns("/images/*", pattern, "/vod/*");
      for (const config of [withPatterns(pattern), around]) {
        expect((await capacity(config)).taken).to.equal(isTaken ? pattern : null);
        const taken = await evaluate(takenPatterns(settings.playback), {
          states: { input: { DistributionConfig: config } },
          provision: provision("static"),
        });
        expect(taken).to.deep.equal(isTaken ? [pattern] : []);
      }
    });
  }

  it("is what earlier attempts at the stream left only if this component made it", async () => {
    const entry = (id: string) =>
      distributionConfig([{ ...defaultOrigin, Id: id }], [{ PathPattern: "/static/*", TargetOriginId: id }]);
    const taken = async (id: string) => (await capacity(entry(id))).taken;
    expect(await taken(originOf("static", 1))).to.equal(null);
    expect(await taken(originOf("static", 1, "ba9876543210"))).to.equal("/static/*");
    expect(await taken("stream-orchestration_static_1")).to.equal("/static/*");
    expect(await taken(`${originOf("static", 1)}_copy`)).to.equal("/static/*");
  });

  it("is compared within the effort that Step Functions grants an expression, however many there are", () => {
    // As many as a distribution with a raised quota may have, of the kind that takes the most effort: long ones that differ at their ends.
    const heads = ["s".repeat(50), "s?".repeat(25), "?".repeat(50)].map((head) => `/s${head}`);
    const patterns = Array.from({ length: 220 }, (_, index) => `${heads[index % 3]}?_${index}*`);
    const bounded = new Jsonata(systemClock, Math.random);
    const found = bounded.evaluate(playbackCapacity(sourceOfAttempt(settings.playback)), {
      states: { result: { DistributionConfig: withPatterns(...patterns) } },
      provision: provision("s".repeat(64)),
      places: [],
    } as unknown as JsonObject) as unknown as PlaybackCapacity;
    expect(found.taken).to.equal(null);
  });
});

describe("The places of a distribution", () => {
  const counts = async (config: DistributionConfig, places: string[] = []) => {
    const { behaviors, origins } = await capacity(config, places);
    return { behaviors, origins };
  };

  it("are the behaviours and origins that are there, without the stream's own", async () => {
    expect(await counts(distributionConfig())).to.deep.equal({ behaviors: 0, origins: 1 });
    expect(await counts(withPatterns("/a/*"))).to.deep.equal({ behaviors: 1, origins: 1 });
    expect(await counts(withEntries("a", "b", originOf("static", 1)))).to.deep.equal({
      behaviors: 2,
      origins: 3,
    });
  });

  it("count what is reserved once, whether or not it is in the distribution yet", async () => {
    const places = [originOf("one", 1), originOf("two", 1)];
    expect(await counts(distributionConfig(), places)).to.deep.equal({ behaviors: 2, origins: 3 });
    expect(await counts(withEntries("a", ...places.slice(1)), places)).to.deep.equal({
      behaviors: 3,
      origins: 4,
    });
    expect(await counts(withEntries(...places), places)).to.deep.equal({ behaviors: 2, origins: 3 });
  });

  it("do not count the place of the attempt itself, nor that of an earlier attempt at its stream", async () => {
    const places = [originOf("static", 1), originOf("static", 2)];
    expect(await counts(distributionConfig(), places)).to.deep.equal({ behaviors: 0, origins: 1 });
  });

  it("take room of the configuration, which a workflow has to carry", async () => {
    const none = (await capacity(distributionConfig())).bytes;
    const two = (await capacity(distributionConfig(), [originOf("one", 1), originOf("two", 1)])).bytes;
    const entry = (two - none) / 2;
    expect(entry).to.be.within(1_400, 3_000);
    const known = { bytes: 1_000 };
    const measured = await capacity(distributionConfig(), [
      place(originOf("one", 1), known),
      place(originOf("two", 1), known),
    ]);
    expect((measured.bytes - none) / 2, "with the members of the default origin").to.be.within(1_100, entry);
    const comment = "x".repeat(maxConfigurationBytes);
    expect((await capacity({ ...distributionConfig(), Comment: comment })).bytes).to.be.above(
      maxConfigurationBytes + 1_000,
    );
  });

  it("are contended while an attempt has one and no entry yet", async () => {
    const isContended = async (...of: Parameters<typeof capacity>) => (await capacity(...of)).isContended;
    expect(await isContended(distributionConfig(), [originOf("static", 2)])).to.equal(false);
    expect(await isContended(distributionConfig(), [originOf("one", 1)])).to.equal(true);
    expect(await isContended(withEntries(originOf("one", 1)), [originOf("one", 1)])).to.equal(false);
  });

  it("come one after the other, in the order of the leases, and those of channels that are starting before all", async () => {
    const own = place(originOf("static", 2), { leasedAt: "2026-05-01T10:00:05.000Z" });
    const first = async (...places: PlaybackPlace[]) =>
      (await capacity(distributionConfig(), [own, ...places])).before.behaviors;
    const at = (leasedAt: string, isStarted = false) => place(originOf("one", 1), { leasedAt, isStarted });
    expect(await first()).to.equal(0);
    expect(await first(at("2026-05-01T10:00:04.000Z"))).to.equal(1);
    expect(await first(at("2026-05-01T10:00:06.000Z"))).to.equal(0);
    expect(await first(at("2026-05-01T10:00:06.000Z", true))).to.equal(1);
    // In the same moment, by their names: one of two comes first for both.
    expect(await first(at("2026-05-01T10:00:05.000Z"))).to.equal(1);
    expect(await first(place(originOf("tv", 1), { leasedAt: own.leasedAt }))).to.equal(0);
  });
});
