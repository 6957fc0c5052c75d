import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";
import {
  bytesOfAttributes,
  type MessageAttributes,
  md5OfAttributes,
  readMessageAttributes,
} from "../sns/message-attributes";
import { defaultQueueSettings, Queue, type QueuedMessage, type QueueSettings } from "./sqs-queue";

/** What {@link Sqs} needs. */
export interface SqsOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Where queue URLs point to, asked each time. @default - SQS's own endpoint in the region */
  endpoint?: () => string;
  /** Called with the name of a queue that got a message. */
  onMessage?: (queueName: string) => void;
}

const maximumMessageBytes = 1024 * 1024;

/** Simulated SQS: standard queues, without redrive. */
export class Sqs implements AwsService {
  readonly #queues = new Map<string, Queue>();

  constructor(private readonly options: SqsOptions) {}

  /** @returns the queue's ARN. A queue that is already there keeps its messages and settings. */
  createQueue(name: string, settings: Partial<QueueSettings> = {}): string {
    if (name.endsWith(".fifo")) throw new Error(`The local runtime has no FIFO queues, such as "${name}".`);
    const queue =
      this.#queues.get(name) ?? new Queue(this.options.clock, { ...defaultQueueSettings, ...settings });
    this.#queues.set(name, queue);
    return this.#arn(name);
  }

  /** The URL by which clients name a queue. Only its last segment, the queue's name, is ever looked at. */
  queueUrl(name: string): string {
    const endpoint = this.options.endpoint?.() ?? `https://sqs.${this.options.region}.amazonaws.com`;
    return `${endpoint}/${this.options.accountId}/${name}`;
  }

  /**
   * Sends a message as an AWS service does.
   * @param attributes message attributes of type String.
   * @throws {AwsError} `QueueDoesNotExist`.
   */
  send(queueArn: string, body: string, attributes: Record<string, string> = {}): void {
    const typed = Object.entries(attributes).map(([name, StringValue]): [string, JsonObject] => {
      return [name, { DataType: "String", StringValue }];
    });
    const name = queueArn.split(":").at(-1) ?? "";
    this.#queue(name).send(body, Object.fromEntries(typed));
    this.options.onMessage?.(name);
  }

  /** @returns how many messages of a queue are visible, and whether there are none at all. @throws {AwsError} `QueueDoesNotExist`. */
  look(name: string): { visible: number; isEmpty: boolean } {
    const { visible, inFlight, delayed } = this.#queue(name).counts();
    return { visible, isEmpty: visible + inFlight + delayed === 0 };
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "SendMessage":
        return this.#sendMessage(input);
      case "ReceiveMessage":
        return await this.#receiveMessage(input);
      case "DeleteMessage":
        return this.#deleteMessage(input);
      case "GetQueueUrl": {
        const name = String(input.QueueName);
        this.#queue(name);
        return { QueueUrl: this.queueUrl(name) };
      }
      case "GetQueueAttributes":
        return this.#attributes(input);
      case "ListQueues": {
        const prefix = typeof input.QueueNamePrefix === "string" ? input.QueueNamePrefix : "";
        const names = [...this.#queues.keys()].filter((name) => name.startsWith(prefix));
        return names.length === 0 ? {} : { QueueUrls: names.map((name) => this.queueUrl(name)) };
      }
      default:
        throw unknownAction("SQS", action);
    }
  }

  #sendMessage(input: JsonObject): JsonObject {
    const queue = this.#queueOf(input);
    const body = input.MessageBody;
    if (typeof body !== "string" || body === "") throw invalid("MessageBody", body);
    const attributes = readMessageAttributes(input.MessageAttributes, "InvalidParameterValueException");
    if (Buffer.byteLength(body) + bytesOfAttributes(attributes) > maximumMessageBytes) {
      throw new AwsError("InvalidMessageContents", `A message has at most ${maximumMessageBytes} bytes.`);
    }
    const message = queue.send(body, attributes, integer(input, "DelaySeconds", 0, 900));
    this.options.onMessage?.(queueName(input));
    return { MessageId: message.id, MD5OfMessageBody: md5(body), ...attributeDigest(attributes) };
  }

  async #receiveMessage(input: JsonObject): Promise<JsonObject> {
    const messages = await this.#queueOf(input).receive(
      integer(input, "MaxNumberOfMessages", 1, 10) ?? 1,
      integer(input, "VisibilityTimeout", 0, 43_200),
      integer(input, "WaitTimeSeconds", 0, 20),
    );
    if (messages.length === 0) return {};
    const wanted = [...names(input.MessageSystemAttributeNames), ...names(input.AttributeNames)];
    return {
      Messages: messages.map((message) => ({
        MessageId: message.id,
        ReceiptHandle: Buffer.from(`${message.id}/${message.receiveCount}`).toString("base64"),
        MD5OfBody: md5(message.body),
        Body: message.body,
        ...unlessEmpty("Attributes", pick(this.#systemAttributes(message), wanted)),
        ...deliveredAttributes(message.attributes, names(input.MessageAttributeNames)),
      })),
    };
  }

  #deleteMessage(input: JsonObject): JsonObject {
    const queue = this.#queueOf(input);
    const handle = Buffer.from(String(input.ReceiptHandle), "base64").toString();
    const [, id, receiveCount] = /^([0-9a-f-]{36})\/(\d+)$/.exec(handle) ?? [];
    if (id === undefined) {
      throw new AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
    }
    queue.delete(id, Number(receiveCount));
    return {};
  }

  #systemAttributes(message: QueuedMessage): Record<string, string> {
    return {
      SenderId: this.options.accountId,
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    };
  }

  #attributes(input: JsonObject): JsonObject {
    const queue = this.#queueOf(input);
    const { visible, inFlight, delayed } = queue.counts();
    const created = String(Math.floor(queue.createdAt / 1000));
    const all = {
      QueueArn: this.#arn(queueName(input)),
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: created,
      LastModifiedTimestamp: created,
      VisibilityTimeout: String(queue.settings.visibilityTimeoutSeconds),
      MaximumMessageSize: String(maximumMessageBytes),
      MessageRetentionPeriod: String(queue.settings.messageRetentionSeconds),
      DelaySeconds: String(queue.settings.delaySeconds),
      ReceiveMessageWaitTimeSeconds: String(queue.settings.receiveWaitTimeSeconds),
    };
    return unlessEmpty("Attributes", pick(all, names(input.AttributeNames)));
  }

  #queueOf(input: JsonObject): Queue {
    return this.#queue(queueName(input));
  }

  #queue(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue !== undefined) return queue;
    throw new AwsError("QueueDoesNotExist", `The specified queue does not exist: "${name}".`);
  }

  #arn(name: string): string {
    return `arn:aws:sqs:${this.options.region}:${this.options.accountId}:${name}`;
  }
}

function queueName(input: JsonObject): string {
  if (typeof input.QueueUrl !== "string") throw invalid("QueueUrl", input.QueueUrl);
  return input.QueueUrl.split("/").at(-1) ?? "";
}

function integer(input: JsonObject, member: string, least: number, most: number): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(member, value, `an integer from ${least} to ${most}`);
}

function invalid(member: string, value: Json | undefined, allowed = "a text that is not empty"): AwsError {
  return new AwsError(
    "InvalidParameterValueException",
    `Value ${JSON.stringify(value ?? null)} for parameter ${member} is invalid: expected ${allowed}.`,
  );
}

function names(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function pick(all: Record<string, string>, wanted: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name)),
  );
}

/** Message attributes are asked for by name, by `All`, or by a prefix such as `ERROR_*`. */
function deliveredAttributes(attributes: MessageAttributes, wanted: readonly string[]): JsonObject {
  const isWanted = (name: string) =>
    wanted.some(
      (one) =>
        one === "All" || one === name || (/\*$/.test(one) && name.startsWith(one.replace(/\.?\*$/, ""))),
    );
  const delivered = Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
  return { ...unlessEmpty("MessageAttributes", delivered), ...attributeDigest(delivered) };
}

function attributeDigest(attributes: MessageAttributes): JsonObject {
  const digest = md5OfAttributes(attributes);
  return digest === undefined ? {} : { MD5OfMessageAttributes: digest };
}

function unlessEmpty(member: string, value: JsonObject): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [member]: value };
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
