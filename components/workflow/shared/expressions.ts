import { jsonata, type Template } from "./asl";
import type { EventSettings } from "./settings";

/** What several states have in common: limits, and parts of their arguments. */

/** How often a start is tried again on a channel that is still stopping: five minutes in all. */
export const channelTries = 30;
export const channelWaitSeconds = 10;

/** How often a stale ETag goes back to the read. Each try lasts a second or two and waits up to ten. */
export const playbackTries = 30;

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
 * How often the turn at the distribution is asked for before an execution goes on without one: some ten minutes. The turn
 * keeps writers apart; that none overwrites another's update is the ETag's affair.
 */
export const turnTries = 120;

/** More writers, longer waits: one to as many seconds as there were tries, and no more than ten. */
export const jitteredSeconds = jsonata("1 + $floor($random() * $min([$playbackTries + $turnTries, 9]))");

/** The states of a channel that encodes, or is about to. */
export const channelIsUp = '["STARTING", "RUNNING", "RECOVERING"]';

export const enteredTime = jsonata("$states.context.State.EnteredTime");
export const executionId = jsonata("$states.context.Execution.Id");

/** The key of the attempt's item. */
export const attemptKey = {
  streamId: { S: jsonata("$provision.request.streamId") },
  attempt: { N: jsonata("$string($provision.attempt)") },
};

/** The channel that the attempt has leased. */
export const leasedChannel = { ChannelId: jsonata("$provision.channel.channelId") };

/** A service is free to send an error without a cause, and an undefined expression would be an error of its own. */
export const causeOfError = '($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "")';

/** The execution, as the functions are told of it. */
export function execution(): Template {
  return {
    id: executionId,
    name: jsonata("$states.context.Execution.Name"),
    startTime: jsonata("$states.context.Execution.StartTime"),
  };
}

/** An entry of PutEvents. */
export function event(settings: EventSettings, detailType: string, detail: Template): Template {
  return {
    Source: settings.eventSource,
    DetailType: detailType,
    Detail: detail,
    EventBusName: settings.eventBusName,
  };
}

/** One entry of an item's history, as a list, so that it can be the first entry or be appended. */
export function historyEntry(status: string, reason?: string): Template {
  return {
    L: [
      {
        M: {
          status: { S: status },
          ...(reason !== undefined && { reason: { S: reason } }),
          at: { S: enteredTime },
          origin: { S: "orchestrator" },
        },
      },
    ],
  };
}

/**
 * The part of an update that takes an attempt to another status (`#status` is the attribute) at `:now`, with `:entry` in its
 * history. The mark says that nobody is known to have announced it yet.
 *
 * @param to the value that stands for the status.
 */
export function changeStatus(to: string): string {
  return `SET #status = ${to}, updatedAt = :now, history = list_append(history, :entry), unpublishedSince = if_not_exists(unpublishedSince, :now)`;
}
