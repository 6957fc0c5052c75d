import { type Command, readOptions, refuseArguments, UsageError } from "../cli";
import { type Terminal, terminal } from "../operate/terminal";
import { redriveQueue } from "../redrive";
import { stackOutput } from "../stack-output";

const usage = `Usage: stream-orchestration redrive --stack NAME | --queue-url URL
In a clone: npm run redrive -- --stack NAME | --queue-url URL

Hands every message of a stack's dead-letter queue to the function or the workflow that did not get it, and deletes it
from the queue. What fails again goes back there. Mend the cause first.

  --stack NAME      the stack, whose output deadLetterQueueUrl the Pulumi CLI is asked for
  --queue-url URL   the queue itself

Credentials, Region and endpoint are those of the AWS SDK (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL). They need
sqs:ReceiveMessage and sqs:DeleteMessage on the queue, lambda:InvokeFunction on the functions that rules invoke, and
states:StartExecution on StreamTeardown and StreamSweep.`;

export const redrive: Command = (args) => runRedrive(args, terminal);

export async function runRedrive(args: string[], { print }: Terminal): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    { stack: { type: "string" }, "queue-url": { type: "string" } },
    usage,
  );
  refuseArguments(positionals, usage);
  if ((values.stack === undefined) === (values["queue-url"] === undefined)) {
    throw new UsageError(`Name the queue by either --stack or --queue-url.\n\n${usage}`);
  }
  const queueUrl =
    values["queue-url"] ?? stackOutput(values.stack ?? "", "deadLetterQueueUrl", "--queue-url");
  const { delivered, kept } = await redriveQueue(queueUrl, print);
  print(`${delivered} delivered, ${kept} kept.`);
  return kept > 0 ? 1 : 0;
}
