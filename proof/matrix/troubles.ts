import type { Faults } from "../../local/faults/faults";
import type { CallPlace, DeliveryPlace, Place } from "./sites";
import type { Story } from "./story";

/** What may be otherwise than without any trouble. */
export interface Circumstances {
  /**
   * Whether all that is wrong is over before anybody has to do something about it. Then it may not change how a journey ends; what
   * stays may make an attempt fail, which then is announced and undone.
   */
  readonly passes: boolean;
  /** Whether events may end up in a dead-letter queue. @default false */
  readonly leavesLetters?: boolean | undefined;
  /** Whether the dead-letter queue is out of reach. @default false */
  readonly losesLetters?: boolean | undefined;
  /** Whether an event may not be handed over before the workflow has waited long enough. @default false */
  readonly withholds?: boolean | undefined;
}

/** Something that goes wrong at one place of a journey. */
export interface Trouble extends Circumstances {
  readonly name: string;
  put(faults: Faults, story: Story): void;
}

const denied = { code: "AccessDeniedException", message: "No policy allows it.", statusCode: 400 };

/** @returns everything that can go wrong at a place. */
export function troublesAt(place: Place): Trouble[] {
  return place.kind === "call" ? callTroubles(place) : deliveryTroubles(place);
}

function callTroubles(place: CallPlace): Trouble[] {
  const { caller, callerKind, service, action, nth } = place;
  const site = { service, action, caller, nth };
  const forGood = { ...site, times: Infinity };
  /** Lambda gives an event up after three tries, and puts it into the dead-letter queue. */
  const losesLetters = service === "SQS";
  const stays = { passes: false, leavesLetters: true, losesLetters };
  const passes = { passes: true, losesLetters };
  return [
    { name: "throttled once", ...passes, put: (faults) => faults.fail({ ...site, error: "throttle" }) },
    { name: "throttled for good", ...stays, put: (faults) => faults.fail({ ...forGood, error: "throttle" }) },
    { name: "5xx once", ...passes, put: (faults) => faults.fail(site) },
    { name: "5xx for good", ...stays, put: (faults) => faults.fail(forGood) },
    { name: "answer lost once", ...passes, put: (faults) => faults.fail({ ...site, when: "after" }) },
    { name: "denied for good", ...stays, put: (faults) => faults.fail({ ...forGood, error: denied }) },
    ...(action === "PutEvents" ? entryTroubles(place) : []),
    ...(callerKind === "function" ? kills(place) : []),
    ...(callerKind === "state-machine" ? [stop(place)] : []),
    ...(callerKind === "service" ? [] : [sweepMeanwhile(place)]),
  ];
}

function entryTroubles({ caller, nth }: CallPlace): Trouble[] {
  return [
    { name: "entries lost once", passes: true, put: (faults) => faults.loseEntries({ caller, nth }) },
    {
      name: "entries lost for good",
      passes: false,
      leavesLetters: true,
      put: (faults) => faults.loseEntries({ caller, nth, times: Infinity }),
    },
  ];
}

function kills({ caller, service, action, nth }: CallPlace): Trouble[] {
  return (["before", "after"] as const).map((when) => ({
    name: `killed ${when}`,
    passes: true,
    put: (faults) => faults.kill({ function: caller, at: { service, action, nth }, when }),
  }));
}

/** An operator who stops the execution is as good as one that dies: nothing of it runs any more. */
function stop({ caller, service, action, nth }: CallPlace): Trouble {
  return {
    name: "execution stopped",
    passes: false,
    put: (faults, { world }) =>
      faults.meanwhile({ service, action, caller, nth, when: "after" }, () => world.stopExecutions(caller)),
  };
}

/** A sweep that looks around in the very middle of it has to keep its hands off. */
function sweepMeanwhile({ caller, service, action, nth }: CallPlace): Trouble {
  return {
    name: "swept meanwhile",
    passes: true,
    put: (faults, { world }) =>
      faults.meanwhile({ service, action, caller, nth, when: "after" }, () => world.local.streams.sweep()),
  };
}

function deliveryTroubles({ target, detailType, nth, hasNext }: DeliveryPlace): Trouble[] {
  const site = { target, nth, ...(detailType !== undefined && { detailType }) };
  const passes = { passes: true };
  return [
    { name: "a minute late", ...passes, put: (faults) => faults.delay({ ...site, seconds: 60 }) },
    {
      name: "20 minutes late",
      ...passes,
      withholds: true,
      put: (faults) => faults.delay({ ...site, seconds: 20 * 60 }),
    },
    { name: "twice", ...passes, put: (faults) => faults.duplicate(site) },
    ...(hasNext ? [{ name: "overtaken", ...passes, put: (faults: Faults) => faults.reorder(site) }] : []),
    { name: "refused three times", ...passes, put: (faults) => faults.refuse({ ...site, times: 3 }) },
    {
      name: "refused for good",
      passes: true,
      leavesLetters: true,
      withholds: true,
      put: (faults) => faults.refuse({ ...site, forGood: true }),
    },
  ];
}
