import { isNamed } from "../local/faults/named";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";
import type { Runtime } from "../local/runtime";

/** A message in a queue. */
export interface QueueMessage {
  /** The queue's physical name. */
  readonly queueName: string;
  readonly body: string;
  /** The values of its message attributes, such as `ERROR_CODE` of a dead letter. */
  readonly attributes: { readonly [name: string]: string };
}

/** The queues that the program creates, dead-letter queues among them. */
export class LocalQueues {
  constructor(
    private readonly graph: Graph,
    private readonly sqs: Runtime["services"]["SQS"],
  ) {}

  /**
   * Looks at the visible messages, which stay in their queues: ten of each queue at most, as SQS answers a receive.
   * @param queue a queue's name, as the program or Pulumi names it. @default - every queue
   * @throws {Error} that names the program's queues, when none has that name.
   *
   * @example
   * expect(await local.queues.peek("streams-events-dead-letters")).to.deep.equal([]);
   */
  async peek(queue?: string): Promise<QueueMessage[]> {
    const received = await Promise.all(
      this.find(queue).map(async (found) => {
        const messages = await this.receive(found.url, { VisibilityTimeout: 0 });
        return messages.map((message) => toMessage(found.name, message));
      }),
    );
    return received.flat();
  }

  /**
   * Takes every visible message out, as a consumer that has handled it does.
   * @param queue as for {@link peek}.
   * @throws {Error} as {@link peek} does.
   */
  async take(queue?: string): Promise<QueueMessage[]> {
    const taken: QueueMessage[] = [];
    for (const { name, url } of this.find(queue)) {
      for (;;) {
        const messages = await this.receive(url, {});
        if (messages.length === 0) break;
        for (const message of messages) {
          taken.push(toMessage(name, message));
          const ReceiptHandle = message.ReceiptHandle ?? "";
          await this.sqs.call("DeleteMessage", { QueueUrl: url, ReceiptHandle });
        }
      }
    }
    return taken;
  }

  private find(queue: string | undefined): { readonly name: string; readonly url: string }[] {
    const queues = resourcesOfType(this.graph, "aws:sqs/queue:Queue");
    const all = queues.map(({ outputs }) => ({ name: String(outputs.name), url: String(outputs.url) }));
    const found = all.filter(({ name }) => queue === undefined || isNamed(name, queue));
    if (found.length > 0 || queue === undefined) return found;
    const names = queues.map(({ name }) => `'${name}'`).join(", ");
    throw new Error(`The program has no queue '${queue}'; it has ${names || "none"}.`);
  }

  private async receive(QueueUrl: string, more: JsonObject): Promise<JsonObject[]> {
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"], ...more };
    const { Messages } = await this.sqs.call("ReceiveMessage", input);
    return Array.isArray(Messages) ? Messages.filter(isJsonObject) : [];
  }
}

function toMessage(queueName: string, { Body, MessageAttributes }: JsonObject): QueueMessage {
  const attributes = Object.entries(isJsonObject(MessageAttributes) ? MessageAttributes : {});
  return {
    queueName,
    body: String(Body),
    attributes: Object.fromEntries(attributes.map(([name, value]) => [name, textOf(value)])),
  };
}

function textOf(attribute: Json): string {
  return isJsonObject(attribute) ? String(attribute.StringValue ?? attribute.BinaryValue) : "";
}
