import type { CallPlace } from "../sites";
import type { Trouble } from "./trouble";

/** Who makes a call, and dies or is stopped at it. */
export function stopTroubles(place: CallPlace): Trouble[] {
  const { callerKind } = place;
  return [
    ...(callerKind === "function" ? kills(place) : []),
    ...(callerKind === "state-machine" ? [stopAfter(place), stopBefore(place)] : []),
    ...(callerKind === "service" ? [] : [sweepMeanwhile(place)]),
  ];
}

function kills({ caller, service, action, nth }: CallPlace): Trouble[] {
  return (["before", "after"] as const).map((when) => ({
    name: `killed ${when}`,
    dimension: "kill",
    passes: true,
    put: (faults) => faults.kill({ function: caller, at: { service, action, nth }, when }),
  }));
}

/** An operator who stops the execution is as good as one that dies: nothing of it runs any more. */
function stopAfter({ caller, service, action, nth }: CallPlace): Trouble {
  return {
    name: "execution stopped",
    dimension: "stop",
    passes: false,
    put: (faults, { world }) =>
      faults.meanwhile({ service, action, caller, nth, when: "after" }, () => world.stopExecutions(caller)),
  };
}

/** The call is never made: its state was entered, and nothing came of it. */
function stopBefore({ caller, service, action, nth }: CallPlace): Trouble {
  const site = { service, action, caller, nth };
  return {
    name: "execution stopped before",
    dimension: "stopBefore",
    passes: false,
    put(faults, { world }) {
      faults.meanwhile(site, () => world.stopExecutions(caller));
      // Behind the stop: the call does not take effect, and the execution is not there to see its error.
      faults.fail(site);
    },
  };
}

/** A sweep that looks around in the very middle of it has to keep its hands off. */
function sweepMeanwhile({ caller, service, action, nth }: CallPlace): Trouble {
  return {
    name: "swept meanwhile",
    dimension: "sweep",
    passes: true,
    put: (faults, { world }) =>
      faults.meanwhile({ service, action, caller, nth, when: "after" }, () => world.local.streams.sweep()),
  };
}
