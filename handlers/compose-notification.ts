import type { Context, EventBridgeEvent, SNSEvent } from "aws-lambda";
import {
  check,
  eventSource,
  hasEnded,
  notifiedStatuses,
  type StreamNotification,
  type streamHealthChanged,
  streamHealthChangedDetailSchema,
  type streamLifecycleProgressed,
  streamLifecycleProgressedDetailSchema,
  streamNotificationSchema,
  streamNotificationType,
} from "../contracts";
import { type Attempt, attemptExpression, type NotificationTarget } from "../contracts/internal";
import { readAlarmMessage } from "./compose-notification/alarm-message";
import { chatMessage } from "./compose-notification/chat";
import { endsOf, ofClaim } from "./compose-notification/ends";
import { type Notice, noticeOf } from "./compose-notification/notice";
import { readOnCallMessage } from "./compose-notification/on-call-message";
import { pagerDutyEvent } from "./compose-notification/pager-duty";
import { readTeardownEvent } from "./compose-notification/teardown-event";
import { DynamoDBClient, UpdateItemCommand } from "./shared/aws/dynamodb";
import { EventBridgeClient, PutEventsCommand } from "./shared/aws/event-bridge";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { type AttemptTable, attemptKey, latestAttempt, readAttempt } from "./shared/store/attempts";
import { held } from "./shared/store/dynamodb";

export interface ComposeNotificationDeps extends AttemptTable {
  events: EventBridgeClient;
  eventBusName: string;
  targets: readonly NotificationTarget[];
  log: Log;
}

// Their contracts would bring the JSON Schemas into the bundle.
const healthChanged = "StreamHealthChanged" satisfies (typeof streamHealthChanged)["detailType"];
const lifecycleProgressed =
  "StreamLifecycleProgressed" satisfies (typeof streamLifecycleProgressed)["detailType"];

/** Of the account's default bus, where an execution of StreamTeardown has ended. */
const executionEnded = "Step Functions Execution Status Change";

/** What on-call's topic and the alarms' topic send, an event of the bus, or a dead letter that is sent again. */
export type NotificationSource = SNSEvent | EventBridgeEvent<string, unknown>;

/**
 * Tells targets of incidents, of their end, and of statuses: one event StreamNotification for each target that wants it, which a rule hands to that target.
 * A notification of an attempt is sent once: what was sent stands on the item.
 *
 * @throws {Error} when an AWS call fails or the bus does not take an event; the delivery is then tried again.
 */
export function createComposeNotification(deps: ComposeNotificationDeps): Handler<NotificationSource, void> {
  return async (event, context) => {
    if ("Records" in event) {
      for (const { Sns } of event.Records) {
        const { Subject, Message, Timestamp, MessageId } = Sns;
        const notice =
          readAlarmMessage(Message, Timestamp) ?? readOnCallMessage(Subject ?? "", Message, Timestamp);
        if (notice) {
          await tell(deps, [notice], MessageId, context);
          // The message may come after the cleanup that it announces.
          if (notice.kind === "failure") await tell(deps, await cleanupOf(deps, notice), MessageId, context);
        } else deps.log.warn("The message is about no stream and no alarm, and is passed over.");
      }
    } else if (event["detail-type"] === streamNotificationType) {
      await tellAgain(deps, event, context);
    } else {
      await tell(deps, await noticesOf(deps, event), event.id, context);
    }
  };
}

/** Sends a notification again that a target did not get. */
async function tellAgain(
  deps: ComposeNotificationDeps,
  event: EventBridgeEvent<string, unknown>,
  context: Context | undefined,
): Promise<void> {
  const checked = check(streamNotificationSchema, event.detail);
  const isKnown = checked.ok && deps.targets.some(({ name }) => name === checked.value.target);
  if (checked.ok && isKnown) return put(deps, [checked.value], context);
  deps.log.warn("The notification is invalid or of a target that is no more, and is passed over.", {
    eventId: event.id,
  });
}

/** What an event says: a status, that a trouble is over, or that nothing is left of a failed attempt. */
async function noticesOf(
  deps: ComposeNotificationDeps,
  { "detail-type": type, detail, time, id }: EventBridgeEvent<string, unknown>,
): Promise<Notice[]> {
  if (type === executionEnded) {
    const ended = readTeardownEvent(detail);
    return ended ? cleanupOf(deps, ended) : [];
  }
  if (type === healthChanged) {
    const health = check(streamHealthChangedDetailSchema, detail);
    if (!health.ok || health.value.health !== "OK") return [];
    const attempt = await readAttempt(deps, health.value.streamId, health.value.attempt);
    if (!attempt) return [];
    return endsOf(attempt, "channel", "The stream's channel is well again.", health.value.occurredAt);
  }
  const progress = check(streamLifecycleProgressedDetailSchema, detail);
  if (type !== lifecycleProgressed || !progress.ok) {
    deps.log.warn("The event is invalid, and passed over.", { eventId: id });
    return [];
  }
  const { streamId, status, attempt: number, occurredAt = time } = progress.value;
  const attempt =
    number === undefined ? await latestAttempt(deps, streamId) : await readAttempt(deps, streamId, number);
  // Any program may say so on the bus: what the item says counts.
  if (!attempt?.history.some((entry) => entry.status === status)) return [];
  const ends = hasEnded(status) ? endsOf(attempt, "channel", `The stream is ${status}.`, occurredAt) : [];
  return [...ends, ...statusOf(attempt, status, occurredAt)];
}

function statusOf({ streamId, attempt }: Attempt, status: Attempt["status"], occurredAt: string): Notice[] {
  if (!notifiedStatuses.some((one) => one === status)) return [];
  const about = { streamId, attempt, status, occurredAt };
  const title = `Stream ${streamId} is ${status}`;
  const incident = `${streamId}/${attempt}/status-${status}`;
  return [
    noticeOf(
      {
        ...{ ...about, incident, title, happened: `${title}, in attempt ${attempt}.`, done: [], left: [] },
        ...{ kind: "status", phase: "told", severity: "info" },
      },
      incident,
    ),
  ];
}

/** The end of a failed attempt that left something, once its cleanup is done. */
async function cleanupOf(
  deps: ComposeNotificationDeps,
  { streamId, attempt: number }: Pick<Notice, "streamId" | "attempt">,
): Promise<Notice[]> {
  if (streamId === undefined || number === undefined) return [];
  const attempt = await readAttempt(deps, streamId, number);
  if (attempt?.teardown?.status !== "DONE" || attempt.teardown.endedAt === undefined) return [];
  return endsOf(attempt, "failure", `Nothing is left of attempt ${number}.`, attempt.teardown.endedAt);
}

/**
 * Sends each notice to those who want it, unless it was sent before.
 *
 * @param by the id of the message or event that they are made of.
 */
async function tell(
  deps: ComposeNotificationDeps,
  notices: readonly Notice[],
  by: string,
  context: Context | undefined,
): Promise<void> {
  for (const notice of notices) {
    if (!(await claim(deps, notice, by))) continue;
    const wanted = deps.targets.filter((target) => wants(target, notice));
    await put(
      deps,
      wanted.map(({ name }) => ({ ...notice, target: name })),
      context,
    );
    const { id, severity } = notice;
    deps.log.info("The notification was sent.", { id, severity, targets: wanted.map(({ name }) => name) });
  }
}

function wants({ severities, statuses }: NotificationTarget, { kind, severity, status }: Notice): boolean {
  return kind === "status" ? statuses.some((one) => one === status) : severities.includes(severity);
}

/** The function's own ARN goes with the event: a dead letter is sent again by invoking the function with it. */
async function put(
  { events, eventBusName, targets }: ComposeNotificationDeps,
  notifications: readonly StreamNotification[],
  context: Context | undefined,
): Promise<void> {
  if (notifications.length === 0) return;
  const { FailedEntryCount } = await events.send(
    new PutEventsCommand({
      Entries: notifications.map((notification) => ({
        EventBusName: eventBusName,
        Source: eventSource,
        DetailType: streamNotificationType,
        Detail: JSON.stringify({
          ...notification,
          ...bodyFor(targets, notification),
        }),
        ...(context && { Resources: [context.invokedFunctionArn] }),
      })),
    }),
  );
  if (FailedEntryCount)
    throw new Error(`EventBridge did not take ${FailedEntryCount} notifications. Try again.`);
}

/** The body of a target that takes no StreamNotification, in a member of its own. */
function bodyFor(targets: readonly NotificationTarget[], notification: StreamNotification): object {
  const form = targets.find(({ name }) => name === notification.target)?.form;
  if (form === "pagerDuty") return { pagerDuty: pagerDutyEvent(notification) };
  return form === "chat" ? { chat: chatMessage(notification) } : {};
}

/**
 * Takes a notification of an attempt upon itself, for the message or event that it is made of. Two that say the same may come at once, such as READY by the API and by the
 * workflow: one of them sends it, and its repetition sends it again where the first try died.
 *
 * @returns whether to send it. A notification about no item is sent each time, under the same id.
 */
async function claim(table: AttemptTable, { id, streamId, attempt }: Notice, by: string): Promise<boolean> {
  if (streamId === undefined || attempt === undefined) return true;
  const mine = `${id}${ofClaim}${by}`;
  const claimed = await held(
    table.dynamodb.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: attemptKey(streamId, attempt),
        UpdateExpression: attemptExpression("ADD notices :ids"),
        ConditionExpression: attemptExpression(
          "attribute_exists(streamId) AND (NOT contains(notices, :id) OR contains(notices, :mine))",
        ),
        ExpressionAttributeValues: { ":ids": { SS: [id, mine] }, ":id": { S: id }, ":mine": { S: mine } },
      }),
    ),
  );
  if (claimed) return true;
  // An attempt that failed before it was stored may have no item.
  return (await readAttempt(table, streamId, attempt)) === undefined;
}

export const handler = lambda("compose-notification", (log, environment) =>
  createComposeNotification({
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    tableName: environment.TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    targets: JSON.parse(environment.NOTIFICATION_TARGETS) as NotificationTarget[],
    log,
  }),
);
