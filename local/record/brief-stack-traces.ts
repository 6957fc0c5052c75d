/**
 * Runs something with stack traces of one line each, which is not mapped to its source. Pulumi takes a stack trace for each promise that it
 * makes and reads it at once; whole and mapped traces took a quarter of a recording.
 */
export async function withBriefStackTraces<T>(run: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  const { sourceMapsEnabled } = process;
  Error.stackTraceLimit = 1;
  process.setSourceMapsEnabled(false);
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    process.setSourceMapsEnabled(sourceMapsEnabled);
  }
}
