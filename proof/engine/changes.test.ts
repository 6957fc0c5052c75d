import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { tableSchemas } from "../../components";
import type { JsonObject } from "../../local/json";
import { baseConfiguration, configurationChanges, ownResources } from "./configuration";
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
    const changed = [...Object.keys(configurationChanges), ...Object.keys(ownResources)];
    expect(changed.sort()).to.deep.equal(Object.keys(declaredKeys).sort());
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

  it("takes resources of the team's own, and leaves them when it goes", async () => {
    const stack = await Deployment.create(engine);
    const given = [
      {
        type: "aws:cloudwatch/eventBus:EventBus",
        id: "team-events",
        arn: "arn:aws:events:us-east-1:123456789012:event-bus/team-events",
      },
      {
        type: "aws:sns/topic:Topic",
        id: String(ownResources.onCallTopicArn),
        arn: String(ownResources.onCallTopicArn),
      },
      {
        type: "aws:apigatewayv2/api:Api",
        id: "a1b2c3d4e5",
        arn: "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5",
      },
      {
        type: "aws:cloudwatch/logGroup:LogGroup",
        id: "/aws/vendedlogs/team",
        arn: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/team",
      },
      ...Object.entries(tableSchemas).map(([suffix, schema]) => ({
        type: "aws:dynamodb/table:Table",
        id: `team-${suffix}`,
        arn: `arn:aws:dynamodb:us-east-1:123456789012:table/team-${suffix}`,
        schema,
      })),
    ];
    for (const { type, id, arn, ...more } of given) {
      const name = id.split(":").at(-1) ?? id;
      const computed = {
        arn,
        executionArn: `arn:aws:execute-api:us-east-1:123456789012:${id}`,
        apiEndpoint: "https://team.example.com",
      };
      const schema = "schema" in more ? more.schema : {};
      stack.account.adopt({ type, id, urn: "", name, inputs: { name, ...schema }, computed });
    }
    expectSuccess(await stack.preview(program, ownResources));
    expectSuccess(await stack.up(program, ownResources));
    for (const { type } of given.filter(({ type }) => !type.endsWith(":Topic"))) {
      const own = given.filter((one) => one.type === type);
      expect(stack.account.ofType(type), type).to.have.lengthOf(own.length);
    }
    expect(stack.account.ofType("aws:cloudwatch/eventBusPolicy:EventBusPolicy")).to.deep.equal([]);
    expect(stack.account.ofType("aws:apigatewayv2/stage:Stage")).to.deep.equal([]);
    expectPoliciesToReach(stack);
    expectNoChange(await stack.up(program, ownResources));
    expectSuccess(await stack.destroy(program, ownResources));
    expect(stack.account.resources.map(({ id }) => id)).to.have.members(given.map(({ id }) => id));
  });

  it("refuses a table of the team's own that lacks an index, in the preview", async () => {
    const stack = await Deployment.create(engine);
    const { globalSecondaryIndexes: _none, ...attempts } = tableSchemas.attempts;
    for (const [suffix, schema] of Object.entries({ attempts, leases: tableSchemas.leases })) {
      const name = `team-${suffix}`;
      const arn = `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`;
      // AWS's provider answers an empty list for what a table does not have.
      const computed = { arn, globalSecondaryIndexes: [] };
      const type = "aws:dynamodb/table:Table";
      const inputs = { name, ...schema } as unknown as JsonObject;
      stack.account.adopt({ type, id: name, urn: "", name, inputs, computed });
    }
    const { attemptsTableName, leasesTableName } = ownResources;
    const tables = { attemptsTableName, leasesTableName } as Configuration;
    const { error } = await stack.preview(program, tables);
    expect(error).to.include(
      'tables.attemptsName is "team-attempts", which does not fit: it must have the index byStatus',
    );
    expect(error).to.include("byUnpublished").and.to.include("byRequest");
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
