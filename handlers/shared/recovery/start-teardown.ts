import {
  type Attempt,
  type Lease,
  type TeardownInput,
  teardownTimeoutSeconds,
} from "../../../contracts/internal";
import { type SFNClient, StartExecutionCommand } from "../aws/step-functions";
import type { Log } from "../runtime/lambda";

/** The workflow that cleans up an attempt which has ended. */
export interface TeardownMachine {
  sfn: SFNClient;
  teardownStateMachineArn: string;
  log: Log;
}

/** @returns whether StreamTeardown works on an attempt at this moment. */
export function isTornDown({ teardown }: Attempt, now: Date): boolean {
  return (
    teardown?.status === "RUNNING" &&
    now.getTime() - Date.parse(teardown.startedAt) < teardownTimeoutSeconds * 1000
  );
}

/** A channel or a distribution that refused a moment ago refuses again. */
const pauseMilliseconds = 600_000;

/** @returns whether a teardown of an attempt failed within the last ten minutes. */
export function failedLately({ teardown }: Attempt, now: Date): boolean {
  return (
    teardown?.status === "INCOMPLETE" &&
    now.getTime() - Date.parse(teardown.endedAt ?? teardown.startedAt) < pauseMilliseconds
  );
}

/**
 * @returns whether an attempt has claimed another channel than the one leased to it, so that its execution has started
 * nothing on that: StreamTeardown would clean up the claimed one, and leave this lease.
 */
export function isUnclaimed({ channelId }: Attempt, lease: Lease): boolean {
  return channelId !== undefined && channelId !== lease.channelId;
}

/**
 * Starts StreamTeardown on an attempt. It may be started more than once: only one run at a time goes to work, and it finds
 * out what there is to clean up.
 *
 * @param lease the attempt's: the item names its channel only once that was claimed.
 * @param overdue has it end a stream that is READY or LIVE first.
 */
export async function startTeardown(
  { sfn, teardownStateMachineArn, log }: TeardownMachine,
  { streamId, attempt }: Attempt,
  { channelId }: Pick<Lease, "channelId">,
  reason: string,
  { overdue, planned }: Pick<TeardownInput, "overdue" | "planned"> = {},
): Promise<void> {
  const input: TeardownInput = {
    streamId,
    attempt,
    channelId,
    ...(overdue && { overdue }),
    ...(planned && { planned }),
    reason,
  };
  await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: teardownStateMachineArn,
      input: JSON.stringify(input),
    }),
  );
  log.info("StreamTeardown was started.", { streamId, attempt, channelId, overdue });
}
