import type { StreamStatus } from "../contracts";

/** One try at provisioning a stream, as its item in the table holds it. */
export interface StreamAttempt {
  readonly streamId: string;
  /** Counted from 1 per stream. */
  readonly attempt: number;
  readonly status: StreamStatus;
  readonly executionArn: string;
  /** The normalized request, as JSON text. */
  readonly request?: string;
  /** RFC 3339, in UTC, as are all times here. */
  readonly startTime?: string;
  readonly channelId?: string;
  /** The id of its origin in the distribution, from the moment in which it claims its channel. */
  readonly originId?: string;
  /** The distribution that plays it. */
  readonly distributionId?: string;
  readonly history: readonly {
    readonly status: StreamStatus;
    readonly reason?: string;
    readonly at: string;
    /** For READY: what was known of the channel, in a sentence. */
    readonly evidence?: string;
    readonly origin: string;
  }[];
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly readyAt?: string;
  /** Until when a scheduled start waits. */
  readonly heldUntil?: string;
  /** Where the workflow waits for the confirmation. */
  readonly taskToken?: string;
  /** How its channel is, as MediaLive's events tell it. */
  readonly health?: {
    readonly status: string;
    readonly channelState?: string;
    readonly troubleSince?: string;
    readonly noInputSince?: string;
    readonly restart?: { readonly by: string; readonly at: string; readonly endedAt?: string };
  };
  readonly failure?: { readonly state: string; readonly error: string; readonly cause: string };
  /** Until when the playback entry and the channel of a stream that is COMPLETE stay. */
  readonly graceUntil?: string;
  /** The cleanup after a stream that was ready, or whose execution died. */
  readonly teardown?: {
    readonly status: "RUNNING" | "DONE" | "INCOMPLETE";
    readonly startedAt?: string;
    /** What could not be cleaned up, in sentences. */
    readonly leftovers?: readonly string[];
  };
  /** Set while a stored status is not announced on the bus yet. */
  readonly unpublishedSince?: string;
}

/** The right of one attempt, or of a sweep, to one encoder channel; or the lock of a distribution. */
export interface StreamLease {
  /** The channel, or the distribution that is locked. */
  readonly channelId: string;
  /** The ARN of the execution that has it. */
  readonly leasedBy: string;
  readonly streamId?: string;
  readonly attempt?: number;
  /** `sweep` where a sweep looks at a free channel. */
  readonly purpose?: string;
  /** What its execution wants of the distribution, until whoever has the lock has done it: `ADD` or `REMOVE`, then `ADDED` or `REMOVED`. */
  readonly playbackUpdate?: string;
  /** When a lock ends by itself, in seconds since the Unix epoch. */
  readonly expiresAt?: number;
}

/** A stream's origins and behaviours in a distribution. */
export interface StreamPlayback {
  readonly distributionId: string;
  /** The ids of its origins; one where all is well. */
  readonly origins: readonly string[];
  /** The path patterns of its behaviours; one where all is well. */
  readonly patterns: readonly string[];
}
