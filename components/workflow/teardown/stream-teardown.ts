import { teardownTimeoutSeconds } from "../../../contracts/internal";
import { fail, type StateMachineDefinition, succeed } from "../shared/asl";
import { cleanupStates } from "../shared/cleanup-states";
import { jsonata } from "../shared/jsonata";
import { removalStates, withoutStates } from "../shared/without-states";
import { endStates } from "./end-states";
import { entryOfAttempt, findStates } from "./find-states";
import { graceStates } from "./grace-states";
import { inputStates } from "./input-states";
import { overdueStates } from "./overdue-states";
import type { TeardownSettings, TeardownState } from "./settings";

/**
 * Builds the definition of `StreamTeardown`, which cleans up an attempt that has ended and whose own workflow does not: after
 * READY, and after an execution that died. It takes the playback entry out, stops the channel if the attempt started it,
 * and gives the lease back; what could not be cleaned up stands on the item, and StreamSweep tries again.
 *
 * Input: `{ streamId, attempt?, reason?, overdue?, planned?, channelId? }` from the schedule, the sweep and the recovery. `overdue` first ends a
 * stream that is READY or LIVE, and `planned` tells on-call nothing of that; `channelId` tells the channel where the item does not. Or `{ event: { streamId, attempt } }` from the rule,
 * which is all that is taken from a StreamLifecycleProgressed event.
 *
 * With `graceMinutes`, the execution first waits after COMPLETE. A Wait costs nothing while it lasts, and needs no permission to make
 * and delete schedules; an execution that dies in it is replaced by StreamSweep, since the end of the wait stands on the item.
 *
 * It may be started any number of times: it acts only on an attempt that has ended, whose workflow has, too,
 * and which holds its lease.
 */
export function streamTeardown(settings: TeardownSettings): StateMachineDefinition<TeardownState> {
  const cleanup = cleanupStates(
    settings,
    entryOfAttempt(settings),
    jsonata("$attempt.executionArn"),
    `$provision.channel.channelId in ${JSON.stringify(settings.channels.map(({ channelId }) => channelId))}`,
    "DeleteLiveLimit",
  );
  const definition: StateMachineDefinition<TeardownState> = {
    Comment: "StreamTeardown: leaves nothing running of a stream that has ended.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: teardownTimeoutSeconds + settings.graceMinutes * 60,
    StartAt: "CheckInput",
    States: {
      ...inputStates(),
      ...findStates(settings),
      ...overdueStates(settings),
      // Step Functions refuses a state that nothing leads to.
      ...(settings.graceMinutes > 0 && graceStates(settings)),
      ...cleanup,
      ...endStates(settings),
      NothingToTearDown: succeed({ Output: { teardown: "NONE" } }),
      TeardownFailed: fail({
        Error: "TeardownIncomplete",
        Cause: jsonata('$substring($join($append($leftovers, $abandoned), " "), 0, 32768)'),
      }),
    } as StateMachineDefinition<TeardownState>["States"],
  };
  return settings.playback.update === "stream"
    ? definition
    : withoutStates(definition, [{ states: removalStates(cleanup), next: "ConfirmLease" }]);
}
