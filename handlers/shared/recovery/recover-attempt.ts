import { hasEnded } from "../../../contracts";
import type { Attempt, AttemptLease, Lease, Recovery } from "../../../contracts/internal";
import { notifyOnCall } from "../events/notify-on-call";
import { streamCancelled } from "../runtime/errors";
import { Steps } from "../runtime/steps";
import { wasCancelled } from "../store/change-status";
import { giveBackLease, scanLeases } from "../store/leases";
import { streamOfName } from "../store/number-attempt";
import { republish } from "../store/publication";
import { inputOf, readStreamId } from "../store/read-request";
import type { EndedExecution } from "./ended-execution";
import { type RecoveredStatus, recoverStatus } from "./recover-status";
import type { Recoverer } from "./recoverer";
import { isTornDown, isUnclaimed, startTeardown } from "./start-teardown";

/**
 * Finishes what an execution of the orchestrator left: marks its attempt FAILED, announces that, has StreamTeardown clean
 * up, and notifies on-call. After an execution that brought its attempt to its end, nothing is left to do.
 * Each step is idempotent, and tried whatever became of the others.
 *
 * @throws {Error} `RecoveryIncomplete` when a step failed, with all errors: to be repeated.
 */
export async function recoverAttempt(deps: Recoverer, execution: EndedExecution): Promise<Recovery> {
  const { executionArn } = execution;
  const recovery: Recovery = { recovered: 0, republished: 0, tornDown: 0, returned: 0 };
  const steps = new Steps(deps.log);
  const leases = (await scanLeases(deps, executionArn)).filter(
    ({ purpose }) => purpose === undefined,
  ) as AttemptLease[];
  const streamId = readStreamId(inputOf(execution)) ?? streamOfName(execution.name) ?? leases[0]?.streamId;
  if (streamId === undefined) {
    deps.log.info("The execution was about no stream.", { executionArn });
    return recovery;
  }

  const status = await steps.take("The attempt is not marked FAILED.", () =>
    recoverStatus(deps, execution, streamId, leases),
  );
  if (status?.recovered) recovery.recovered += 1;
  const attempt = status?.attempt;
  if (attempt?.unpublishedSince !== undefined) {
    await steps.take("The attempt's status is not announced.", async () => {
      recovery.republished = await republish(deps, attempt);
    });
  }
  if (status) {
    await steps.take("What the execution holds is not undone.", async () => {
      for (const lease of leases) await release(deps, status, lease, recovery);
    });
  }
  if (attempt && isUntold(attempt)) {
    const tearsDown = status.wasPersisted && leases.some((lease) => !isUnclaimed(attempt, lease));
    await steps.take("On-call was not notified.", () => notify(deps, attempt, tearsDown));
  }
  steps.throwIfIncomplete("RecoveryIncomplete");
  return recovery;
}

/** A stream that is ready keeps its channel, whatever became of the execution after it. */
async function release(
  deps: Recoverer,
  { attempt, wasPersisted }: RecoveredStatus,
  lease: Lease,
  recovery: Recovery,
): Promise<void> {
  if (!wasPersisted || (attempt && isUnclaimed(attempt, lease))) {
    // The item is written, with its channel, before that is started: nothing was.
    if (await giveBackLease(deps, lease.channelId, lease.leasedBy)) recovery.returned += 1;
  } else if (attempt && hasEnded(attempt.status) && !isTornDown(attempt, deps.now())) {
    await startTeardown(deps, attempt, lease, "The workflow has ended, and its channel is still leased.");
    recovery.tornDown += 1;
  }
}

/** On-call was told of a failure that was handled, and is not paged for a requested cancellation. */
function isUntold(attempt: Attempt): boolean {
  const { status, failure, notified } = attempt;
  return (
    status === "FAILED" &&
    failure !== undefined &&
    failure.error !== streamCancelled &&
    !wasCancelled(attempt) &&
    notified === undefined
  );
}

function notify(deps: Recoverer, attempt: Attempt, tearsDown: boolean): Promise<boolean> {
  const { streamId, executionArn, failure } = attempt;
  return notifyOnCall(deps, {
    streamId,
    attempt: attempt.attempt,
    executionArn,
    failure: failure ?? { state: "unknown", error: "unknown", cause: "" },
    done: [`Attempt ${attempt.attempt} is marked FAILED.`],
    left: [],
    errors: [],
    ...(tearsDown && {
      next: "StreamTeardown takes the playback entry out, stops the channel that this attempt started and gives the lease back. An alarm tells where it could not.",
    }),
  });
}
