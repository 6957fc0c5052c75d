import type { StreamStatus } from "../lifecycle";
import type { NotificationSeverity } from "../notification";

/** One target as `compose-notification` knows it: what it wants to be told, and in which form. No secret is in it. */
export interface NotificationTarget {
  readonly name: string;
  readonly severities: readonly NotificationSeverity[];
  readonly statuses: readonly StreamStatus[];
  /** `pagerDuty`, `chat`: the event also has the body that PagerDuty or Amazon Q Developer in chat applications takes, in a member of this name. */
  readonly form: "notification" | "pagerDuty" | "chat";
}

/** A webhook that wants its requests signed, as `send-webhook` knows it. */
export interface WebhookTarget {
  readonly name: string;
  readonly url: string;
  /** The secret in Secrets Manager that has the key. */
  readonly secretArn: string;
}
