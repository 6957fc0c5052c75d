/** Waits; replaced in tests. */
export type Wait = (milliseconds: number) => Promise<void>;

export const wait: Wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @returns a random share of a bound that doubles with each try, so that writers who met do not meet again. */
export function backoff(tries: number, firstMilliseconds: number): number {
  return Math.ceil(Math.random() * firstMilliseconds * 2 ** tries);
}
