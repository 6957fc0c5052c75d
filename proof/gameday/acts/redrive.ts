import { isJsonObject, type Json, type JsonObject } from "../../../local/json";
import { resourcesOfType } from "../../../local/record/graph";
import type { Stage } from "../stage";

/** Hands every dead letter to the target that did not get it, and takes it out of the queue, as operators do. */
export async function redrive({ local }: Stage): Promise<void> {
  const { runtime } = local;
  const { SQS } = runtime.services;
  const [queue] = resourcesOfType(runtime.graph, "aws:sqs/queue:Queue");
  const QueueUrl = String(queue?.outputs.url);
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
  const { Messages } = await SQS.call("ReceiveMessage", input);
  for (const { Body, MessageAttributes, ReceiptHandle = "" } of objects(Messages)) {
    const letter = JSON.parse(String(Body)) as JsonObject;
    await deliver(local.runtime.services, letter, targetOf(letter, MessageAttributes));
    await SQS.call("DeleteMessage", { QueueUrl, ReceiptHandle });
  }
}

type Services = Stage["local"]["runtime"]["services"];

async function deliver({ StepFunctions, Lambda }: Services, letter: JsonObject, arn: string): Promise<void> {
  if (arn.startsWith("arn:aws:states:")) {
    // Its rule sends it the detail alone.
    await StepFunctions.call("StartExecution", {
      stateMachineArn: arn,
      input: JSON.stringify(letter.detail),
    });
    return;
  }
  // A rule's letter is the event; a function's is a record that holds it.
  const event = letter.requestPayload ?? letter;
  await Lambda.call("Invoke", {
    FunctionName: arn,
    InvocationType: "Event",
    Payload: JSON.stringify(event),
  });
}

function targetOf({ requestContext }: JsonObject, attributes: Json | undefined): string {
  const target = isJsonObject(attributes) ? attributes.TARGET_ARN : undefined;
  if (isJsonObject(target)) return String(target.StringValue);
  const functionArn = isJsonObject(requestContext) ? requestContext.functionArn : undefined;
  return String(functionArn).replace(/:\$LATEST$/, "");
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
