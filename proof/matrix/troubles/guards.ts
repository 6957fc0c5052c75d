import type { Faults } from "../../../local/faults/faults";
import { against, type Finding } from "../guarantees";
import type { Journey } from "../journeys";
import { type CallPlace, isWrite } from "../sites";
import { Story } from "../story";
import type { Trouble } from "./trouble";

/** What ends streams that nobody else ends, and the state machine that dies with it. */
const guards: { readonly [caller: string]: string | undefined } = {
  "streams-StreamSweep": "streams-StreamSweep",
  "streams-sweep-streams": "streams-StreamSweep",
  "streams-StreamTeardown": "streams-StreamTeardown",
  "streams-recover-execution": undefined,
};

/** A guard runs again within ten minutes: this is well before. */
const requestAfterSeconds = 30;

/** How soon a request has its channel, though a guard died. */
const maxWaitMinutes = 5;

/**
 * A guard that dies for good right after it has written something, and a request that comes before its next run. A read leaves nothing
 * behind, so that a death after it shows nothing that a death after the write before does not.
 */
export function guardTroubles(place: CallPlace, { config }: Journey): Trouble[] {
  if (!(place.caller in guards) || !isWrite(place)) return [];
  const isOneChannel = config?.channelIds !== undefined && !config.channelIds.includes(",");
  return [
    guardTrouble(place, "the stream requested", ({ streamId }) => streamId),
    // A second stream has no channel to get where there is only one.
    ...(isOneChannel
      ? []
      : [guardTrouble(place, "another stream requested", ({ streamId }) => `${streamId}-other`)]),
  ];
}

function guardTrouble(place: CallPlace, what: string, streamOf: (story: Story) => string): Trouble {
  const { caller, callerKind, service, action, nth } = place;
  const machine = guards[caller];
  const site = { service, action, nth };
  return {
    name: `guard died, ${what}`,
    dimension: "guard",
    passes: false,
    leavesLetters: true,
    put(faults: Faults, story) {
      const { world } = story;
      // Lambda tries an event three times: each of them dies.
      if (callerKind === "function") {
        faults.kill({ function: caller, at: { ...site, times: Infinity }, when: "after" });
      }
      faults.meanwhile({ ...site, caller, when: "after" }, async () => {
        if (machine !== undefined) await world.stopExecutions(machine);
        void story.requestLater(streamOf(story), requestAfterSeconds);
      });
    },
    afterwards: (story) => checkLaterRequest(story, streamOf(story)),
  };
}

/** A request that came after the guard's death has started something: it gets its channel, and the stream becomes READY. */
async function checkLaterRequest(story: Story, streamId: string): Promise<Finding[]> {
  const { world } = story;
  const { clock, executions } = world.local;
  if (story.laterRequestAt === undefined) await clock.advance({ seconds: requestAfterSeconds + 1 });
  const requestedAt = story.laterRequestAt;
  if (requestedAt === undefined) return against("stuck", ["The guard did not die."]);
  const later = new Story(world, streamId);
  const started = later.executions().at(-1);
  // The attempt that there was is still under way, or up: to request it again changes nothing.
  if (!started || started.startedAt.getTime() < requestedAt) return [];
  await later.untilWaiting();
  const { states = [], status, error } = executions.get(started.arn) ?? {};
  const since = states.find(({ name }) => name === "AwaitLifecycleConfirmation")?.enteredAt;
  const minutes = ((since?.getTime() ?? Number.POSITIVE_INFINITY) - requestedAt) / 60_000;
  const title = `${streamId}, requested after the guard had died,`;
  if (status !== "RUNNING" || minutes > maxWaitMinutes) {
    return against("stuck", [
      `${title} had its channel after ${minutes.toFixed(1)} minutes: ${status} ${error ?? ""}`,
    ]);
  }
  await later.put("READY");
  await later.untilEnded();
  const end = (await later.attempts()).at(-1)?.status;
  return against("stuck", end === "READY" ? [] : [`${title} was confirmed READY, and is ${end}.`]);
}
