import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { baseConfiguration, configurationChanges } from "./configuration";
import { Deployment, type StateResource } from "./deployment";
import { type Configuration, declaredKeys, Engine, hasCli } from "./engine";
import { program } from "./programs";
import {
  describeSteps,
  expectNoChange,
  expectNothingLost,
  expectPoliciesToReach,
  expectSuccess,
} from "./suite";

/** Merges the changes into as few as possible, none of which sets a key to two values: each deployment costs a second. */
function merge(changes: readonly Configuration[]): Configuration[] {
  const merged: Configuration[] = [];
  for (const change of changes) {
    const fits = (other: Configuration) =>
      Object.entries(change).every(([key, value]) => other[key] === undefined || other[key] === value);
    const index = merged.findIndex(fits);
    merged[index === -1 ? merged.length : index] = { ...merged[index], ...change };
  }
  return merged;
}

(hasCli() ? describe : describe.skip)("A deployed stack", () => {
  let engine: Engine;
  let deployed: Deployment;

  before(async () => {
    engine = new Engine();
    deployed = await Deployment.create(engine);
    expectSuccess(await deployed.up(program));
  });
  after(() => engine.remove());

  it("has a change for each configuration key", () => {
    expect(Object.keys(configurationChanges).sort()).to.deep.equal(Object.keys(declaredKeys).sort());
    const unchanged = Object.entries(configurationChanges).filter(([key, change]) => {
      const before = baseConfiguration[key] ?? declaredKeys[key]?.default;
      return change[key] === undefined || change[key] === String(before);
    });
    expect(unchanged.map(([key]) => key)).to.deep.equal([]);
  });

  it("loses no table, bus, queue or state machine when its configuration changes, there and back", async () => {
    const stack = deployed.fork();
    for (const change of merge(Object.values(configurationChanges))) {
      const up = await stack.up(program, change);
      expectSuccess(up);
      expectNothingLost(up);
      expectPoliciesToReach(stack);
    }
    const back = await stack.up(program);
    expectSuccess(back);
    expectNothingLost(back);
    expectNoChange(await stack.up(program));
  });

  // A minute of processor time: the test above has the same changes, several at a time.
  for (const [key, change] of Object.entries(process.env.ENGINE_EACH_KEY ? configurationChanges : {})) {
    it(`replaces nothing when ${key} changes alone, there and back`, async () => {
      const stack = deployed.fork();
      const there = await stack.up(program, change);
      expectSuccess(there);
      expect(there.steps).not.to.deep.equal([]);
      const back = await stack.up(program);
      expectSuccess(back);
      const replacements = [...there.steps, ...back.steps].filter(({ op }) => op === "replace");
      expect(describeSteps(replacements)).to.deep.equal([]);
      expectNothingLost(there);
      expectNothingLost(back);
    });
  }

  for (const file of readdirSync(join(__dirname, "releases"))) {
    it(`of release ${file.replace(".json", "")} takes this release, and loses no table, bus, queue or state machine`, async () => {
      const release = JSON.parse(readFileSync(join(__dirname, "releases", file), "utf8")) as StateResource[];
      const stack = deployed.withRelease(release);
      const up = await stack.up(program);
      expectSuccess(up);
      expectNothingLost(up);
      expectPoliciesToReach(stack);
      expectNoChange(await stack.up(program));
      expectSuccess(await stack.destroy(program));
      expect(stack.account.resources).to.deep.equal([]);
    });
  }
});
