/**
 * What AWS grants one expression: a second, a depth near 100, about 6.99 MB. The words are those of AWS, and of the bounds that
 * JSONata's authors publish. Source: Step Functions Developer Guide; floci-io/floci #2737, measured.
 */
export const limitMessages = {
  time: "Expression evaluation timeout: Check for infinite loop",
  depth:
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
  memory: "Expression evaluation memory limit exceeded: Check for excessive memory usage",
} as const;

/** `[1..873782]` is accepted and `[1..873783]` is not, of texts 2^22 characters and not 2^23. */
const mostBytes = 873_782 * 8;

/** @throws {Error} when a text of so many characters or a list of so many values is more than AWS holds. */
export function limitMemory(size: { characters: number } | { values: number }): number {
  const bytes = "characters" in size ? size.characters : size.values * 8;
  if (bytes > mostBytes) throw new Error(limitMessages.memory);
  return bytes;
}
