import { execFileSync } from "node:child_process";
import { escapeControls } from "../../contracts";
import { type Command, readOptions, refuseArguments, UsageError } from "../cli";
import { redriveQueue } from "../redrive";

const usage = `Usage: stream-orchestration redrive --stack NAME | --queue-url URL
In a clone: npm run redrive -- --stack NAME | --queue-url URL

Hands every message of a stack's dead-letter queue to the function or the workflow that did not get it, and deletes it
from the queue. What fails again goes back there. Mend the cause first.

  --stack NAME      the stack, whose output deadLetterQueueUrl the Pulumi CLI is asked for
  --queue-url URL   the queue itself

Credentials, Region and endpoint are those of the AWS SDK (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL). They need
sqs:ReceiveMessage and sqs:DeleteMessage on the queue, lambda:InvokeFunction on the functions that rules invoke, and
states:StartExecution on StreamTeardown and StreamSweep.`;

export const redrive: Command = async (args) => {
  const { values, positionals } = readOptions(
    args,
    { stack: { type: "string" }, "queue-url": { type: "string" } },
    usage,
  );
  refuseArguments(positionals, usage);
  if ((values.stack === undefined) === (values["queue-url"] === undefined)) {
    throw new UsageError(`Name the queue by either --stack or --queue-url.\n\n${usage}`);
  }
  const queueUrl = values["queue-url"] ?? queueOfStack(values.stack ?? "");
  const { delivered, kept } = await redriveQueue(queueUrl, (line) =>
    process.stdout.write(`${escapeControls(line)}\n`),
  );
  process.stdout.write(`${delivered} delivered, ${kept} kept.\n`);
  return kept > 0 ? 1 : 0;
};

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
