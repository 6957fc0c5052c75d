import {
  type CreateStreamWorkflowRequest,
  check,
  createStreamWorkflowRequestSchema,
  hasEnded,
  inputTypes,
  largestRequestBytes,
  normalizeRequest,
} from "../contracts";
import {
  type Attempt,
  type AttemptSettings,
  type Channel,
  type Execution,
  type Provision,
  type ValidateProvisionRequestEvent,
  workflowError,
} from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { SFNClient } from "./shared/aws/step-functions";
import { endGrace } from "./shared/recovery/end-grace";
import type { TeardownMachine } from "./shared/recovery/start-teardown";
import { namedError, streamCancelled } from "./shared/runtime/errors";
import { type Handler, lambda } from "./shared/runtime/lambda";
import { isPreviousVersion } from "./shared/runtime/payload-version";
import { shorten } from "./shared/runtime/shorten";
import { wait } from "./shared/runtime/wait";
import { type AttemptTable, latestAttempt, readAttempt } from "./shared/store/attempts";
import { readDeploymentSettings } from "./shared/store/deployment-settings";
import { leaseChannel } from "./shared/store/lease-channel";
import type { LeaseTable } from "./shared/store/leases";
import { numberAttempt } from "./shared/store/number-attempt";
import { requestOfInput } from "./shared/store/read-request";
import { planInputs } from "./validate-provision-request/plan-inputs";

export interface ValidateProvisionRequestDeps extends AttemptTable, LeaseTable, TeardownMachine {
  now: () => Date;
}

/** An execution lasts a year at most, which the live stream has to fit into. */
const maxScheduledDays = 360;

/**
 * The workflow's first state: validates and normalizes the request, numbers the attempt, and leases a channel unless the
 * start is scheduled for later. It may stop after any step and be repeated: it then finds its own number and its own lease.
 *
 * @throws {Error} `ProvisionRequestInvalid` with every issue, `StreamAlreadyActive` while another attempt at the stream
 * has not ended, `StreamCancelled` for a scheduled start whose attempt has ended, `NoChannelAvailable`. None of them goes away
 * by repeating, but `ChannelReleasePending` does.
 */
export function createValidateProvisionRequest(
  deps: ValidateProvisionRequestDeps,
): Handler<ValidateProvisionRequestEvent, Provision> {
  return async (event) => {
    const { request: input, execution, leadTimeMinutes, held } = event;
    deps.log.appendKeys({ executionArn: execution.id });
    const isPrevious = isPreviousVersion(event);
    const now = deps.now();
    const request = validate(input, held || leadTimeMinutes === null ? undefined : now);
    const { streamId } = request;
    const latest = await latestAttempt(deps, streamId);
    refuseOtherAttempt(streamId, execution, latest, held);
    const attempt = numberAttempt(streamId, execution, latest);
    deps.log.appendKeys({ streamId, attempt });
    const provision = { request, requestText: JSON.stringify(request), attempt };
    const heldUntil = held ? null : scheduledStart(request, leadTimeMinutes, now);
    if (heldUntil !== null) {
      deps.log.info("The request is valid, and its start is held.", { heldUntil });
      return { ...provision, channel: null, heldUntil, settings: null };
    }
    const deployed = await readPool(deps, event, isPrevious);
    const previous = await attemptBefore(deps, execution, latest);
    if (previous) await endGrace(deps, previous, now.toISOString());
    const claim = { leasedBy: execution.id, streamId, attempt, leasedAt: now.toISOString() };
    const setsInputs = event.setsInputs === true;
    const pool = poolFor(request, deployed.channels, setsInputs);
    const channel = await leaseChannel(deps, pool, claim, {
      last: latest?.channelId,
      isPart: pool.length < deployed.channels.length,
    });
    const { channelId, originDomainName = null, originPath = "", startedHere } = channel;
    const { inputs } = planFor(channel, request, setsInputs);
    deps.log.info("The request is valid, and a channel is leased.", { channelId });
    return {
      ...provision,
      channel: { channelId, originDomainName, originPath, ...(startedHere && { startedHere }) },
      ...(inputs && { inputs }),
      heldUntil: null,
      settings: deployed.settingsOf(channelId),
    };
  };
}

/**
 * @returns the channels of which a request may get one: those that can take its endpoints, or of these the one that it names.
 * @throws {Error} `ProvisionRequestInvalid` where it names none that streams may have, or none can take its endpoints.
 */
function poolFor(
  request: CreateStreamWorkflowRequest,
  channels: readonly Channel[],
  setsInputs: boolean,
): readonly Channel[] {
  const { channelId, ingestEndpoints } = request;
  const open = channels.filter(({ draining }) => draining !== true);
  const wanted = open.filter((channel) => channelId === undefined || channel.channelId === channelId);
  if (channelId !== undefined && wanted.length === 0) {
    const ids = open.map((channel) => channel.channelId);
    throw invalid([`channelId must be one of ${ids.join(", ")}, received "${channelId}".`]);
  }
  const problems = wanted.map((channel) => planOf(channel, request, setsInputs).problem);
  if (wanted.length > 0 && problems.every((problem) => problem !== undefined)) {
    const protocols = ingestEndpoints.map(({ protocol }) => protocol).join(", ");
    throw invalid([
      `ingestEndpoints must be such as ${channelId === undefined ? "an encoder channel" : "the channel"} can take, received ${protocols}.`,
      ...wanted.map((channel, index) => `${describeInputs(channel)}: ${problems[index]}.`),
    ]);
  }
  const usable = new Set(wanted.filter((_, index) => problems[index] === undefined));
  // A draining channel may be the attempt's own already.
  const mayBeOwn = ({ draining }: Channel) => channelId === undefined && draining === true;
  return channels.filter((channel) => usable.has(channel) || mayBeOwn(channel));
}

/**
 * @returns which input of the leased channel takes which endpoint.
 * @throws {Error} `ProvisionRequestInvalid` where a deployment has changed the inputs of a channel that the attempt has already.
 */
function planFor(channel: Channel, request: CreateStreamWorkflowRequest, setsInputs: boolean) {
  const plan = planOf(channel, request, setsInputs);
  if (plan.problem === undefined) return plan;
  throw invalid([`${describeInputs(channel)}: ${plan.problem}.`]);
}

function planOf(channel: Channel, { ingestEndpoints }: CreateStreamWorkflowRequest, setsInputs: boolean) {
  return planInputs(channel, ingestEndpoints, setsInputs);
}

function describeInputs({ channelId, inputs = [] }: Channel): string {
  const types = inputs.map(({ type }) => `${type} (${inputTypes[type].protocol})`);
  return `Channel ${channelId} has ${types.join(", ")}`;
}

/** The pool, and the playback settings of an attempt that gets a channel of it. */
interface Pool {
  readonly channels: readonly Channel[];
  readonly settingsOf: (channelId: string) => AttemptSettings | null;
}

/**
 * A definition of the release before sends its pool, which was the deployment's a moment ago. After a scheduled start it is one of months
 * ago.
 */
async function readPool(
  deps: LeaseTable,
  { channels, held }: ValidateProvisionRequestEvent,
  isPrevious: boolean,
): Promise<Pool> {
  if (isPrevious && !held) return { channels: channels ?? [], settingsOf: () => null };
  const deployed = await readDeploymentSettings(deps);
  return {
    channels: deployed.channels,
    settingsOf: (id) => {
      const { origin = {} } = deployed.channels.find(({ channelId }) => channelId === id) ?? {};
      return { ...deployed.attempt, origin };
    },
  };
}

/** @returns the attempt before this execution's, which may have stored its own already. */
async function attemptBefore(
  deps: AttemptTable,
  execution: Execution,
  latest: Attempt | undefined,
): Promise<Attempt | undefined> {
  if (latest?.executionArn !== execution.id) return latest;
  return latest.attempt > 1 ? readAttempt(deps, latest.streamId, latest.attempt - 1) : undefined;
}

function refuseOtherAttempt(
  streamId: string,
  execution: Execution,
  latest: Attempt | undefined,
  held: boolean,
): void {
  const own = latest?.executionArn === execution.id;
  const active = latest !== undefined && !hasEnded(latest.status);
  // A new number would make another attempt of one that was cancelled in the moment in which its wait ended.
  if (held && !(own && active)) {
    throw namedError(streamCancelled, `Stream '${streamId}' was cancelled while its start was held.`);
  }
  if (active && !own) {
    throw namedError(
      workflowError("StreamAlreadyActive"),
      `Stream '${streamId}' is ${latest.status} in attempt ${latest.attempt} (${latest.executionArn}). A stream has one active attempt: wait until that one is FAILED or COMPLETE.`,
    );
  }
}

/** @returns when a stream gets its channel, RFC 3339; null for now. */
function scheduledStart(
  { startTime }: CreateStreamWorkflowRequest,
  leadTimeMinutes: number | null,
  now: Date,
): string | null {
  if (leadTimeMinutes === null) return null;
  const end = new Date(Date.parse(startTime) - leadTimeMinutes * 60_000);
  return end > now ? end.toISOString() : null;
}

/** A body that `POST /streams` takes is longer in its normal form by the milliseconds of its start time, at most. */
const maxNormalBytes = largestRequestBytes + ".000".length;

/** @param scheduledFrom the time from which the start may be scheduled; undefined where it may not be. */
function validate(input: unknown, scheduledFrom: Date | undefined): CreateStreamWorkflowRequest {
  const checked = check(createStreamWorkflowRequestSchema, requestOfInput(input));
  if (!checked.ok) throw invalid(checked.issues);
  const request = normalizeRequest(checked.value);
  const { startTime } = request;
  const issues: string[] = [];
  if (scheduledFrom && Date.parse(startTime) - scheduledFrom.getTime() > maxScheduledDays * 86_400_000) {
    issues.push(`startTime must be within ${maxScheduledDays} days, received "${startTime}".`);
  }
  // Of a valid request only: JSON.stringify cannot follow all the levels that JSON.parse can read.
  const bytes = Buffer.byteLength(JSON.stringify(request));
  if (bytes > maxNormalBytes) {
    issues.push(`body must have at most ${largestRequestBytes} bytes, received ${bytes}.`);
  }
  if (issues.length > 0) throw invalid(issues);
  return request;
}

/** A message becomes a part of the workflow's state, which holds 256 KiB. */
const maxMessage = 8_192;

function invalid(issues: string[]): Error {
  return namedError(workflowError("ProvisionRequestInvalid"), shorten(issues.join(" "), maxMessage));
}

export const handler = lambda("validate-provision-request", (log, environment) =>
  createValidateProvisionRequest({
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    teardownStateMachineArn: environment.TEARDOWN_STATE_MACHINE_ARN,
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    now: () => new Date(),
    wait,
    log,
  }),
);
