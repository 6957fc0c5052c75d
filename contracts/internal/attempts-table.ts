import type { StreamStatus } from "../lifecycle";
import { type CheckedExpression, expressionOf } from "./expression";
import type { Health } from "./health";

/** Who sent a request to the API. */
export interface Requester {
  /** The ARN of an IAM user or of a role's session; the subject of a token. Missing where the API is not known to have authenticated the caller. */
  principal?: string;
  /** API Gateway's id of the request. */
  requestId?: string;
}

/** One entry of an attempt's history, appended in the update that changes the status. */
export interface HistoryEntry extends Requester {
  status: StreamStatus;
  reason?: string;
  /** RFC 3339, in UTC. */
  at: string;
  /** The caller of the API wanted to end the stream, which was being provisioned: nothing went wrong. */
  cancelled?: true;
  /** For READY: what is known of the channel, in a sentence. */
  evidence?: string;
  /** Who changed it: `api`, `orchestrator`, `event`, or what an event's `origin` says. */
  origin: string;
  /** The state machine or function of this component that changed it of its own accord. */
  component?: string;
  /** The event of the bus that changed it. */
  eventId?: string;
}

/** One run of StreamTeardown, as it stands on the item of the attempt that it cleans up. */
export interface Teardown {
  status: "RUNNING" | "DONE" | "INCOMPLETE";
  executionArn: string;
  /** RFC 3339, in UTC. */
  startedAt: string;
  endedAt?: string;
  leftovers?: string[];
}

/** One try at provisioning a stream, as its item holds it. The latest attempt is the stream. */
export interface Attempt {
  streamId: string;
  /** Counted from 1 per stream. */
  attempt: number;
  status: StreamStatus;
  /** The request's, for operators' dashboards; missing where the request was not valid. */
  title?: string;
  startTime?: string;
  /** The normalized request, as JSON. Missing where an attempt failed for want of a valid one. */
  request?: string;
  executionArn: string;
  /** Missing before a scheduled start, and where an attempt failed before it got a channel. */
  channelId?: string;
  /** The attempt started the channel, or is about to. */
  ownsChannel?: boolean;
  /** The id of the attempt's origin in the distribution. Written with the channel, and so before there is such an origin. */
  originId?: string;
  /** The distribution of that origin. A later deployment may name another. */
  distributionId?: string;
  /** `ViewerSettings` as JSON: where viewers find the stream. `null` or missing where they are told otherwise. */
  viewer?: string;
  /** The inputs of the channel, a list of `StreamInput`, as JSON: addresses to push to may hold stream keys. Missing where the inputs are not known. */
  inputs?: string;
  /** RFC 3339. Present while the workflow waits for a scheduled start. */
  heldUntil?: string;
  /** RFC 3339. Since when a change of status is not known to be announced; absent when all are. */
  unpublishedSince?: string;
  /**
   * The statuses that are not known to be announced: a set, from which each announcer takes its own. Missing beside `unpublishedSince`
   * where an earlier release wrote the status.
   */
  unpublished?: ReadonlySet<StreamStatus>;
  history: HistoryEntry[];
  requestedAt: string;
  updatedAt: string;
  /** When the workflow ended well. */
  readyAt?: string;
  /** Where the workflow waits for the confirmation. Never logged. */
  taskToken?: string;
  failure?: { state: string; error: string; cause: string };
  /** How the attempt's channel is. */
  health?: Health;
  /** Counts the changes of `health`: a writer that has read another version reads again. */
  healthVersion?: number;
  /** What on-call was last told of the health, so that it is told once. */
  healthTold?: string;
  /** The ARN of the execution of StreamHealth that tells on-call, or `told`. */
  healthTeller?: string;
  /** READY has to wait until the channel runs. */
  requireRunning?: boolean;
  /** RFC 3339, in UTC. When it was first seen that the attempt's channel runs. */
  runningAt?: string;
  /** Where StreamReadiness waits until the channel runs. Never logged. */
  readinessToken?: string;
  /** What on-call was last told about the failure. */
  notified?: string;
  /** The ids of the notifications that targets were sent, so that each is sent once. */
  notices?: ReadonlySet<string>;
  /**
   * The ARN of the first execution of StreamSweep that found the attempt's playback entry missing. It alone raises the alarm
   * for an entry that it restores.
   */
  playbackAlarm?: string;
  /**
   * RFC 3339, in UTC. Until when the playback entry and the channel of a stream that is COMPLETE stay. A new request for the stream
   * sets it to that moment.
   */
  graceUntil?: string;
  /** How far StreamTeardown is. */
  teardown?: Teardown;
}

/** An attribute of an attempt's item. */
export type AttemptAttribute = keyof Attempt;

/** The attributes of the key of the attempts table. */
export const attemptKeyNames = { hashKey: "streamId", rangeKey: "attempt" } as const satisfies {
  readonly [key: string]: AttemptAttribute;
};

/** The indexes of the attempts table, with the attributes of their keys. */
export const attemptIndexes = {
  /** Serves operators' dashboards: attempts by status, newest change last. */
  byStatus: { name: "byStatus", hashKey: "status", rangeKey: "updatedAt" },
  /** Serves the list of streams: attempts by status, in the order of their requests, which never changes. */
  byRequest: { name: "byRequest", hashKey: "status", rangeKey: "requestedAt" },
  /** Sparse: the attempts that have a status which is not known to be announced. */
  byUnpublished: { name: "byUnpublished", hashKey: "unpublishedSince" },
} as const satisfies {
  readonly [name: string]: { name: string; hashKey: AttemptAttribute; rangeKey?: AttemptAttribute };
};

/** An expression on the attempts table that names only attributes which there are. */
export type AttemptExpression<Text extends string> = CheckedExpression<
  Text,
  AttemptAttribute | `teardown.${keyof Teardown | "#status"}`
>;

/**
 * Checks the attributes that a DynamoDB expression on the attempts table names. `#status` stands for `status`, which is
 * one of DynamoDB's reserved words.
 *
 * @returns the expression as it is.
 */
export function attemptExpression<const Text extends string>(text: AttemptExpression<Text>): Text {
  return expressionOf(text);
}

/** What `#status` stands for in an expression on the attempts table. */
export const attemptNames = { "#status": "status" } as const satisfies {
  readonly [placeholder: `#${string}`]: AttemptAttribute;
};

/** The condition that an item is the attempt of the execution `:me`. */
export const ownAttempt = attemptExpression("executionArn = :me");

/** The condition that `:me` made the attempt, and nothing has confirmed or ended it. */
export const ownProvisioningAttempt = attemptExpression("executionArn = :me AND #status = :provisioning");

/** The update after the last unannounced change of status was announced. */
export const removePublicationMark = attemptExpression("REMOVE unpublishedSince, unpublished");

/** The condition that the statuses `:announced`, a set, are the only ones that are not known to be announced. */
export const isLastUnpublished = attemptExpression("unpublished = :announced");

const toStatus = attemptExpression(
  "SET #status = :to, updatedAt = :now, history = list_append(history, :entry)",
);
const mark = attemptExpression("unpublishedSince = if_not_exists(unpublishedSince, :now)");
// At the front: the update goes on with what else its writer sets.
const markStatus = attemptExpression("ADD unpublished :unpublished");

/**
 * The one update that changes an attempt's status, at `:now` and with `:entry` in its history.
 *
 * @param to the placeholder of the status.
 * @param options `unpublished`: whether the change is still to be announced, which the mark on the item then says. A
 * change that came with an event of the bus was announced by that event. With it, `:unpublished` is a set of the status.
 */
export function changeStatus(to: `:${string}`, { unpublished }: { unpublished: boolean }): string {
  const update = toStatus.replace(":to", to);
  return unpublished ? `${markStatus} ${update}, ${mark}` : update;
}
