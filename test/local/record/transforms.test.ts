import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Graph } from "../../../local/record/graph";
import { recordProgram } from "../../../local/record/record";
import { expectRejection } from "../support/expect-rejection";

const place = {
  accountId: "000000000000",
  region: "us-east-1",
  apiUrl: "http://127.0.0.1:8787",
  awsUrl: "http://127.0.0.1:8788",
};
const record = (program: () => unknown, config: { [key: string]: string } = {}) =>
  recordProgram(program, "dev", place, config);
const named = (graph: Graph, name: string) => graph.resources.find((one) => one.name === name);

/** Appends to the delay of a queue, so that the order shows. */
const append =
  (digit: number): pulumi.ResourceTransform =>
  ({ type, props, opts }) =>
    type === "aws:sqs/queue:Queue"
      ? { props: { ...props, delaySeconds: props.delaySeconds * 10 + digit }, opts }
      : undefined;

class Post extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Post", name, {}, opts);
    const queue = new aws.sqs.Queue(
      `${name}-letters`,
      { delaySeconds: 1 },
      { parent: this, transforms: [append(2)] },
    );
    new aws.sns.Topic(`${name}-news`, { displayName: queue.name }, { parent: this });
  }
}

describe("the transforms of a program", () => {
  it("change the arguments of invokes, one after the other", async () => {
    const { outputs } = await record(() => {
      for (const letter of ["b", "c"]) {
        pulumi.runtime.registerInvokeTransform(({ args, opts }) => ({
          args: { ...args, name: `${args.name}${letter}` },
          opts,
        }));
      }
      return { zone: aws.getAvailabilityZoneOutput({ name: "a" }).id };
    });
    expect(outputs).to.deep.equal({ zone: "abc" });
  });

  it("change what is recorded: a resource's own ones, then its parents', then the stack's", async () => {
    const graph = await record(() => {
      pulumi.runtime.registerResourceTransform(append(4));
      new Post("post", { transforms: [append(3)] });
    });
    expect(named(graph, "post-letters")?.inputs).to.deep.equal({ delaySeconds: 1234 });
  });

  it("give names, which others then refer to", async () => {
    const graph = await record(() => {
      const naming: pulumi.ResourceTransform = ({ type, props, opts }) =>
        type === "aws:sqs/queue:Queue" ? { props: { ...props, name: "given" }, opts } : undefined;
      new Post("post", { transforms: [naming] });
    });
    expect(named(graph, "post-letters")?.outputs.arn).to.equal("arn:aws:sqs:us-east-1:000000000000:given");
    expect(named(graph, "post-news")?.inputs.displayName).to.equal("given");
  });

  it("change options, and keep what a resource depends on", async () => {
    const protecting: pulumi.ResourceTransform = ({ props, opts }) => ({
      props,
      opts: { ...opts, protect: true },
    });
    const graph = await record(() => new Post("post", { transforms: [protecting] }));
    const letters = named(graph, "post-letters")?.options;
    expect(named(graph, "post-news")?.options).to.deep.include({
      protect: true,
      dependencies: [letters?.urn],
    });
  });

  it("may wait", async () => {
    const graph = await record(() => {
      new aws.sqs.Queue(
        "letters",
        {},
        {
          transforms: [
            async ({ props, opts }) => ({
              props: { ...props, delaySeconds: await Promise.resolve(7) },
              opts,
            }),
          ],
        },
      );
    });
    expect(named(graph, "letters")?.inputs).to.deep.equal({ delaySeconds: 7 });
  });

  it("end the recording with what they throw", async () => {
    const failing: pulumi.ResourceTransform = () => {
      throw new Error("The transform says no.");
    };
    const error = await expectRejection(record(() => new Post("post", { transforms: [failing] })));
    expect(error.message).to.contain("The transform says no.");
  });

  it("are those of one program, and not of the next", async () => {
    await record(() => pulumi.runtime.registerResourceTransform(append(4)));
    const graph = await record(() => new Post("post"));
    expect(named(graph, "post-letters")?.inputs).to.deep.equal({ delaySeconds: 12 });
  });
});

describe("the names of recorded resources", () => {
  it("follow the stack's pattern, unless the program gives one", async () => {
    const graph = await record(
      () => {
        new Post("post");
        new aws.sqs.Queue("own", { name: "mine" });
      },
      { "pulumi:autonaming": '{"pattern":"${stack}-${name}"}' },
    );
    expect(named(graph, "post-letters")?.outputs.name).to.equal("dev-post-letters");
    expect(named(graph, "own")?.outputs.name).to.equal("mine");
  });

  it("cannot be two", async () => {
    const error = await expectRejection(
      record(() => new aws.cloudwatch.LogGroup("log", { name: "log", namePrefix: "log-" })),
    );
    expect(error.message).to.contain("The resource 'log' of type aws:cloudwatch/logGroup:LogGroup has both");
  });
});
