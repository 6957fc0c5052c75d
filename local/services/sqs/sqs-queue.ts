import { randomUUID } from "node:crypto";
import type { Clock } from "../../time/clock";
import type { MessageAttributes } from "../sns/message-attributes";

/** A queue's settings; SQS's defaults. */
export const defaultQueueSettings = {
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 4 * 24 * 3600,
  delaySeconds: 0,
  receiveWaitTimeSeconds: 0,
};

export type QueueSettings = typeof defaultQueueSettings;

/** A message in a queue; times in milliseconds since the Unix epoch. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  readonly visibleAt: number;
  readonly receiveCount: number;
  /** Set by the first receive. */
  readonly firstReceivedAt?: number;
}

/** The messages of one standard queue. */
export class Queue {
  #messages: QueuedMessage[] = [];
  /** Long polls under way: each is woken by the next message. */
  readonly #polls = new Set<AbortController>();

  constructor(
    private readonly clock: Clock,
    readonly settings: QueueSettings,
    readonly createdAt = clock.now(),
  ) {}

  send(
    body: string,
    attributes: MessageAttributes,
    delaySeconds = this.settings.delaySeconds,
  ): QueuedMessage {
    const now = this.clock.now();
    const message: QueuedMessage = {
      id: randomUUID(),
      body,
      attributes,
      sentAt: now,
      visibleAt: now + delaySeconds * 1000,
      receiveCount: 0,
    };
    this.#messages.push(message);
    for (const poll of this.#polls) poll.abort();
    return message;
  }

  /** Takes up to `maximum` visible messages and hides them; waits for the first one as long as it is told. */
  async receive(
    maximum: number,
    visibilitySeconds = this.settings.visibilityTimeoutSeconds,
    waitSeconds = this.settings.receiveWaitTimeSeconds,
  ): Promise<QueuedMessage[]> {
    const deadline = this.clock.now() + waitSeconds * 1000;
    for (;;) {
      const taken = this.#take(maximum, visibilitySeconds);
      const remaining = deadline - this.clock.now();
      if (taken.length > 0 || remaining <= 0) return taken;
      await this.#waitForMessage(remaining);
    }
  }

  /** Deletes a message unless it was received again since; as in SQS, an outdated receipt is no error. */
  delete(id: string, receiveCount: number): void {
    this.#messages = this.#messages.filter((one) => one.id !== id || one.receiveCount !== receiveCount);
  }

  /** How many messages are visible, in flight, and delayed. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    this.#expire();
    const hidden = this.#messages.filter((message) => message.visibleAt > this.clock.now());
    const delayed = hidden.filter((message) => message.receiveCount === 0).length;
    return { visible: this.#messages.length - hidden.length, inFlight: hidden.length - delayed, delayed };
  }

  #take(maximum: number, visibilitySeconds: number): QueuedMessage[] {
    this.#expire();
    const now = this.clock.now();
    const taken: QueuedMessage[] = [];
    this.#messages = this.#messages.map((message) => {
      if (message.visibleAt > now || taken.length === maximum) return message;
      const received = {
        ...message,
        visibleAt: now + visibilitySeconds * 1000,
        receiveCount: message.receiveCount + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
      };
      taken.push(received);
      return received;
    });
    return taken;
  }

  #expire(): void {
    const oldest = this.clock.now() - this.settings.messageRetentionSeconds * 1000;
    this.#messages = this.#messages.filter((message) => message.sentAt > oldest);
  }

  async #waitForMessage(milliseconds: number): Promise<void> {
    const now = this.clock.now();
    const nextVisible = this.#messages.map((message) => Math.max(message.visibleAt - now, 0));
    const arrival = new AbortController();
    this.#polls.add(arrival);
    try {
      await this.clock.wait(Math.min(milliseconds, ...nextVisible), arrival.signal, "a poll of a queue");
    } catch (error) {
      if (!arrival.signal.aborted) throw error;
    } finally {
      this.#polls.delete(arrival);
    }
  }
}
