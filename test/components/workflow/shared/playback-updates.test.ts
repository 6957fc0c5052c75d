import { expect } from "chai";
import fc from "fast-check";
import { originIdOfAttempt } from "../../../../components/workflow/shared/origin-ids";
import { takenPatterns } from "../../../../components/workflow/shared/playback-capacity";
import { updatedConfiguration } from "../../../../components/workflow/shared/playback-configuration";
import { behaviorMembers, sourceOfAttempt } from "../../../../components/workflow/shared/playback-settings";
import { type PlaybackBatch, playbackBatch } from "../../../../components/workflow/shared/playback-updates";
import { Jsonata } from "../../../../local/asl/jsonata";
import type { Json, JsonObject } from "../../../../local/json";
import type { Clock } from "../../../../local/time/clock";
import { attemptSettings, settings } from "../../../support/definition";
import {
  type Behavior,
  type DistributionConfig,
  defaultOrigin,
  distributionConfig,
  originOf,
} from "../../../support/distribution";

/** As Step Functions does it, with its functions, and its limit on what an expression may take. */
const jsonata = new Jsonata({ now: () => 0 } as Clock, Math.random);
const evaluate = (expression: string, variables: object): Json =>
  jsonata.evaluate(expression.slice("{% ".length, -" %}".length), variables as JsonObject);

const source = sourceOfAttempt(settings.playback);
const provision = {
  request: { streamId: "own" },
  attempt: 1,
  channel: { channelId: "1", originDomainName: "own.example.com", originPath: "" },
  settings: attemptSettings,
};
const behaviorId = hashOfBehavior();

/** The hash of the members of a behaviour, as a workflow takes it. */
function hashOfBehavior(): string {
  const text = JSON.stringify(behaviorMembers(settings.playback));
  return evaluate(`{% $hash($text, "SHA-256") %}`, { text }) as string;
}

/** A lease that says what its attempt wants. */
const wish = (streamId: string, update: string, more: object = {}) => ({
  channelId: `channel-of-${streamId}`,
  leasedBy: `execution-of-${streamId}`,
  originId: originOf(streamId, 1),
  streamId,
  attempt: 1,
  update,
  source: { domain: `${streamId}.example.com`, path: "/live", origin: {}, behaviorId },
  ...more,
});
type Wish = ReturnType<typeof wish>;
const batch = (config: DistributionConfig, ...updates: Wish[]) =>
  evaluate(`{% ${playbackBatch(source, originIdOfAttempt(settings.playback))} %}`, {
    states: { result: { DistributionConfig: config } },
    provision,
    updates,
  }) as unknown as PlaybackBatch;
const entries = (...ids: readonly [streamId: string, attempt: number][]) =>
  distributionConfig(
    ids.map(([streamId, attempt]) => ({ ...defaultOrigin, Id: originOf(streamId, attempt) })),
    ids.map(([streamId, attempt]) => ({
      PathPattern: `/${streamId}/*`,
      TargetOriginId: originOf(streamId, attempt),
    })),
  );
const servedIn = ({ served }: PlaybackBatch) =>
  served.map(({ channelId }) => channelId.slice("channel-of-".length));

describe("What the holder of the lock does for others", () => {
  it("is to add the entries that they want, and to remove those that are there", () => {
    const done = batch(entries(["leaving", 1]), wish("coming", "ADD"), wish("leaving", "REMOVE"));
    expect(done.added).to.deep.equal([
      {
        streamId: "coming",
        originId: originOf("coming", 1),
        domain: "coming.example.com",
        path: "/live",
        origin: {},
        behavior: behaviorMembers(settings.playback),
      },
    ]);
    expect(done.removed).to.deep.equal([originOf("leaving", 1)]);
    expect(servedIn(done)).to.have.members(["coming", "leaving"]);
  });

  it("is nothing where nobody wants anything", () => {
    expect(batch(entries())).to.deep.equal({ added: [], removed: [], served: [] });
  });

  it("is a mark alone where the entry is there already, and where the wish is its own", () => {
    const own = wish("own", "ADD");
    const done = batch(entries(["there", 1]), wish("there", "ADD"), own);
    expect([done.added, done.removed]).to.deep.equal([[], []]);
    expect(servedIn(done)).to.have.members(["there", "own"]);
  });

  it("is to add the half of an entry that is missing", () => {
    const half = distributionConfig([{ ...defaultOrigin, Id: originOf("half", 1) }], []);
    expect(batch(half, wish("half", "ADD")).added).to.have.lengthOf(1);
  });

  const left: readonly [string, Partial<Wish>, DistributionConfig][] = [
    ["has to make its update alone", { update: "ADD_ALONE" }, entries()],
    ["is added already by a later attempt", {}, entries(["other", 2])],
    ["has a behaviour of another deployment", { source: { behaviorId: "another" } as never }, entries()],
    ["is to be removed and is not there", { update: "REMOVE" }, entries()],
    ["has to be removed alone", { update: "REMOVE_ALONE" }, entries(["other", 1])],
    [
      "is on a path that somebody else has",
      {},
      distributionConfig([], [{ PathPattern: "/oth*", TargetOriginId: "default" }]),
    ],
  ];
  for (const [what, more, config] of left) {
    it(`is not an entry that ${what}`, () => {
      const done = batch(config, wish("other", "ADD", more));
      expect(done).to.deep.equal({ added: [], removed: [], served: [] });
    });
  }

  it("is nothing where it has to make its own update alone", () => {
    const done = batch(entries(), wish("own", "ADD_ALONE"), wish("other", "ADD"));
    expect(done).to.deep.equal({ added: [], removed: [], served: [] });
  });

  it("finds the same paths taken as the attempt itself would", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), minLength: 1, maxLength: 6 });
    const streamId = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 3, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), streamId, (patterns, id) => {
        const config = distributionConfig(
          [],
          patterns.map((PathPattern): Behavior => ({ PathPattern, TargetOriginId: "default" })),
        );
        const taken = evaluate(`{% ${takenPatterns(settings.playback)} %}`, {
          states: { input: { DistributionConfig: config } },
          provision: { ...provision, request: { streamId: id } },
        }) as string[];
        const { added } = batch(config, wish(id, "ADD"));
        expect(added.length, `${patterns.join()} and ${id}`).to.equal(taken.length === 0 ? 1 : 0);
      }),
      { numRuns: 150, seed: 20260101 },
    );
  });

  it("takes no more than an expression may, with two hundred entries", () => {
    const ids = Array.from({ length: 100 }, (_, index) => `stream-${index}`);
    const config = entries(...ids.map((id): [string, number] => [`up-${id}`, 1]));
    const wishes = ids.map((id) => wish(id, "ADD"));
    const { added } = batch(config, ...wishes);
    expect(added).to.have.lengthOf(100);
    const updated = evaluate(
      `{% ${updatedConfiguration(settings.playback, "$added", '"none"', "$config")} %}`,
      { added, config },
    ) as unknown as DistributionConfig;
    expect(updated.CacheBehaviors.Quantity).to.equal(200);
    expect(updated.Origins.Quantity).to.equal(201);
  });

  it("does not confuse streams with the members that every object has", () => {
    const done = batch(entries(["constructor", 2]), wish("toString", "ADD"));
    expect(done.added).to.have.lengthOf(1);
  });
});
