import type { EventBridgeEvent } from "aws-lambda";
import { check, hasEnded } from "../contracts";
import type { Attempt, AttemptLease, HealthInput } from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { EventBridgeClient } from "./shared/aws/event-bridge";
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from "./shared/aws/step-functions";
import type { EventBus } from "./shared/events/stream-events";
import { changeHealth } from "./shared/health/change-health";
import { isDown } from "./shared/health/health";
import { isNamed } from "./shared/runtime/errors";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { wait } from "./shared/runtime/wait";
import { type AttemptTable, readAttempt } from "./shared/store/attempts";
import { readLease } from "./shared/store/leases";
import { applyEvent, channelOf, mediaLiveEventSchema } from "./track-health/medialive-event";

export interface TrackHealthDeps extends AttemptTable, EventBus {
  leaseTableName: string;
  sfn: SFNClient;
  healthStateMachineArn: string;
  /** Minutes that a trouble lasts before on-call is told; 0 for never. */
  alertMinutes: number;
  /** Minutes without input after which a stream is ended; 0 for never. */
  noInputMinutes: number;
  log: Log;
}

/** An event of MediaLive on the account's default bus. */
export type ChannelEvent = EventBridgeEvent<string, unknown>;

/**
 * Keeps the health of the stream that has a channel, as MediaLive's events tell it. It acts on nothing itself: events come late, twice and in any
 * order, and StreamHealth asks MediaLive first. An event about a channel that no stream has, or about a time before the stream had
 * it, changes nothing; nor does one about a channel that the stream's own cleanup stops.
 *
 * @throws {Error} when an AWS call fails in a way that may pass; the delivery is then tried again.
 */
export function createTrackHealth(deps: TrackHealthDeps): Handler<ChannelEvent, void> {
  return async (event) => {
    const { log } = deps;
    // Only AWS may put an event whose source begins with `aws.`.
    const checked = check(mediaLiveEventSchema, event);
    if (!checked.ok || event.source !== "aws.medialive" || Number.isNaN(Date.parse(event.time))) {
      log.warn("The event is not one of MediaLive's, and is passed over.", { eventId: event.id });
      return;
    }
    const channelId = channelOf(checked.value);
    const at = new Date(event.time).toISOString();
    log.appendKeys({ channelId, eventId: event.id });
    const lease = await readLease(deps, channelId);
    if (!lease || lease.purpose === "sweep" || isBefore(at, lease.leasedAt)) {
      log.info("No stream had the channel at that time, and the event is passed over.");
      return;
    }
    const { streamId, attempt } = lease;
    log.appendKeys({ streamId, attempt });
    // A workflow cleans up before it marks its stream FAILED.
    if (lease.stoppedAt !== undefined) {
      log.info("The stream's own cleanup stops the channel, and the event is passed over.");
      return;
    }
    const change = await changeHealth(deps, lease, at, (health, found) =>
      isMeant(found, lease) ? applyEvent(health, checked.value, at) : undefined,
    );
    const found = change?.attempt ?? (await readAttempt(deps, streamId, attempt));
    if (!found || !isMeant(found, lease)) return;
    log.info("The event was read.", { type: event["detail-type"], health: found.health?.status });
    await tellReadiness(deps, found);
    await startHealthChecks(deps, found, lease, { id: event.id, at });
  };
}

/** EventBridge's times have whole seconds. */
function isBefore(at: string, other: string): boolean {
  return Math.floor(Date.parse(at) / 1000) < Math.floor(Date.parse(other) / 1000);
}

function isMeant({ executionArn, status }: Attempt, { leasedBy }: AttemptLease): boolean {
  return executionArn === leasedBy && !hasEnded(status);
}

/** Wakes StreamReadiness, where it waits for a channel that runs. */
async function tellReadiness({ sfn, log }: TrackHealthDeps, { health, readinessToken }: Attempt) {
  if (readinessToken === undefined || health?.channelState !== "RUNNING") return;
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken: readinessToken, output: "{}" }));
  } catch (error) {
    // It looks itself after a while, and does not wait any more.
    if (!isNamed(error, "TaskTimedOut", "TaskDoesNotExist", "InvalidToken"))
      throw new Error("StreamReadiness could not be told that the channel runs.");
    log.info("StreamReadiness does not wait any more.");
  }
}

/** Starts StreamHealth for a channel that may be down, and for a trouble that begins with this event. */
async function startHealthChecks(
  deps: TrackHealthDeps,
  attempt: Attempt,
  lease: AttemptLease,
  event: { readonly id: string; readonly at: string },
): Promise<void> {
  const { health, status } = attempt;
  if (!health) return;
  const { channelId } = lease;
  const of = { streamId: attempt.streamId, attempt: attempt.attempt, channelId };
  const start = (input: HealthInput) => startHealth(deps, `${event.id}-${input.kind}`, input);
  const wasStarted = lease.startedAt !== undefined && !isBefore(event.at, lease.startedAt);
  if (isDown(health) && health.channelStateAt === event.at && (status !== "PROVISIONING" || wasStarted)) {
    await start({ ...of, kind: "loss" });
  }
  const { troubleSince, noInputSince } = health;
  // A channel that is down is told of at once.
  if (deps.alertMinutes > 0 && troubleSince === event.at && !isDown(health)) {
    await start({ ...of, kind: "alert", since: troubleSince, minutes: deps.alertMinutes });
  }
  if (deps.noInputMinutes > 0 && noInputSince === event.at) {
    await start({ ...of, kind: "noInput", since: noInputSince, minutes: deps.noInputMinutes });
  }
}

/** One execution for each event, however often that is delivered. */
async function startHealth(
  { sfn, healthStateMachineArn, log }: TrackHealthDeps,
  name: string,
  input: HealthInput,
): Promise<void> {
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: healthStateMachineArn,
        name,
        input: JSON.stringify(input),
      }),
    );
    log.info("StreamHealth was started.", { kind: input.kind });
  } catch (error) {
    if (!isNamed(error, "ExecutionAlreadyExists")) throw error;
  }
}

/** @throws {Error} when the variable is no number of minutes. */
function readMinutes(name: string, text: string): number {
  const minutes = Number(text);
  if (!(minutes >= 0))
    throw new Error(`${name} must be a number of minutes, or 0 for never, received '${text}'.`);
  return minutes;
}

export const handler = lambda("track-health", (log, environment) =>
  createTrackHealth({
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    sfn: new SFNClient(),
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    healthStateMachineArn: environment.HEALTH_STATE_MACHINE_ARN,
    alertMinutes: readMinutes("ALERT_MINUTES", environment.ALERT_MINUTES),
    noInputMinutes: readMinutes("NO_INPUT_MINUTES", environment.NO_INPUT_MINUTES),
    wait,
    log,
  }),
);
