import { type CallPlace, isWrite } from "../sites";
import type { Trouble } from "./trouble";

/** Longer than any cleanup takes, and shorter than the time until the second sweep. */
const lateMinutes = 3;

/** MediaLive states no limit for a start: contracts/internal/timeouts.ts expects one within half an hour. */
const lateStartMinutes = 25;

/**
 * A call that was sent, and takes effect when its caller does not wait for it any more: its connection was lost and the caller made another
 * call, or the caller died.
 */
export function lateTroubles(place: CallPlace): Trouble[] {
  const { caller, callerKind, service, action, nth } = place;
  if (callerKind === "service" || !isWrite(place)) return [];
  const site = { service, action, caller, nth };
  const late = (minutes: number) => ({ ...site, seconds: minutes * 60 });
  const retried: Trouble = {
    name: `answer lost, effect ${lateMinutes} minutes late`,
    dimension: "late",
    passes: true,
    landsWithinMinutes: lateMinutes,
    put: (faults) => faults.late(late(lateMinutes)),
  };
  if (callerKind === "function") {
    const killed: Trouble = {
      ...retried,
      name: `killed, effect ${lateMinutes} minutes late`,
      put: (faults) => faults.late({ ...late(lateMinutes), kills: true }),
    };
    return [retried, killed];
  }
  const minutes = action === "StartChannel" ? lateStartMinutes : lateMinutes;
  const stopped: Trouble = {
    ...retried,
    name: `execution stopped, effect ${minutes} minutes late`,
    passes: false,
    landsWithinMinutes: minutes,
    put(faults, { world }) {
      faults.meanwhile(site, () => world.stopExecutions(caller));
      faults.late(late(minutes));
    },
  };
  return [retried, stopped];
}
