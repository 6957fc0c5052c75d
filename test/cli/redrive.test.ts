import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Redriven, redrive } from "../../cli/redrive/redrive";
import { root } from "../support/root";
import { useLocal } from "../support/use-local";

describe("redrive", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003" } });

  async function run(): Promise<Redriven & { lines: string[] }> {
    const lines: string[] = [];
    const result = await redrive({
      sqs: new SQSClient(local.aws),
      lambda: new LambdaClient(local.aws),
      sfn: new SFNClient(local.aws),
      queueUrl: String(local.outputs.deadLetterQueueUrl),
      tell: (line) => lines.push(line),
    });
    await local.settled();
    return { ...result, lines };
  }

  it("finds nothing to do in an empty queue", async () => {
    expect(await run()).to.deep.equal({ delivered: 0, kept: 0, lines: [] });
  });

  it("has an SDK of its own when it runs as a command", async () => {
    const { endpoint, region, credentials } = local.aws;
    const queueUrl = String(local.outputs.deadLetterQueueUrl);
    const command = spawn(
      process.execPath,
      [join(root, "dist/cli/main.js"), "redrive", "--queue-url", queueUrl],
      {
        env: {
          PATH: process.env.PATH,
          NODE_NO_WARNINGS: "1",
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      },
    );
    const [stdout, stderr, [code]] = await Promise.all([
      text(command.stdout),
      text(command.stderr),
      once(command, "close"),
    ]);
    expect({ stdout, stderr, code }).to.deep.equal({ stdout: "0 delivered, 0 kept.\n", stderr: "", code: 0 });
  });

  it("hands an event to the function that a rule could not invoke", async () => {
    await local.streams.provision("unheard");
    local.faults.refuse({ forGood: true, target: "streams-resume-orchestration" });
    await local.streams.update("unheard", "READY");
    expect(local.executions.get("unheard")?.status).to.equal("RUNNING");

    const { delivered, kept, lines } = await run();
    expect({ delivered, kept }).to.deep.equal({ delivered: 1, kept: 0 });
    expect(lines[0]).to.match(
      /^delivered {2}StreamLifecycleProgressed READY unheard to streams-resume-orchestration-/,
    );
    expect(local.executions.get("unheard")?.status).to.equal("SUCCEEDED");
    expect((await run()).delivered).to.equal(0);
  });

  it("starts the workflow that a rule could not start, with the event's detail", async () => {
    local.faults.refuse({ forGood: true, target: "streams-StreamTeardown" });
    await local.streams.update("unheard", "COMPLETE");
    await local.clock.advance({ seconds: 10 });
    expect(await local.streams.get("unheard")).to.not.have.property("teardown");
    expect((await run()).lines[0]).to.match(/^delivered {2}StreamLifecycleProgressed COMPLETE unheard/);
    await local.clock.advance({ seconds: 10 });
    expect(await local.streams.get("unheard")).to.have.nested.property("teardown.status", "DONE");
  });

  it("hands an event to the function that failed for good", async () => {
    await local.streams.provision("failing");
    local.faults.fail({
      service: "DynamoDB",
      action: "Query",
      caller: "streams-resume-orchestration",
      error: { code: "AccessDeniedException", message: "Not authorized." },
      times: 3,
    });
    await local.streams.update("failing", "READY");
    await local.clock.advance({ minutes: 4 });
    expect(await run()).to.include({ delivered: 1, kept: 0 });
    expect(local.executions.get("failing")?.status).to.equal("SUCCEEDED");
  });

  it("keeps what it does not know, and what fails again, and says why", async () => {
    const sqs = new SQSClient(local.aws);
    const QueueUrl = String(local.outputs.deadLetterQueueUrl);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "not JSON" }));
    const TARGET_ARN = {
      DataType: "String",
      StringValue: "arn:aws:lambda:us-east-1:000000000000:function:gone",
    };
    const event = {
      "detail-type": "StreamLifecycleProgressed",
      detail: { streamId: "lost", status: "READY" },
    };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: JSON.stringify(event),
        MessageAttributes: { TARGET_ARN },
      }),
    );
    const { delivered, kept, lines } = await run();
    expect({ delivered, kept }).to.deep.equal({ delivered: 0, kept: 2 });
    expect(lines.join("\n")).to.match(
      /kept {7}message .*: neither EventBridge, Scheduler nor Lambda has sent it/,
    );
    expect(lines.join("\n")).to.match(
      /kept {7}StreamLifecycleProgressed READY lost for gone: ResourceNotFoundException/,
    );
  });
});
