import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type Delivery, readDeadLetter } from "./dead-letter";

export interface RedriveDeps {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly queueUrl: string;
  /** Tells the operator of one message. */
  readonly tell: (line: string) => void;
}

export interface Redriven {
  /** Handed to their targets, and deleted. */
  readonly delivered: number;
  /** Still in the queue, for a reason that was told. */
  readonly kept: number;
}

/** Longer than a run takes: a message that was kept is not seen twice in it. */
const visibilityTimeoutSeconds = 300;

/** SQS may leave messages out of an answer: only several empty ones in a row say that there are none. */
const emptyAnswers = 3;

/**
 * Hands every message of the dead-letter queue to the target that did not get it, and deletes it then. Every target of a
 * StreamOrchestration may get an event again: it finds nothing to do where nothing is to be done.
 *
 * @returns how many were delivered, and how many are kept: those that nobody knows, and those that failed again.
 */
export async function redrive(deps: RedriveDeps): Promise<Redriven> {
  let delivered = 0;
  let kept = 0;
  for (let empty = 0; empty < emptyAnswers; ) {
    const { Messages = [] } = await deps.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deps.queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
        VisibilityTimeout: visibilityTimeoutSeconds,
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const message of Messages) {
      if (await redriveOne(deps, message)) delivered += 1;
      else kept += 1;
    }
  }
  return { delivered, kept };
}

async function redriveOne(deps: RedriveDeps, message: Message): Promise<boolean> {
  const delivery = readDeadLetter(message);
  if (!delivery) {
    deps.tell(
      `kept       message ${message.MessageId}: neither EventBridge, Scheduler nor Lambda has sent it`,
    );
    return false;
  }
  const name = delivery.targetArn.split(":").at(-1);
  try {
    await deliver(deps, delivery);
  } catch (error) {
    deps.tell(
      `kept       ${delivery.what} for ${name}: ${(error as Error).name}: ${(error as Error).message}`,
    );
    return false;
  }
  await deps.sqs.send(
    new DeleteMessageCommand({ QueueUrl: deps.queueUrl, ReceiptHandle: message.ReceiptHandle }),
  );
  deps.tell(`delivered  ${delivery.what} to ${name}`);
  return true;
}

async function deliver(
  { lambda, sfn }: RedriveDeps,
  { service, targetArn, payload }: Delivery,
): Promise<void> {
  if (service === "states") {
    await sfn.send(new StartExecutionCommand({ stateMachineArn: targetArn, input: payload }));
    return;
  }
  // As the event would have come: one that fails again goes back to the queue by itself.
  await lambda.send(
    new InvokeCommand({ FunctionName: targetArn, InvocationType: "Event", Payload: Buffer.from(payload) }),
  );
}
