import type { Faults } from "../../../local/faults/faults";
import type { Journey } from "../journeys/journey";
import { type CallPlace, isWrite } from "../sites";
import type { Story } from "../story";
import { checkLaterRequest } from "./later-request";
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

/**
 * A guard that dies for good right after it has written something, and a request that comes before its next run. A read leaves nothing
 * behind, so that a death after it shows nothing that a death after the write before does not.
 */
export function guardTroubles(
  place: CallPlace,
  { config, takesLastPlace = false }: Pick<Journey, "config" | "takesLastPlace">,
): Trouble[] {
  if (!(place.caller in guards) || !isWrite(place)) return [];
  const isOneChannel = config?.channelIds !== undefined && !config.channelIds.includes(",");
  // Its entry is in the distribution until it is removed.
  const hasLastPlace = takesLastPlace && place.site === ".AcquireRemovalTurn";
  return [
    guardTrouble(place, "the stream requested", ({ streamId }) => streamId),
    // A second stream has no channel to get where there is only one, and no place where the first one has the last.
    ...(isOneChannel || hasLastPlace
      ? []
      : [guardTrouble(place, "another stream requested", ({ streamId }) => `${streamId}-other`)]),
  ];
}

function guardTrouble(place: CallPlace, what: string, streamOf: (story: Story) => string): Trouble {
  const { caller, callerKind, service, action, nth } = place;
  const machine = guards[caller];
  const site = { service, action, nth };
  let hasDied = false;
  return {
    name: `guard died, ${what}`,
    dimension: "guard",
    passes: false,
    leavesLetters: true,
    put(faults: Faults, story) {
      const { world } = story;
      hasDied = false;
      // Lambda tries an event three times: each of them dies.
      if (callerKind === "function") {
        faults.kill({ function: caller, at: { ...site, times: Infinity }, when: "after" });
      }
      faults.meanwhile({ ...site, caller, when: "after" }, async () => {
        hasDied = true;
        if (machine !== undefined) await world.stopExecutions(machine);
        void story.requestLater(streamOf(story), requestAfterSeconds);
      });
    },
    async afterwards(story) {
      // The call was refused, such as that of a second teardown: it left nothing behind, as a read does.
      if (!hasDied) return [];
      const { clock } = story.world.local;
      if (story.laterRequestAt === undefined) await clock.advance({ seconds: requestAfterSeconds + 1 });
      return checkLaterRequest(story, streamOf(story), "requested after the guard had died");
    },
  };
}
