import { expect } from "chai";
import type { Graph, RecordedResource } from "../../local/record/graph";
import { root } from "../../test/support/root";
import { startLocal } from "../../testing";
import { journeys } from "../matrix/journeys";
import { record } from "../matrix/recorder";
import { World } from "../matrix/world";
import { mutantsOfDefinition } from "./definition-mutants";
import { machineOf } from "./facts";
import reasons from "./reasons.json";
import { listMutants } from "./run";
import type { SeenDefinition } from "./subject";

const type = "aws:sfn/stateMachine:StateMachine";

function definitionsOf({ resources }: Graph): SeenDefinition[] {
  return resources.flatMap((one) =>
    one.type === type ? [{ machine: machineOf(one.name), text: String(one.inputs.definition) }] : [],
  );
}

/** Configurations in which the definitions have states that they do not have otherwise. */
const configurations = [
  {},
  { graceMinutes: "30", stopUnowned: "true", leadTimeMinutes: "30", onChannelLost: "restart" },
  { maxLiveHours: "0" },
];

describe("the mutants of this program", () => {
  const definitions: SeenDefinition[] = [];

  before(async () => {
    for (const config of configurations) {
      const local = await startLocal("index.ts", { config });
      definitions.push(...definitionsOf(local.runtime.graph));
      await local.stop();
    }
  });

  it("are hundreds, each with a name of its own; every reason is about one of them, and each at most once", () => {
    const ids = listMutants(root, { definitions }).map(({ id }) => id);
    expect(ids.length).to.be.greaterThan(600);
    expect(new Set(ids)).to.have.lengthOf(ids.length);
    const named = reasons.flatMap(({ mutants }) => mutants);
    expect(named.filter((id, index) => named.indexOf(id) !== index)).to.deep.equal([]);
    expect(named.filter((id) => !ids.includes(id))).to.deep.equal([]);
    for (const { reason } of reasons) expect(reason).to.match(/^[A-Z].{30,}\.$/s);
  });

  it("are found where they matter: a stream that is COMPLETE keeps its channel where its teardown does not see its lease", async () => {
    const journey = journeys.find(({ name }) => name === "complete");
    const id = "StreamTeardown.BeginTeardown: operand $hasLease";
    const patch = (graph: Graph): Graph => ({
      ...graph,
      resources: graph.resources.map((one) => without(id, one)),
    });
    if (!journey) throw new Error("The matrix has no journey 'complete'.");
    const world = await World.start({ ...journey, patch });
    const { findings } = await record(world, journey);
    await world.stop();
    expect(findings.map(({ text }) => text).join(" ")).to.match(/Channel \d+ is RUNNING/);
  });
});

function without(id: string, resource: RecordedResource): RecordedResource {
  if (resource.type !== type) return resource;
  const text = String(resource.inputs.definition);
  const mutant = mutantsOfDefinition(machineOf(resource.name), text).find((one) => one.id === id);
  return { ...resource, inputs: { ...resource.inputs, definition: mutant?.definition ?? text } };
}
