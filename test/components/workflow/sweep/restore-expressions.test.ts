import { expect } from "chai";
import fc from "fast-check";
import { originIdOfAttempt } from "../../../../components/workflow/shared/origin-ids";
import {
  entryOfProvision,
  updatedConfiguration,
} from "../../../../components/workflow/shared/playback-configuration";
import { sourceOfDefinition } from "../../../../components/workflow/shared/playback-settings";
import {
  configurationWithRestoredEntries,
  entriesToAdd,
  entriesToRemove,
  lostEntries,
  missingEntries,
  restoredEntries,
} from "../../../../components/workflow/sweep/restore-expressions";
import type { PlayingAttempt } from "../../../../contracts/internal";
import { Jsonata } from "../../../../local/asl/jsonata";
import type { JsonObject } from "../../../../local/json";
import { systemClock } from "../../../../local/time/clock";
import { settings } from "../../../support/definition";
import {
  type DistributionConfig,
  distributionConfig,
  distributionConfigs,
  originOf,
} from "../../../support/distribution";
import { evaluate } from "../../../support/jsonata";

const { playback } = settings;
const source = sourceOfDefinition(playback, {});

const playingOf = (streamId: string, attempt = 1): PlayingAttempt => ({
  request: { streamId },
  attempt,
  originId: originOf(streamId, attempt),
  distributionId: playback.distributionId,
  channel: { channelId: "1234567", originDomainName: `${streamId}.example.com`, originPath: "" },
});

/** Adds entries one after the other, as their workflows do. */
async function withEntries(config: DistributionConfig, ...attempts: PlayingAttempt[]) {
  let current = config;
  for (const provision of attempts) {
    const data = { states: { input: { DistributionConfig: current } }, provision };
    const entry = entryOfProvision(source, originIdOfAttempt(playback));
    current = (await evaluate(
      `{% ${updatedConfiguration(source, entry, "")} %}`,
      data,
    )) as DistributionConfig;
  }
  return current;
}

const ask = (expression: string, DistributionConfig: DistributionConfig, variables: object) =>
  evaluate(`{% ${expression} %}`, { states: { result: { DistributionConfig } }, ...variables });

const restore = (DistributionConfig: DistributionConfig, toAdd: object[], toRemove: object[] = []) =>
  evaluate(`{% ${configurationWithRestoredEntries(playback, {})} %}`, {
    states: { input: { DistributionConfig } },
    toAdd,
    toRemove,
  });

function withoutEntry(config: DistributionConfig, originId: string): DistributionConfig {
  const origins = config.Origins.Items.filter(({ Id }) => Id !== originId);
  const behaviors = (config.CacheBehaviors.Items ?? []).filter(
    ({ TargetOriginId }) => TargetOriginId !== originId,
  );
  return {
    ...config,
    Origins: { Quantity: origins.length, Items: origins },
    CacheBehaviors: { Quantity: behaviors.length, ...(behaviors.length > 0 && { Items: behaviors }) },
  };
}

const behavior = (PathPattern: string) => ({ PathPattern, TargetOriginId: "default" });

describe("The restoring of playback entries", () => {
  const [one, two, three] = [playingOf("one"), playingOf("two", 3), playingOf("three")];

  it("misses the entries that are not there, or only in part", async () => {
    const playing = [one, two, three];
    expect(await ask(missingEntries(playback), distributionConfig(), { playing })).to.deep.equal(playing);
    const full = await withEntries(distributionConfig(), one, two, three);
    expect(await ask(missingEntries(playback), full, { playing })).to.deep.equal([]);
    const behaviors = full.CacheBehaviors.Items?.filter(({ PathPattern }) => PathPattern !== "/two/*") ?? [];
    const half = { ...full, CacheBehaviors: { Quantity: 2, Items: behaviors } };
    expect(await ask(missingEntries(playback), half, { playing })).to.deep.equal([two]);
    const elsewhere = distributionConfig(full.Origins.Items.slice(1), [behavior("/one/*")]);
    expect(await ask(missingEntries(playback), elsewhere, { playing: [one] })).to.deep.equal([one]);
  });

  it("misses no entry that is in the distribution of an earlier deployment", async () => {
    const elsewhere = { ...two, distributionId: "E1" };
    const playing = [one, elsewhere, three];
    expect(await ask(missingEntries(playback), distributionConfig(), { playing })).to.deep.equal([
      one,
      three,
    ]);
  });

  it("takes an entry of a release whose leases name no origin for what it is", async () => {
    const former = { ...one, originId: null, distributionId: null };
    const added = await restore(distributionConfig(), [former]);
    expect((added as DistributionConfig).Origins.Items.map(({ Id }) => Id)).to.include(
      "stream-orchestration_one_1",
    );
    expect(
      await ask(missingEntries(playback), added as DistributionConfig, { playing: [former] }),
    ).to.deep.equal([]);
    expect(await restore(added as DistributionConfig, [], [former])).to.deep.equal(distributionConfig());
  });

  it("writes what the workflows wrote, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(distributionConfigs, async (config) => {
        const written = await withEntries(config, one, two);
        // Each workflow puts its behaviour before all others; the restoring puts them there in the order of the attempts.
        const [second, first, ...others] = written.CacheBehaviors.Items ?? [];
        expect(await restore(config, [one, two])).to.deep.equal({
          ...written,
          CacheBehaviors: { ...written.CacheBehaviors, Items: [first, second, ...others] },
        });
        expect(await restore(config, [], [playingOf("spring-launch", 2)])).to.deep.equal(
          withoutEntry(config, originOf("spring-launch", 2)),
        );
        expect(await restore(config, [])).to.deep.equal(config);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves a path alone that another program has taken, and a stream whose channel is not known", async () => {
    const unknown = { ...two, channel: null };
    const config = distributionConfig([], [behavior("/one/*"), behavior("/three"), behavior("/*")]);
    const wanted = [one, unknown, three];
    expect(await ask(entriesToAdd(playback), config, { wanted })).to.deep.equal([three]);
    const lost = (await ask(lostEntries(playback), config, { wanted })) as string[];
    expect(lost).to.have.length(3);
    expect(lost[0]).to.equal(
      "The playback entry of stream one, attempt 1, is missing in distribution E2QWRUHAPOMQZL: a behaviour of another program has its path. Remove that behaviour, or end the stream.",
    );
    expect(lost[1])
      .to.include("stream two, attempt 3,")
      .and.include("its channel is not in the pool any more");
    expect(lost[2]).to.include("it could not be restored");
  });

  it("replaces what an earlier attempt of the stream left", async () => {
    const config = await withEntries(distributionConfig(), playingOf("two", 2));
    expect(await ask(missingEntries(playback), config, { playing: [two] })).to.deep.equal([two]);
    expect(await ask(entriesToAdd(playback), config, { wanted: [two] })).to.deep.equal([two]);
    expect(await restore(config, [two])).to.deep.equal(await withEntries(distributionConfig(), two));
  });

  it("adds no more behaviours than the distribution may have", async () => {
    const others = Array.from({ length: 73 }, (_, index) => behavior(`/${index}/*`));
    const wanted = [one, two, three];
    const config = distributionConfig([], others);
    expect(await ask(entriesToAdd(playback), config, { wanted })).to.deep.equal([one, two]);
    const full = await withEntries(config, one, two);
    expect(await ask(entriesToAdd(playback), full, { wanted })).to.deep.equal([]);
    expect(await ask(lostEntries(playback), full, { wanted })).to.deep.equal([
      "The playback entry of stream three, attempt 1, is missing in distribution E2QWRUHAPOMQZL: the distribution has the 75 behaviours or 100 origins that it may have. Remove some, or have CloudFront raise the quota and set playback.cacheBehaviorQuota or playback.originQuota.",
    ]);
  });

  it("removes the entry of an attempt that has ended, and of no other attempt", async () => {
    const config = await withEntries(distributionConfig(), one, two);
    expect(await ask(entriesToRemove(), config, { ended: [one, playingOf("two", 2)] })).to.deep.equal([one]);
    expect(await restore(config, [], [one])).to.deep.equal(await withEntries(distributionConfig(), two));
  });

  it("tells of a restored entry by the first sweep that missed it", async () => {
    const config = await withEntries(distributionConfig(), one, two);
    const wanted = [
      { ...one, isFirst: true },
      { ...two, isFirst: false },
      { ...three, isFirst: true },
    ];
    expect(await ask(restoredEntries(playback), config, { wanted })).to.deep.equal([
      "The playback entry of stream one, attempt 1, was missing in distribution E2QWRUHAPOMQZL and has been restored.",
    ]);
  });

  it("restores as many entries as fit, within the effort that Step Functions grants an expression", async () => {
    const toAdd = Array.from({ length: 75 }, (_, index) => playingOf(`stream-${index}`));
    const states = { input: { DistributionConfig: distributionConfig() } };
    const bounded = new Jsonata(systemClock, Math.random);
    const restored = bounded.evaluate(configurationWithRestoredEntries(playback, {}), {
      states,
      toAdd,
      toRemove: [],
    } as unknown as JsonObject) as unknown as DistributionConfig;
    expect(restored.CacheBehaviors.Quantity).to.equal(75);
    expect(await ask(missingEntries(playback), restored, { playing: toAdd })).to.deep.equal([]);
  });
});
