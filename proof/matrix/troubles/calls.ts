import type { Faults } from "../../../local/faults/faults";
import type { CallPlace } from "../sites";
import type { Trouble } from "./trouble";

const denied = { code: "AccessDeniedException", message: "No policy allows it.", statusCode: 400 };

/** What a call may come to. */
export function callTroubles(place: CallPlace): Trouble[] {
  const { caller, service, action, nth } = place;
  const site = { service, action, caller, nth };
  const forGood = { ...site, times: Infinity };
  /** Lambda gives an event up after three tries, and puts it into the dead-letter queue. */
  const losesLetters = service === "SQS";
  const stays = { dimension: "call", passes: false, leavesLetters: true, losesLetters } as const;
  const passes = { dimension: "call", passes: true, losesLetters } as const;
  // The caller tries again by itself, and no execution or function fails.
  const passesQuietly = { ...passes, isQuiet: true } as const;
  return [
    {
      name: "throttled once",
      ...passesQuietly,
      put: (faults) => faults.fail({ ...site, error: "throttle" }),
    },
    { name: "throttled for good", ...stays, put: (faults) => faults.fail({ ...forGood, error: "throttle" }) },
    { name: "5xx once", ...passesQuietly, put: (faults) => faults.fail(site) },
    { name: "5xx for good", ...stays, put: (faults) => faults.fail(forGood) },
    { name: "answer lost once", ...passes, put: (faults) => faults.fail({ ...site, when: "after" }) },
    { name: "denied for good", ...stays, put: (faults) => faults.fail({ ...forGood, error: denied }) },
    ...(action === "PutEvents" ? entryTroubles(place) : []),
  ];
}

function entryTroubles({ caller, nth }: CallPlace): Trouble[] {
  const lose = (times: number) => (faults: Faults) => faults.loseEntries({ caller, nth, times });
  return [
    { name: "entries lost once", dimension: "call", passes: true, put: lose(1) },
    {
      name: "entries lost for good",
      dimension: "call",
      passes: false,
      leavesLetters: true,
      put: lose(Infinity),
    },
  ];
}
