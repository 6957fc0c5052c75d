import type { PublishedMessage } from "../local/services";
import type { Journal } from "./journal";
import type { WaitFor } from "./waiting";

/** The messages that topics took. */
export class LocalNotifications {
  constructor(
    private readonly journal: Journal,
    private readonly waitUntil: WaitFor,
  ) {}

  /** Every message so far, in order. */
  all(): PublishedMessage[] {
    return [...this.journal.notifications];
  }

  /**
   * The subjects of every message so far, in order; empty text for a message without one.
   *
   * @example
   * expect(local.notifications.subjects()).to.deep.equal([]);
   */
  subjects(): string[] {
    return this.journal.notifications.map(({ subject = "" }) => subject);
  }

  /**
   * Resolves to the first message that matches, which may have come already.
   * @param match a text that is in the message or its subject, or a function. @default - any message
   * @throws {WaitError} that lists the messages there were, when none can come before time passes.
   */
  waitFor(match: string | ((message: PublishedMessage) => boolean) = ""): Promise<PublishedMessage> {
    const matches =
      typeof match === "function"
        ? match
        : ({ subject = "", message }: PublishedMessage) => `${subject}\n${message}`.includes(match);
    return this.waitUntil({
      what: typeof match === "function" || match === "" ? "a notification" : `a notification with '${match}'`,
      find: () => this.journal.notifications.find(matches),
      happened: () =>
        this.journal.notifications.map(({ subject, message }) => `${subject ?? "(no subject)"}: ${message}`),
    });
  }
}
