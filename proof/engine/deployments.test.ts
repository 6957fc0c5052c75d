import type { ResourceTransform } from "@pulumi/pulumi";
import { expect } from "chai";
import { Deployment } from "./deployment";
import { Engine, hasCli } from "./engine";
import { hastyUsers, unorderedUses } from "./order";
import { component, ownNames } from "./programs";
import { reaches } from "./reach";
import {
  describeSteps,
  expectNoChange,
  expectNothingLost,
  expectPoliciesToReach,
  expectSuccess,
  namesOfType,
  removals,
} from "./suite";

const isPresent = hasCli();
if (!isPresent) {
  console.warn(
    "proof/engine is skipped: there is no 'pulumi' command on PATH (CONTRIBUTING.md says how to get it).",
  );
}

const streams = component("streams");

(isPresent ? describe : describe.skip)("Pulumi's engine", () => {
  let engine: Engine;
  let empty: Deployment;
  /** One component, deployed once for all tests; each test goes on from a copy. */
  let deployed: Deployment;

  before(async () => {
    engine = new Engine();
    empty = await Deployment.create(engine);
    deployed = empty.fork();
  });
  after(() => engine.remove());

  it("announces in a preview, where AWS's answers are unknown, just what a deployment then creates", async () => {
    const preview = await deployed.preview(streams);
    expectSuccess(preview);
    expect(deployed.account.calls).to.deep.equal([]);

    const up = await deployed.up(streams);
    expectSuccess(up);
    expect(describeSteps(up.steps)).to.deep.equal(describeSteps(preview.steps));
    expect(new Set(up.steps.map(({ op }) => op))).to.deep.equal(new Set(["create"]));
  });

  it("gives no resource the text of an Output in place of its value", () => {
    const inputs = deployed.account.resources.map((resource) => JSON.stringify(resource));
    expect(inputs).to.have.length.above(90);
    expect(inputs.filter((text) => /\[object |Calling \[toString\]|undefined/.test(text))).to.deep.equal([]);
  });

  it("lets each policy name resources that there are", () => expectPoliciesToReach(deployed));

  it("lets each resource depend on what it names, so that nothing is created too early or deleted while in use", () => {
    expect(unorderedUses(deployed)).to.deep.equal([]);
  });

  it("creates nothing that acts with a role before the role's policies", () => {
    // What invokes these is made later, and named by the policy: neither acts before that.
    const later = ["streams-StreamSweep-executions", "streams-StreamTeardown-orchestrator"];
    expect(hastyUsers(deployed).filter(({ policy }) => !later.includes(policy))).to.deep.equal([]);
  });

  it("changes nothing when the same program is deployed again", async () => {
    expectNoChange(await deployed.fork().up(streams));
  });

  it("finds nothing to change in a refresh, and makes good what was deleted by hand", async () => {
    const stack = deployed.fork();
    const refreshed = await stack.refresh(streams);
    expectSuccess(refreshed);
    expect(new Set(refreshed.steps.map(({ op }) => op))).to.deep.equal(new Set(["refresh"]));
    const valuesOf = ({ state }: Deployment) =>
      state.map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }));
    expect(valuesOf(stack)).to.deep.equal(valuesOf(deployed));

    const [lost] = stack.account.ofType("aws:cloudwatch/eventRule:EventRule");
    if (!lost) throw new Error("The component has no rule.");
    stack.account.lose(lost);
    expectSuccess(await stack.refresh(streams));
    const up = await stack.up(streams);
    expectSuccess(up);
    expectNothingLost(up);
    expect(
      namesOfType(
        up.steps.filter(({ op }) => op === "create"),
        lost.type,
      ),
    ).to.deep.equal([lost.name]);
    expectPoliciesToReach(stack);
  });

  it("finishes a deployment that failed midway, and creates nothing twice", async () => {
    const stack = empty.fork();
    let creations = 0;
    stack.account.refuse = ({ verb }) => {
      creations += verb === "create" ? 1 : 0;
      return creations > 40 ? "ServiceUnavailable: try again later." : undefined;
    };
    const failed = await stack.up(streams);
    expect(failed.error).to.include("ServiceUnavailable");
    expect(stack.account.resources).to.have.lengthOf(40);
    const halfway = stack.fork();

    stack.account.refuse = undefined;
    expectSuccess(await stack.up(streams));
    const created = stack.account.calls.map(({ verb, type, name }) => `${verb} ${type} ${name}`);
    expect(created).to.have.lengthOf(new Set(created).size);
    expect(stack.account.resources).to.have.lengthOf(deployed.account.resources.length);

    expectSuccess(await halfway.destroy(streams));
    expect(halfway.account.resources).to.deep.equal([]);
    expect(halfway.state).to.deep.equal([]);
  });

  it("destroys everything, in an order that AWS accepts", async () => {
    const stack = deployed.fork();
    const destroyed = await stack.destroy(streams);
    expectSuccess(destroyed);
    expect(stack.account.resources).to.deep.equal([]);
    expect(stack.state).to.deep.equal([]);
  });

  it("finishes a removal that failed midway", async () => {
    const stack = deployed.fork();
    let deletions = 0;
    stack.account.refuse = ({ verb }) => {
      deletions += verb === "delete" ? 1 : 0;
      return deletions > 40 ? "ServiceUnavailable: try again later." : undefined;
    };
    expect((await stack.destroy(streams)).error).to.include("ServiceUnavailable");
    stack.account.refuse = undefined;
    expectSuccess(await stack.destroy(streams));
    expect(stack.account.resources).to.deep.equal([]);
  });

  describe("with protect", () => {
    const protectedStreams = component("streams", { protect: true });
    let stack: Deployment;

    before(async () => {
      stack = deployed.fork();
      expectSuccess(await stack.up(protectedStreams));
      stack = stack.fork();
    });

    // Without a preview (`--skip-preview`, as the Automation API's `destroy` and `up` have it), Pulumi deletes until it comes to a table.
    it("refuses to destroy the stack in the preview, with nothing deleted", async () => {
      const preview = await stack.previewDestroy(protectedStreams);
      expect(preview.error).to.match(/streams-attempts" cannot be deleted/);
      expect(preview.error).to.match(/streams-leases" cannot be deleted/);
      expect(stack.account.calls).to.deep.equal([]);
    });

    it("refuses a rename without aliases in the preview, with nothing deleted", async () => {
      const preview = await stack.preview(component("live", { protect: true }));
      expect(preview.error).to.match(/streams-attempts" cannot be deleted/);
      expect(preview.error).to.match(/streams-leases" cannot be deleted/);
      expect(stack.account.calls).to.deep.equal([]);
    });

    it("destroys the stack once protection is deployed as off", async () => {
      const unprotected = stack.fork();
      const up = await unprotected.up(streams);
      expectSuccess(up);
      expect(removals(up.steps)).to.deep.equal([]);
      expectSuccess(await unprotected.destroy(streams));
      expect(unprotected.account.resources).to.deep.equal([]);
    });
  });

  it("replaces the tables of an unprotected component that is renamed without aliases, as its preview says", async () => {
    const preview = await deployed.fork().preview(component("live"));
    expectSuccess(preview);
    expect(namesOfType(removals(preview.steps), "aws:dynamodb/table:Table")).to.deep.equal([
      "streams-attempts",
      "streams-leases",
    ]);
  });

  it("replaces nothing of a component that is renamed with aliases", async () => {
    const stack = deployed.fork();
    const renamed = component("live", { opts: { aliases: [{ name: "streams" }] } });
    expectNoChange(await stack.up(renamed));
    expectPoliciesToReach(stack);
    // The next release drops the alias: by then the state has the new names.
    expectNoChange(await stack.up(component("live")));
  });

  it("takes its names from pulumi:autonaming", async () => {
    const config = { "pulumi:autonaming": { pattern: "${project}-${stack}-${name}" } };
    const stack = empty.fork();
    expectSuccess(await stack.up(streams, config));
    const names = stack.account.resources
      .map(({ inputs }) => inputs.name)
      .filter((name) => name !== undefined);
    const others = names.filter((name) => !String(name).startsWith("stream-orchestration-dev-streams-"));
    expect(others).to.deep.equal(["$default"]);
    expectPoliciesToReach(stack);
    expectNoChange(await stack.up(streams, config));
  });

  it("keeps its resources when pulumi:autonaming is set on a deployed stack", async () => {
    const config = { "pulumi:autonaming": { pattern: "acme-${name}-${hex(4)}" } };
    expectNoChange(await deployed.fork().up(streams, config));
  });

  it("takes its names from transforms", async () => {
    const named = component("streams", { opts: { transforms: [ownNames] } });
    const stack = empty.fork();
    expectSuccess(await stack.up(named));
    const names = stack.account.resources
      .map(({ inputs }) => inputs.name)
      .filter((name) => name !== undefined);
    expect(names.filter((name) => !String(name).startsWith("acme-streams-"))).to.deep.equal(["$default"]);
    expectPoliciesToReach(stack);
    expectNoChange(await stack.up(named));
  });

  it("adopts a resource that exists, by a transform with `import`", async () => {
    const arn = "arn:aws:sns:us-east-1:123456789012:on-call";
    const type = "aws:sns/topic:Topic";
    const stack = empty.fork();
    const inputs = { name: "on-call", kmsMasterKeyId: "alias/aws/sns", tags: {} };
    stack.account.adopt({ type, urn: "", id: arn, name: "on-call", inputs, computed: { arn } });
    const adopt: ResourceTransform = ({ type, name, props, opts }) =>
      type === "aws:sns/topic:Topic" && name === "streams-on-call"
        ? { props: { ...props, name: "on-call" }, opts: { ...opts, import: arn } }
        : undefined;
    expectSuccess(await stack.up(component("streams", { opts: { transforms: [adopt] } })));
    const topics = stack.state.filter(
      ({ type: made, urn }) => made === type && urn.endsWith("::streams-on-call"),
    );
    expect(topics.map(({ id }) => id)).to.deep.equal([arn]);
    expect(stack.account.calls.filter(({ name }) => name === "streams-on-call")).to.deep.equal([]);
  });

  it("deploys two components in one stack, neither of which reaches the other's resources", async () => {
    const stack = deployed.fork();
    const second = component("streams-two");
    const both = async () => {
      await streams();
      await second();
    };
    expectSuccess(await stack.up(both));
    expectPoliciesToReach(stack);
    const isSecond = (name: string) => name.startsWith("streams-two");
    const across = reaches(stack.account).filter(({ policy, resources }) =>
      resources.some(({ name }) => isSecond(name) !== isSecond(policy.split(" ")[1] ?? "")),
    );
    expect(across.map(({ policy, pattern }) => `${policy} names ${pattern}`)).to.deep.equal([]);

    // One of them goes, and the other stays as it is.
    const up = await stack.up(streams);
    expectSuccess(up);
    expect(up.steps.filter(({ op, name }) => op !== "delete" || !isSecond(name))).to.deep.equal([]);
  });
});
