/** Which of the calls or deliveries that match are meant. */
export interface Turns {
  /** The first that is meant, counted from when the fault was set up. @default 1 */
  readonly nth?: number;
  /** How many are meant from there on; `Infinity` for all. @default 1 */
  readonly times?: number;
}

/**
 * Counts matches.
 *
 * @returns a function that takes note of a match, and says whether it is meant.
 * @throws {RangeError} when `nth` or `times` is no count from 1.
 */
export function countTurns({ nth = 1, times = 1 }: Turns): () => boolean {
  for (const [name, value] of Object.entries({ nth, times })) {
    if (value >= 1 && (Number.isInteger(value) || (name === "times" && value === Infinity))) continue;
    throw new RangeError(`\`${name}\` of a fault must be a whole number from 1, received ${value}.`);
  }
  let seen = 0;
  return () => {
    seen += 1;
    return seen >= nth && seen < nth + times;
  };
}
