import type { StreamLifecycleProgressedDetail, StreamProvisionRequestedDetail } from "../../../contracts";
import type { Execution, Lease, leaseKeyName, Payload } from "../../../contracts/internal";
import type { Template } from "./asl";
import { jsonata, type Sent, type SentItem } from "./jsonata";
import type { EventSettings } from "./settings";

/** What several states have in common: limits, and parts of their arguments. */

/** How often a start is tried again on a channel that is still stopping: five minutes in all. */
export const maxChannelTries = 30;
export const channelWaitSeconds = 10;

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

/**
 * How often an execution asks for the lock on the distribution before it goes on without the lock: some ten minutes. The
 * lock keeps writers apart; the ETag, not the lock, prevents lost updates.
 */
export const maxLockTries = 120;

/** More writers, longer waits: one to as many seconds as there were tries, and no more than ten. */
export const jitteredSeconds = jsonata("1 + $floor($random() * $min([$playbackTries + $turnTries, 9]))");

/** The states of a channel that encodes, or is about to. */
export const channelIsUp = '["STARTING", "RUNNING", "RECOVERING"]';

export const enteredTime = jsonata("$states.context.State.EnteredTime");
export const executionId = jsonata("$states.context.Execution.Id");

/** The channel that the attempt has leased. */
export const leasedChannel = { ChannelId: jsonata("$provision.channel.channelId") };

/** The key of an item of the leases table. */
export type LeaseKey = SentItem<Pick<Lease, typeof leaseKeyName>>;

/** The key of the lease on the attempt's channel. */
export const leaseKey = { channelId: { S: jsonata("$provision.channel.channelId") } } satisfies LeaseKey;

/** A service is free to send an error without a cause, and an undefined expression would be an error of its own. */
export const causeOfError = '($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "")';

/** The execution, as the functions are told of it. */
export const execution = {
  id: executionId,
  name: jsonata("$states.context.Execution.Name"),
  startTime: jsonata("$states.context.Execution.StartTime"),
} satisfies Sent<Execution>;

/** The arguments of an invocation, whose payload has the members that the function takes. */
export function invocation<Event extends Payload>(functionArn: string, payload: Sent<Event>): Template {
  return { FunctionName: functionArn, Payload: payload as Template };
}

/** The members that a contract names, without the index signature of an open object. */
type Named<Value> = { [Member in keyof Value as string extends Member ? never : Member]: Value[Member] };

/** The details of the events, by detail type. */
interface Details {
  StreamProvisionRequested: Named<StreamProvisionRequestedDetail>;
  StreamLifecycleProgressed: Named<StreamLifecycleProgressedDetail>;
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
