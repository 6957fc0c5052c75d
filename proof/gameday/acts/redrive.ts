import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { redrive as redriveLetters } from "../../../cli/redrive/redrive";
import type { Local } from "../../../testing";

/** Hands every dead letter to the target that did not get it, and takes it out of the queue, as operators do. */
export async function redrive(local: Local): Promise<void> {
  const clients = {
    sqs: new SQSClient(local.aws),
    lambda: new LambdaClient(local.aws),
    sfn: new SFNClient(local.aws),
  };
  try {
    await redriveLetters({
      ...clients,
      queueUrl: String(local.outputs.deadLetterQueueUrl),
      tell: () => undefined,
    });
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
