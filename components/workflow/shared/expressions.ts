import type { StreamLifecycleProgressedDetail, StreamProvisionRequestedDetail } from "../../../contracts";
import {
  type Execution,
  entryRecordId,
  type Lease,
  type leaseKeyName,
  maxWaitForLockSeconds,
  maxWaitToStartSeconds,
  maxWaitToStopSeconds,
  type Payload,
  payloadVersion,
  startRecordId,
} from "../../../contracts/internal";
import type { Template } from "./asl";
import { type Expression, jsonata, objectText, type Sent, type SentItem } from "./jsonata";
import type { CleanupProvision, EventSettings } from "./settings";

/** What several states have in common: limits, and parts of their arguments. */

/** The time between two tries at a channel that cannot be started or stopped yet. */
export const channelWaitSeconds = 10;
/** How often a start is tried again on a channel that is still stopping. */
export const maxStartTries = maxWaitToStartSeconds / channelWaitSeconds;
/** The time before the next try of a stop: short at first, for a channel that is nearly up. */
export const stopWaitSeconds = jsonata(`$min([2 + $channelTries * 2, ${channelWaitSeconds}])`);
/** How often a stop is tried again on a channel that is still starting; the first four waits are 20 seconds shorter in all. */
export const maxStopTries = (maxWaitToStopSeconds + 20) / channelWaitSeconds;

/** How often a stale ETag goes back to the read. Each try lasts a second or two and waits up to ten. */
export const maxPlaybackTries = 30;

/** An AWS API answers within seconds; a minute covers its own retries. */
export const callTimeoutSeconds = 60;
/** A little longer than the Lambdas' own timeout, so that theirs is the one that is seen. */
export const lambdaTimeoutSeconds = 70;

/** CloudFront's answers to an update whose configuration is not the current one any more. */
export const staleETag = [
  "CloudFront.PreconditionFailedException",
  "CloudFront.InvalidIfMatchVersionException",
];

/** More writers, longer waits: one to as many seconds as there were tries, and no more than ten: some five on average. */
export const jitteredSeconds = jsonata("1 + $floor($random() * $min([$playbackTries + $turnTries, 9]))");

/**
 * How often an execution asks for the lock on the distribution before it goes on without the lock. The lock keeps writers
 * apart; the ETag, not the lock, prevents lost updates.
 */
export const maxLockTries = maxWaitForLockSeconds / 5;

/** The states of a channel that encodes, or is about to. */
export const channelIsUp = '["STARTING", "RUNNING", "RECOVERING"]';

/**
 * The states of a channel that does not encode, nor will by itself. MediaLive updates a channel only while it is idle.
 * Which of them answer StopChannel with a conflict is not documented.
 */
export const channelIsDown =
  '["IDLE", "STOPPING", "CREATING", "CREATE_FAILED", "UPDATING", "UPDATE_FAILED", "DELETING", "DELETED"]';

/** The states of a channel that cannot be started now, and can soon. */
export const channelStartsLater = '["IDLE", "STOPPING", "CREATING", "UPDATING"]';

export const enteredTime = jsonata("$states.context.State.EnteredTime");
export const executionId = jsonata("$states.context.Execution.Id");

/** The distribution of the attempt: the one that was current when it got its channel. */
export const attemptDistributionId = jsonata("$provision.settings.distributionId");

/**
 * How often the execution was redriven. A redriven execution goes on in the very state in which it was stopped, days later maybe,
 * and without the states before it; this number is how that state can tell. The context object has it
 * (https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html).
 */
export const redrives =
  "($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)";

/**
 * @param value of an argument, in JSONata.
 * @param why what the state before, which sets `$confirmedRedrives` to `redrives`, has to do again.
 * @returns the argument, which fails with `States.QueryEvaluationError` where the execution was redriven since that state.
 */
export function unlessRedriven(value: string, why: string): Expression {
  return jsonata<string>(textUnlessRedriven(value, why));
}

/** @returns the same as a part of an expression. */
export function textUnlessRedriven(value: string, why: string): string {
  return `${redrives} = $confirmedRedrives ? ${value} : $error("The execution was redriven: ${why}.")`;
}

/** The variable `$provision` of an execution whose input is `{ streamId, attempt, channelId }`. */
export const provisionOfInput = jsonata(
  objectText<CleanupProvision>({
    request: '{ "streamId": $states.input.streamId }',
    attempt: "$states.input.attempt",
    channel: '{ "channelId": $states.input.channelId }',
  }),
);

/** The channel that the attempt has leased. */
export const leasedChannel = { ChannelId: jsonata("$provision.channel.channelId") };

/** The key of an item of the leases table. */
export type LeaseKey = SentItem<Pick<Lease, typeof leaseKeyName>>;

/** The key of the lease on the attempt's channel. */
export const leaseKey = { channelId: { S: jsonata("$provision.channel.channelId") } } satisfies LeaseKey;

/** The key of the record of a channel's start. */
export function startRecordKey(channelId: string) {
  return { channelId: { S: jsonata(`"${startRecordId("")}" & ${channelId}`) } } satisfies LeaseKey;
}

/** The key of the record of an attempt's playback entry. */
export function entryRecordKey(originId: string) {
  return { channelId: { S: jsonata(`"${entryRecordId("")}" & ${originId}`) } } satisfies LeaseKey;
}

/** A service is free to send an error without a cause, and an undefined expression would be an error of its own. */
export const causeOfError = '($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "")';

/** The execution, as the functions are told of it. */
export const execution = {
  id: executionId,
  name: jsonata("$states.context.Execution.Name"),
  startTime: jsonata("$states.context.Execution.StartTime"),
} satisfies Sent<Execution>;

/** The arguments of an invocation, whose payload has the members that the function takes, and today's version. */
export function invocation<Event extends Payload>(
  functionArn: string,
  payload: Sent<Omit<Event, keyof Payload>>,
): Template {
  return { FunctionName: functionArn, Payload: { version: payloadVersion, ...(payload as object) } };
}

/** The members that a contract names, without the index signature of an open object. */
export type Named<Value> = {
  [Member in keyof Value as string extends Member ? never : Member]: Value[Member];
};

/** The details of the events, by detail type. */
interface Details {
  StreamProvisionRequested: Named<StreamProvisionRequestedDetail>;
  StreamLifecycleProgressed: Named<StreamLifecycleProgressedDetail>;
}

/** An entry of PutEvents, in JSONata, of the detail in JSONata. */
export function eventText(settings: EventSettings, detailType: keyof Details, detail: string): string {
  const known = { Source: settings.eventSource, DetailType: detailType, EventBusName: settings.eventBusName };
  return `$merge([${JSON.stringify(known)}, { "Detail": ${detail} }])`;
}

/** An entry of PutEvents. */
export function event<DetailType extends keyof Details>(
  settings: EventSettings,
  detailType: DetailType,
  detail: Sent<Details[DetailType]>,
): Template {
  return {
    Source: settings.eventSource,
    DetailType: detailType,
    Detail: detail as Template,
    EventBusName: settings.eventBusName,
  };
}
