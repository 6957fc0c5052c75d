import { join } from "node:path";
import { expect } from "chai";
import { recordProgram } from "../../../local/record/record";
import type { Surroundings } from "../../../local/record/surroundings";
import { program } from "../../support/root";
import { expectRejection } from "../support/expect-rejection";

const place = {
  accountId: "000000000000",
  region: "us-east-1",
  apiUrl: "http://127.0.0.1:8787",
  awsUrl: "http://127.0.0.1:8788",
};
const fixture = (name: string) => join(__dirname, "..", "fixtures", name);
const record = (
  file: string,
  stack = "dev",
  config: { [key: string]: string } = {},
  surroundings: Surroundings = {},
) => recordProgram(fixture(file), stack, place, config, surroundings);

describe("the recording of a program", () => {
  it("holds every resource with its inputs and what AWS would add, and the stack outputs", async () => {
    const graph = await record("queue.ts");
    expect(graph.resources).to.deep.equal([
      {
        type: "aws:sqs/queue:Queue",
        name: "letters",
        id: "http://127.0.0.1:8788/000000000000/letters-bc8fb12",
        inputs: { delaySeconds: 5 },
        outputs: {
          delaySeconds: 5,
          name: "letters-bc8fb12",
          url: "http://127.0.0.1:8788/000000000000/letters-bc8fb12",
          arn: "arn:aws:sqs:us-east-1:000000000000:letters-bc8fb12",
        },
        options: {
          urn: "urn:pulumi:dev::program::pulumi:pulumi:Stack$aws:sqs/queue:Queue::letters",
          aliases: [],
          ignoreChanges: [],
          dependencies: [],
          protect: false,
          retainOnDelete: false,
        },
      },
    ]);
    expect(graph.outputs).to.deep.equal({ arn: "arn:aws:sqs:us-east-1:000000000000:letters-bc8fb12" });
  });

  it("is the same each time, in one process as in another", async () => {
    const options = [program, "local", place] as const;
    const first = await recordProgram(...options);
    const second = await recordProgram(...options);
    expect(second).to.deep.equal(first);
    expect(first.resources).to.have.length.above(40);
  });

  it("takes a program that exports a function, as Pulumi does: what the function returns are the outputs", async () => {
    const { resources, outputs } = await record("function.ts");
    expect(resources.map(({ name }) => name)).to.deep.equal(["from-a-function"]);
    expect(outputs).to.deep.equal({ arn: String(resources[0]?.outputs.arn) });
  });

  it("takes an ES module with a top-level await, and the modules that it imports", async () => {
    const { resources, outputs } = await record("es-module/index.ts");
    expect(resources.map(({ name }) => name)).to.deep.equal(["letters"]);
    expect(outputs).to.deep.equal({ arn: "arn:aws:sqs:us-east-1:000000000000:letters-000000000000" });
    const again = await record("es-module/index.ts");
    expect(again.resources).to.deep.equal(resources);
  });

  it("fails with what the program throws", async () => {
    const error = await expectRejection(record("throws.ts"));
    expect(error.message).to.equal("The program says no.");
  });

  it("fails with what the program throws in an apply, which Pulumi calls later", async () => {
    const error = await expectRejection(record("throws-in-apply.ts"));
    expect(error.message).to.equal("The apply says no.");
  });

  it("leaves no rejection behind that would end the process", async () => {
    const late: unknown[] = [];
    const onRejection = (error: unknown) => late.push(error);
    const before = process.listeners("unhandledRejection");
    await expectRejection(record("throws.ts"));
    process.on("unhandledRejection", onRejection);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", onRejection);
    expect(late).to.deep.equal([]);
    expect(process.listeners("unhandledRejection")).to.deep.equal(before);
  });

  it("names every resource and look-up that the runtime does not know, all at once", async () => {
    const { message } = await expectRejection(record("unsupported.ts", "dev", {}, { unsupported: "refuse" }));
    expect(message).to.match(/^The local runtime does not support what .*unsupported\.ts uses:\n/);
    expect(message).to.include("  - resource 'pictures' of type aws:s3/bucket:Bucket\n");
    expect(message).to.include("  - resource 'secret' of type aws:kms/key:Key\n");
    expect(message).to.include("  - look-up aws:ec2/getAmi:getAmi\n");
    expect(message).to.match(/It knows aws:apigatewayv2\/api:Api, /);
  });

  it("names a program that does not exist", async () => {
    const { message } = await expectRejection(record("missing.ts"));
    expect(message).to.match(/^The program .*missing\.ts does not exist\.$/);
  });

  it("lists every problem of the configuration in one message", async () => {
    const { message } = await expectRejection(
      recordProgram(program, "local", place, {
        channelIds: "",
        confirmationTimeoutSeconds: "soon",
        network: "cable",
      }),
    );
    expect(message).to.include("The configuration of stack 'local' has 3 problems:");
    for (const key of ["channelIds", "confirmationTimeoutSeconds", "network"]) {
      expect(message).to.include(`  - stream-orchestration:${key} `);
    }
  });
});
