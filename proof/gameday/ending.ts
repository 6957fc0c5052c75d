/** How a situation ended, in the words in which it is reported. */
export interface Ending {
  /** What the callers of the API were answered, in order. */
  readonly saw: string;
  /** The status of each attempt, how its execution ended, and after how many minutes if it took any. */
  readonly ended: string;
  /** What of it is still there: channels, playback entries, leases, schedules, dead letters, executions, alarms that are on. */
  readonly left: string;
  /** What subscribers of the bus were told. */
  readonly told: string;
  /** How many messages about it on-call got. */
  readonly onCall: number;
  /** The alarms that went off, those that are over by now among them. */
  readonly alarms: string;
}

/** How a situation has to end. Where an effect may come twice, a pattern or the most messages say so. */
export interface Expectation extends Omit<Ending, "ended" | "told" | "onCall" | "alarms"> {
  readonly ended: string | RegExp;
  readonly told: string | RegExp;
  readonly alarms: string | RegExp;
  readonly onCall: number | { readonly least: number; readonly most: number };
}

/** @returns what of an ending is not as expected, in sentences. */
export function compare(ending: Ending, expected: Expectation): string[] {
  const wrong = (["saw", "ended", "left", "told", "alarms"] as const)
    .filter((member) => !fits(ending[member], expected[member]))
    .map((member) => `${member}: expected "${String(expected[member])}", received "${ending[member]}".`);
  const { onCall } = expected;
  const { least, most } = typeof onCall === "number" ? { least: onCall, most: onCall } : onCall;
  if (ending.onCall < least || ending.onCall > most) {
    wrong.push(`on-call: expected ${least} to ${most} messages, received ${ending.onCall}.`);
  }
  return wrong;
}

function fits(text: string, expected: string | RegExp): boolean {
  return typeof expected === "string" ? text === expected : expected.test(text);
}
