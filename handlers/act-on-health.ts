import { hasEnded, maxReasonLength, type StreamStatus } from "../contracts";
import {
  type ActOnHealthEvent,
  type Attempt,
  attemptExpression,
  type Health,
  type HealthAction,
  type HealthInput,
  maxWaitToStopSeconds,
} from "../contracts/internal";
import { compose, type HealthMessage } from "./act-on-health/messages";
import { DynamoDBClient, UpdateItemCommand } from "./shared/aws/dynamodb";
import { EventBridgeClient } from "./shared/aws/event-bridge";
import { PublishCommand, SNSClient } from "./shared/aws/sns";
import { type EventBus, emitLifecycleProgressed } from "./shared/events/stream-events";
import { changeHealth } from "./shared/health/change-health";
import { activeAlerts, unknownHealth, withStatus } from "./shared/health/health";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { isPreviousVersion } from "./shared/runtime/payload-version";
import { shorten } from "./shared/runtime/shorten";
import { wait } from "./shared/runtime/wait";
import { type AttemptTable, attemptKey, readAttempt } from "./shared/store/attempts";
import { changeStatus, lastEntry } from "./shared/store/change-status";
import { held } from "./shared/store/dynamodb";
import { markPublished } from "./shared/store/publication";

export interface ActOnHealthDeps extends AttemptTable, EventBus {
  sns: SNSClient;
  onCallTopicArn: string;
  /** What becomes of a stream whose channel stopped. */
  onChannelLost: "fail" | "restart";
  now: () => Date;
  log: Log;
}

/** In the history, and in the events of a stream that is ended here. */
const origin = "health";

const nothing: HealthAction = { next: "NOTHING" };
const waitForIt: HealthAction = { next: "WAIT" };

/**
 * Acts on what StreamHealth has found about the channel of a stream that is READY or LIVE: a channel that is down fails the stream, or is restarted once;
 * a trouble that lasts is told to on-call; a stream without input is ended. Each step may be repeated: what has been done stands on the item.
 *
 * @returns what StreamHealth does next.
 * @throws {Error} when an AWS call fails in a way that may pass; StreamHealth repeats the invocation.
 */
export function createActOnHealth(deps: ActOnHealthDeps): Handler<ActOnHealthEvent, HealthAction> {
  return async (event) => {
    isPreviousVersion(event);
    const { input, news } = event;
    deps.log.appendKeys({ streamId: input.streamId, attempt: input.attempt, channelId: input.channelId });
    const attempt = await readAttempt(deps, input.streamId, input.attempt);
    if (!attempt) return nothing;
    deps.log.info("StreamHealth has news.", { news, kind: input.kind, status: attempt.status });
    if (hasEnded(attempt.status)) return finishEnd(deps, event, attempt);
    if (news === "restarted") return recordRestart(deps, attempt);
    if (news === "lasts" && !lasts(input, attempt)) return nothing;
    if (attempt.status === "PROVISIONING") return waitForIt;
    if (news === "lost" || news === "restart failed") return handleLoss(deps, event, attempt);
    return handleLasting(deps, event, attempt);
  };
}

/** An earlier try may have ended the stream without telling on-call. */
async function finishEnd(
  deps: ActOnHealthDeps,
  { execution }: ActOnHealthEvent,
  attempt: Attempt,
): Promise<HealthAction> {
  const entry = lastEntry(attempt, attempt.status);
  if (entry?.origin === origin) await tellEnd(deps, attempt, execution.id);
  return nothing;
}

async function handleLoss(
  deps: ActOnHealthDeps,
  { execution, news, detail }: ActOnHealthEvent,
  attempt: Attempt,
): Promise<HealthAction> {
  const { restart: noted } = attempt.health ?? unknownHealth;
  if (news === "lost" && noted && noted.endedAt === undefined) {
    if (noted.by === execution.id) return restart(deps, attempt, execution.id, detail);
    // Another execution is restarting the channel; one that died meanwhile has had its time.
    const age = deps.now().getTime() - Date.parse(noted.at);
    if (age < maxWaitToStopSeconds * 1000) return nothing;
  }
  if (news === "lost" && deps.onChannelLost === "restart" && !noted) {
    return restart(deps, attempt, execution.id, detail);
  }
  const why =
    news === "restart failed" || noted
      ? `Channel ${attempt.channelId} is down, and has been restarted once: ${detail}.`
      : `Channel ${attempt.channelId} is down while the stream is ${attempt.status}: ${detail}.`;
  return end(deps, attempt, "FAILED", why, execution.id);
}

/**
 * Notes the restart before it begins: there is one for each attempt.
 *
 * @returns the attempt with the restart of this execution; undefined where there is another, or where the stream has ended.
 */
async function noteRestart(
  deps: ActOnHealthDeps,
  attempt: Attempt,
  by: string,
  reason: string,
): Promise<Attempt | undefined> {
  const at = deps.now().toISOString();
  await changeHealth(
    deps,
    attempt,
    at,
    (health, found) =>
      hasEnded(found.status) || health.restart
        ? undefined
        : withStatus({ ...health, ...down(health, at), restart: { by, at } }, at),
    reason,
  );
  // A write whose answer was lost stands on the item all the same.
  const found = await readAttempt(deps, attempt.streamId, attempt.attempt);
  return found?.health?.restart?.by === by && !hasEnded(found.status) ? found : undefined;
}

async function restart(
  deps: ActOnHealthDeps,
  attempt: Attempt,
  by: string,
  detail: string,
): Promise<HealthAction> {
  const reason = shorten(
    `Channel ${attempt.channelId} is down while the stream is ${attempt.status}: ${detail}. It is restarted.`,
    maxReasonLength,
  );
  const noted = attempt.health?.restart ? attempt : await noteRestart(deps, attempt, by, reason);
  if (!noted) return waitForIt;
  const headline = "its channel is down, and is restarted";
  const next = "The stream fails if the channel stops once more.";
  await tell(deps, noted, `restart ${noted.health?.restart?.at}`, compose(noted, headline, reason, next), by);
  return { next: "RESTART" };
}

/** What a channel is that MediaLive says is down, whether its event came or not. */
function down(health: Health, at: string): Partial<Health> {
  return { channelState: "STOPPED", channelStateAt: health.channelStateAt ?? at, alerts: {} };
}

async function recordRestart(deps: ActOnHealthDeps, attempt: Attempt): Promise<HealthAction> {
  const at = deps.now().toISOString();
  await changeHealth(deps, attempt, at, (health) => {
    if (!health.restart || health.restart.endedAt !== undefined) return health;
    const restart = { ...health.restart, endedAt: at };
    return withStatus({ ...health, channelState: "RUNNING", channelStateAt: at, restart }, at);
  });
  return nothing;
}

/** Whether the trouble that StreamHealth waited for is the one of now. */
function lasts(input: HealthInput, { health = unknownHealth }: Attempt): boolean {
  if (input.kind === "loss") return false;
  return (input.kind === "noInput" ? health.noInputSince : health.troubleSince) === input.since;
}

async function handleLasting(
  deps: ActOnHealthDeps,
  { input, execution }: ActOnHealthEvent,
  attempt: Attempt,
): Promise<HealthAction> {
  if (input.kind === "loss") return nothing;
  const health = attempt.health ?? unknownHealth;
  const { since, minutes } = input;
  if (input.kind === "noInput") {
    return end(
      deps,
      attempt,
      "COMPLETE",
      `The stream has had no input for ${minutes} minutes, since ${since}.`,
      execution.id,
    );
  }
  const alerts = activeAlerts(health).map(
    ({ type, pipeline, since: from }) => `${type} (pipeline ${pipeline}, since ${from})`,
  );
  const what = `The stream has been in trouble for ${minutes} minutes: ${alerts.join("; ") || health.status}.`;
  const headline = health.status === "NO_INPUT" ? "it has no input" : "its channel has an alert";
  await tell(
    deps,
    attempt,
    `alert ${since}`,
    compose(
      attempt,
      headline,
      what,
      "The stream stays up. Look at its source and at the channel in MediaLive.",
    ),
    execution.id,
  );
  return nothing;
}

/** Ends a stream, announces that, and tells on-call. Its teardown begins with the event. */
async function end(
  deps: ActOnHealthDeps,
  attempt: Attempt,
  status: "FAILED" | "COMPLETE",
  why: string,
  by: string,
): Promise<HealthAction> {
  const reason = shorten(why, maxReasonLength);
  const at = deps.now().toISOString();
  const change = await changeStatus(
    deps,
    attempt.streamId,
    { status, reason, at, origin, component: "StreamHealth" },
    { unpublished: true, concerns: (latest) => latest.attempt === attempt.attempt },
  );
  if (change.outcome === "unknown" || change.outcome === "foreign") return nothing;
  // Another may have ended it in this very moment; and a write whose answer was lost stands on the item all the same.
  const entry = lastEntry(change.attempt, status);
  if (entry?.origin === origin && entry.at === at) await tellEnd(deps, change.attempt, by);
  return nothing;
}

async function tellEnd(deps: ActOnHealthDeps, attempt: Attempt, by: string): Promise<void> {
  const { streamId, status, channelId } = attempt;
  const entry = lastEntry(attempt, status);
  const { reason, at = attempt.updatedAt } = entry ?? {};
  if (attempt.unpublished?.has(status)) {
    await emitLifecycleProgressed(deps, {
      ...{ streamId, status, occurredAt: at, attempt: attempt.attempt, origin },
      ...(reason !== undefined && { reason }),
    });
    await markPublished(deps, attempt);
  }
  const headline: { readonly [ended in StreamStatus]?: string } = {
    FAILED: "its channel is down, and it has FAILED",
    COMPLETE: "ended, for want of input",
  };
  await tell(
    deps,
    attempt,
    `end ${at}`,
    compose(
      attempt,
      headline[status] ?? status,
      reason ?? "",
      `The stream is ${status} now, and channel ${channelId} is given back. Request it again if it is still needed.`,
    ),
    by,
  );
}

/**
 * Tells on-call, once for each occasion. Two executions may find the same loss at once: the one that is first to say so on the item tells, and
 * repeats that until it is done.
 */
async function tell(
  deps: ActOnHealthDeps,
  { streamId, attempt }: Attempt,
  occasion: string,
  { subject, message }: HealthMessage,
  by: string,
): Promise<void> {
  const update = {
    TableName: deps.tableName,
    Key: attemptKey(streamId, attempt),
    UpdateExpression: attemptExpression("SET healthTold = :occasion, healthTeller = :teller"),
    ConditionExpression: attemptExpression(
      "attribute_exists(streamId) AND (attribute_not_exists(healthTold) OR healthTold <> :occasion OR healthTeller = :me)",
    ),
  };
  const note = (teller: string) =>
    held(
      deps.dynamodb.send(
        new UpdateItemCommand({
          ...update,
          ExpressionAttributeValues: {
            ":occasion": { S: occasion },
            ":teller": { S: teller },
            ":me": { S: by },
          },
        }),
      ),
    );
  if (!(await note(by))) return;
  await deps.sns.send(
    new PublishCommand({ TopicArn: deps.onCallTopicArn, Subject: subject, Message: message }),
  );
  await note("told");
}

/** @throws {Error} when the variable is neither. */
function readOnChannelLost(text: string): "fail" | "restart" {
  if (text === "fail" || text === "restart") return text;
  throw new Error(`ON_CHANNEL_LOST must be fail or restart, received '${text}'.`);
}

export const handler = lambda("act-on-health", (log, environment) =>
  createActOnHealth({
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    sns: new SNSClient(),
    tableName: environment.TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    onCallTopicArn: environment.ON_CALL_TOPIC_ARN,
    onChannelLost: readOnChannelLost(environment.ON_CHANNEL_LOST),
    now: () => new Date(),
    wait,
    log,
  }),
);
