import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { type Recording, record } from "../support/record";
import { accepted } from "./accepted";
import { programs } from "./programs";
import { type KeptResource, type Loss, lossesOf, snapshotOf } from "./snapshot";

const releases = readdirSync(__dirname).filter((file) => file.endsWith(".json"));

function read(file: string): { readonly [program: string]: readonly KeptResource[] } {
  return JSON.parse(readFileSync(join(__dirname, file), "utf8"));
}

const describeLosses = (losses: readonly Loss[]) =>
  losses.map(({ resource, problem }) => `${resource} ${problem}`);

const recordings = new Map<string, Promise<Recording>>();

/** @returns what this release makes of a program, recorded once. */
function recordOnce(program: string): Promise<Recording> {
  const args = programs[program];
  if (!args) throw new Error(`test/upgrades/programs.ts has no program '${program}'.`);
  const recording = recordings.get(program) ?? record(() => new StreamOrchestration("streams", args));
  recordings.set(program, recording);
  return recording;
}

describe("A team that has deployed an earlier release", () => {
  for (const file of releases) {
    const release = file.replace(".json", "");
    const exceptions = accepted[release] ?? {};

    for (const [program, before] of Object.entries(read(file))) {
      it(`loses no resource of ${release} with the ${program} of a program`, async () => {
        const losses = lossesOf(before, await recordOnce(program)).filter(
          ({ resource }) => exceptions[resource] === undefined,
        );
        expect(describeLosses(losses).join("\n")).to.equal("");
      });
    }

    it(`is told of nothing that this release keeps of ${release}`, async () => {
      const lost = new Set<string>();
      for (const [program, before] of Object.entries(read(file))) {
        for (const { resource } of lossesOf(before, await recordOnce(program))) lost.add(resource);
      }
      expect(Object.keys(exceptions).filter((resource) => !lost.has(resource))).to.deep.equal([]);
    });
  }
});

describe("The comparison of two releases", () => {
  interface Shape {
    readonly queue?: string;
    readonly fifo?: boolean;
    readonly queueOpts?: pulumi.CustomResourceOptions;
    readonly parentOpts?: pulumi.ComponentResourceOptions;
    readonly parent?: string;
  }

  class Parent extends pulumi.ComponentResource {
    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
      super("acme:index:Parent", name, {}, opts);
    }
  }

  /** A queue with a policy, whose `queueUrl` a change replaces, in a component. */
  const recordShape = ({ queue = "letters", fifo = false, queueOpts, parentOpts, parent = "post" }: Shape) =>
    record(() => {
      const opts = { parent: new Parent(parent, parentOpts) };
      const letters = new aws.sqs.Queue(`${parent}-${queue}`, { fifoQueue: fifo }, { ...opts, ...queueOpts });
      new aws.sqs.QueuePolicy(`${parent}-letters`, { queueUrl: letters.url, policy: "{}" }, opts);
    });

  let released: readonly KeptResource[];
  before(async () => {
    released = snapshotOf(await recordShape({}));
  });

  const lossesWith = async (shape: Shape) => lossesOf(released, await recordShape(shape));

  it("finds nothing where nothing has changed", async () => {
    expect(await lossesWith({})).to.deep.equal([]);
  });

  it("finds another name, and what names the resource by it", async () => {
    const [gone, policy, ...others] = await lossesWith({ queue: "mail" });
    expect(gone?.resource).to.equal("aws:sqs/queue:Queue post-letters");
    expect(gone?.problem).to.match(
      /^is gone .*give it an alias, such as \{ aliases: \[\{ name: "post-letters" \}\] \}/,
    );
    expect(policy?.problem).to.match(
      /^has another queueUrl \("<.*Queue post-letters>" before, "<.*Queue post-mail>" now\)/,
    );
    expect(others).to.deep.equal([]);
  });

  it("finds nothing where the other name comes with an alias", async () => {
    expect(
      await lossesWith({ queue: "mail", queueOpts: { aliases: [{ name: "post-letters" }] } }),
    ).to.deep.equal([]);
  });

  it("finds the children of a parent that has another name", async () => {
    const gone = (await lossesWith({ parent: "mail" })).map(({ resource }) => resource);
    expect(gone).to.deep.equal([
      "aws:sqs/queue:Queue post-letters",
      "aws:sqs/queuePolicy:QueuePolicy post-letters",
    ]);
  });

  it("finds nothing where a parent has another name and an alias: its children have theirs from it", async () => {
    expect(await lossesWith({ parent: "mail", parentOpts: { aliases: [{ name: "post" }] } })).to.deep.equal(
      [],
    );
  });

  it("finds an input whose change replaces the resource", async () => {
    const [replaced, ...others] = await lossesWith({ fifo: true });
    expect(replaced?.problem).to.match(
      /^has another fifoQueue \(false before, true now\), which replaces it/,
    );
    expect(others).to.deep.equal([]);
  });

  it("passes over an input whose changes a deployed resource does not follow", async () => {
    expect(await lossesWith({ fifo: true, queueOpts: { ignoreChanges: ["fifoQueue"] } })).to.deep.equal([]);
  });
});
