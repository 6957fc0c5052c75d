import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../json";
import { AwsError, type AwsService, unknownAction } from "../service";
import { bytesOfAttributes, type MessageAttributes, readMessageAttributes } from "./message-attributes";

/** A subscription to create. */
export interface SubscriptionSpec {
  topicArn: string;
  /** `lambda` and `sqs` are delivered; others, such as `email`, are recorded only. */
  protocol: string;
  endpoint: string;
  /** @default - the topic's ARN stands for it in events */
  subscriptionArn?: string;
  /** Whether a queue gets the message as it is, without SNS's JSON around it. @default false */
  isRaw?: boolean;
}

/** A message that was published. */
export interface PublishedMessage {
  messageId: string;
  topicArn: string;
  message: string;
  subject?: string;
  attributes: MessageAttributes;
  /** ISO 8601. */
  timestamp: string;
}

/** What {@link Sns} needs. */
export interface SnsOptions {
  clock: { now(): number };
  region: string;
  accountId: string;
  /** Hands a message to a `lambda` or `sqs` subscription. @default - such subscriptions are refused */
  deliver?: (subscription: SubscriptionSpec, message: PublishedMessage) => void;
  /** Called with each message a topic accepts. */
  onPublish?: (message: PublishedMessage) => void;
}

const maximumMessageBytes = 256 * 1024;

/** Simulated SNS: standard topics and what is published on them. */
export class Sns implements AwsService {
  readonly #topics = new Map<string, SubscriptionSpec[]>();

  constructor(private readonly options: SnsOptions) {}

  /** @returns the topic's ARN. */
  createTopic(name: string): string {
    if (name.endsWith(".fifo")) throw new Error(`The local runtime has no FIFO topics, such as "${name}".`);
    const arn = `arn:aws:sns:${this.options.region}:${this.options.accountId}:${name}`;
    this.#topics.set(arn, this.#topics.get(arn) ?? []);
    return arn;
  }

  /**
   * @throws {AwsError} `NotFoundException` for the topic.
   * @throws {Error} for a `lambda` or `sqs` subscription when nothing delivers.
   */
  subscribe(subscription: SubscriptionSpec): void {
    if (isDelivered(subscription) && this.options.deliver === undefined) {
      throw new Error(`The local runtime does not deliver SNS messages to "${subscription.endpoint}".`);
    }
    this.#subscriptionsOf(subscription.topicArn).push(subscription);
  }

  /** @throws {AwsError} `NotFoundException` for the topic. */
  subscriptions(topicArn: string): readonly SubscriptionSpec[] {
    return this.#subscriptionsOf(topicArn);
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    if (action === "ListTopics") {
      return { Topics: [...this.#topics.keys()].map((TopicArn) => ({ TopicArn })) };
    }
    if (action !== "Publish") throw unknownAction("SNS", action);
    return { MessageId: this.#publish(input) };
  }

  #publish(input: JsonObject): string {
    const topicArn = input.TopicArn ?? input.TargetArn;
    if (typeof topicArn !== "string") throw invalid("TopicArn");
    const subscriptions = this.#subscriptionsOf(topicArn);
    if (typeof input.Message !== "string" || input.Message === "") throw invalid("Empty message");
    if (input.MessageStructure !== undefined) {
      throw invalid("MessageStructure is not served by the local runtime");
    }
    const attributes = readMessageAttributes(input.MessageAttributes, "InvalidParameterException");
    if (Buffer.byteLength(input.Message) + bytesOfAttributes(attributes) > maximumMessageBytes) {
      throw invalid("Message too long");
    }
    const message: PublishedMessage = {
      messageId: randomUUID(),
      topicArn,
      message: input.Message,
      attributes,
      timestamp: new Date(this.options.clock.now()).toISOString(),
      ...readSubject(input),
    };
    this.options.onPublish?.(message);
    for (const subscription of subscriptions.filter(isDelivered)) {
      this.options.deliver?.(subscription, message);
    }
    return message.messageId;
  }

  #subscriptionsOf(topicArn: string): SubscriptionSpec[] {
    const subscriptions = this.#topics.get(topicArn);
    if (subscriptions === undefined) throw new AwsError("NotFoundException", "Topic does not exist", 404);
    return subscriptions;
  }
}

/** At most 100 characters, without line breaks or other control characters. */
function readSubject(input: JsonObject): { subject?: string } {
  const subject = input.Subject;
  if (subject === undefined) return {};
  if (typeof subject !== "string" || !/^[^\p{Cc}]{1,100}$/u.test(subject)) throw invalid("Subject");
  return { subject };
}

function isDelivered({ protocol }: SubscriptionSpec): boolean {
  return protocol === "lambda" || protocol === "sqs";
}

function invalid(what: string): AwsError {
  return new AwsError("InvalidParameterException", `Invalid parameter: ${what}`);
}
