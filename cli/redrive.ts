// npm run redrive -- --stack NAME: hands dead letters to the targets that did not get them.
import { execFileSync } from "node:child_process";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { readOptions, runCommand, UsageError } from "./cli";
import { redrive } from "./redrive/redrive";

const usage = `Usage: npm run redrive -- --stack NAME | --queue-url URL

Hands every message of a stack's dead-letter queue to the function or the workflow that did not get it, and deletes it
from the queue. What fails again goes back there. Mend the cause first.

  --stack NAME      the stack, whose output deadLetterQueueUrl the Pulumi CLI is asked for
  --queue-url URL   the queue itself

Credentials, Region and endpoint are those of the AWS SDK (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL). They need
sqs:ReceiveMessage and sqs:DeleteMessage on the queue, lambda:InvokeFunction on the functions that rules invoke, and
states:StartExecution on StreamTeardown and StreamSweep.`;

runCommand(async (args) => {
  const { values } = readOptions(args, { stack: { type: "string" }, "queue-url": { type: "string" } }, usage);
  if ((values.stack === undefined) === (values["queue-url"] === undefined)) {
    throw new UsageError(`Say either --stack or --queue-url.\n\n${usage}`);
  }
  const queueUrl = values["queue-url"] ?? queueOfStack(values.stack ?? "");
  // https://sqs.eu-west-1.amazonaws.com/123456789012/name
  const region = /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(queueUrl)?.[1];
  const settings = region === undefined ? {} : { region };
  const { delivered, kept } = await redrive({
    sqs: new SQSClient(settings),
    lambda: new LambdaClient(settings),
    sfn: new SFNClient(settings),
    queueUrl,
    tell: (line) => console.log(line),
  });
  console.log(`${delivered} delivered, ${kept} kept.`);
  return kept > 0 ? 1 : 0;
});

/** @throws {UsageError} when the Pulumi CLI does not answer, in its own words. */
function queueOfStack(stack: string): string {
  try {
    const args = ["stack", "output", "deadLetterQueueUrl", "--stack", stack];
    return execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    throw new UsageError(
      code === "ENOENT"
        ? "The Pulumi CLI is not installed. Give the queue with --queue-url: it is the stack's output deadLetterQueueUrl."
        : `The Pulumi CLI could not tell the output deadLetterQueueUrl of stack '${stack}': ${String(stderr).trim()}`,
    );
  }
}
