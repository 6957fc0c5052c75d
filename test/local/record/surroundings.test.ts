import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { recordProgram } from "../../../local/record/record";
import type { Surroundings } from "../../../local/record/surroundings";
import { expectRejection } from "../support/expect-rejection";

const place = {
  accountId: "000000000000",
  region: "us-east-1",
  apiUrl: "http://127.0.0.1:8787",
  awsUrl: "http://127.0.0.1:8788",
};
const record = (program: () => unknown, surroundings: Surroundings = {}) =>
  recordProgram(program, "dev", place, {}, surroundings);

describe("what a program finds around it", () => {
  it("are Region, account, partition and availability zones", async () => {
    const { outputs } = await record(() => ({
      account: aws.getCallerIdentityOutput().accountId,
      partition: aws.getPartitionOutput().partition,
      region: aws.getRegionOutput().region,
      zones: aws.getAvailabilityZonesOutput().names,
    }));
    expect(outputs).to.deep.equal({
      account: "000000000000",
      partition: "aws",
      region: "us-east-1",
      zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    });
  });

  it("is an organization, of the name that it has where there are none", async () => {
    const { outputs } = await record(() => ({ organization: pulumi.getOrganization() }));
    expect(outputs).to.deep.equal({ organization: "organization" });
  });

  it("is a resource that it only reads, whose type has had other names", async () => {
    const { resources } = await record(() => {
      class Wall extends pulumi.ComponentResource {
        constructor() {
          super("team:index:Wall", "wall", {}, { aliases: [{ name: "board" }] });
          aws.s3.Bucket.get("pictures", "wall-pictures", {}, { parent: this });
        }
      }
      new Wall();
    });
    expect(resources.map(({ name, id }) => [name, id])).to.deep.equal([["pictures", "wall-pictures"]]);
  });

  it("is the answer of the caller's mocks to a method of a resource", async () => {
    const { outputs } = await record(
      () => ({ config: pulumi.runtime.call("eks:index:Cluster/getKubeconfig", { roleArn: "arn" }) }),
      {
        mocks: { "eks:index:Cluster/getKubeconfig": ({ roleArn }) => ({ result: `of ${String(roleArn)}` }) },
      },
    );
    expect(outputs).to.deep.equal({ config: { result: "of arn" } });
  });

  it("are resource hooks, which nothing runs", async () => {
    const { resources } = await record(() => {
      const hook = new pulumi.ResourceHook("hook", () => {
        throw new Error("It ran.");
      });
      const onError = new pulumi.ErrorHook("on-error", () => true);
      new aws.sqs.Queue("q", {}, { hooks: { beforeCreate: [hook], onError: [onError] } });
    });
    expect(resources.map(({ name }) => name)).to.deep.equal(["q"]);
  });

  it("is an SSM parameter whose value the caller gives; without one, the message says how", async () => {
    const program = () => ({ host: aws.ssm.getParameterOutput({ name: "/wall/host" }).value });
    const { outputs } = await record(program, { ssmParameters: { "/wall/host": "db.example" } });
    expect(outputs).to.deep.equal({ host: "db.example" });
    const { message } = await expectRejection(record(program));
    expect(message).to.include("The SSM parameter '/wall/host' has no value here.");
    expect(message).to.include("--ssm-parameter /wall/host=VALUE");
  });

  it("is what the caller's mocks answer, as a value or a function of the arguments", async () => {
    const program = () => ({
      image: aws.ec2.getAmiOutput({ owners: ["amazon"] }).id,
      subnets: aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: ["vpc-1"] }] }).ids,
    });
    const { outputs } = await record(program, {
      mocks: {
        "aws:ec2/getAmi:getAmi": { id: "ami-1" },
        "aws:ec2/getSubnets:getSubnets": ({ filters }) => ({ ids: [`of ${JSON.stringify(filters)}`] }),
      },
    });
    expect(outputs).to.deep.equal({
      image: "ami-1",
      subnets: ['of [{"name":"vpc-id","values":["vpc-1"]}]'],
    });
  });

  it("has no answer to other invokes: the message names the token and the option", async () => {
    const { message } = await expectRejection(
      record(() => ({ zone: aws.route53.getZoneOutput({ name: "wall.example" }).zoneId })),
    );
    expect(message).to.match(
      /^The stack output 'zone' fails: .*aws:route53\/getZone:getZone with {"name":"wall\.example"}.*mocks: { "aws:route53\/getZone:getZone": \(args\) => .*--mocks FILE/,
    );
  });

  it("are the outputs of another stack, secret or not, that the caller gives", async () => {
    const program = () => {
      const network = new pulumi.StackReference("acme/network/prod");
      const queue = new aws.sqs.Queue("q", { name: network.requireOutput("queue") });
      return { name: queue.name, all: network.outputs };
    };
    const stackOutputs = { "acme/network/prod": { queue: "letters", zones: ["a"] } };
    const { outputs } = await record(program, { stackOutputs });
    expect(outputs).to.deep.equal({ name: "letters", all: { queue: "letters", zones: ["a"] } });
    const missing = await expectRejection(record(program));
    expect(missing.message).to.include("The outputs of the stack 'acme/network/prod' are not given.");
    expect(missing.message).to.include('stackOutputs: { "acme/network/prod": { … } }');
    const several = await expectRejection(
      record(() => {
        const name = new pulumi.StackReference("acme/network/prod").requireOutput("queue");
        const first = new aws.sqs.Queue("q", { name });
        return { arn: first.arn, other: new aws.sqs.Queue("r", { tags: { name } }).arn };
      }),
    );
    expect(several.message).to.match(
      /^failed to read resource #acme\/network\/prod 'acme\/network\/prod' \[pulumi:pulumi:StackReference\]: The outputs of the stack/,
    );
    const other = await expectRejection(record(program, { stackOutputs: { "acme/network/prod": {} } }));
    expect(other.message).to.equal(
      "The resource 'q' of type aws:sqs/queue:Queue cannot be registered: error serializing property \"name\": Required output 'queue' does not exist on stack 'acme/network/prod'.",
    );
  });
});

describe("secrets", () => {
  it("are plain values among inputs, nested ones and outputs", async () => {
    const { resources, outputs } = await record(() => {
      const queue = new aws.sqs.Queue("q", {
        name: pulumi.secret("letters"),
        tags: { key: pulumi.secret("k") },
      });
      const bucket = new aws.s3.Bucket("b", { bucket: pulumi.secret("pictures") });
      return { arn: queue.arn, secret: pulumi.secret({ a: ["x"] }), bucket: bucket.arn };
    });
    expect(resources.map(({ inputs }) => inputs)).to.deep.equal([
      { name: "letters", tags: { key: "k" } },
      { bucket: "pictures" },
    ]);
    expect(outputs).to.deep.equal({
      arn: "arn:aws:sqs:us-east-1:000000000000:letters",
      secret: { a: ["x"] },
      bucket: "arn:aws:s3:::pictures",
    });
  });
});
