/**
 * Runs something without formatting the stack traces that Pulumi takes for each promise it makes and reads at once: formatted and mapped to
 * their sources, these took half of a recording. V8 formats a trace when it is first read, so that errors of the program, which are read
 * afterwards, have theirs mapped.
 *
 * @param maxFrames the length of every trace meanwhile; each frame costs time as well. Default: what it is.
 */
export async function withBriefStackTraces<T>(
  run: () => Promise<T>,
  maxFrames = Error.stackTraceLimit,
): Promise<T> {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = maxFrames;
  Error.prepareStackTrace = (error, frames) => {
    if (frames[0]?.getFunctionName() === "debuggablePromise") return String(error);
    return prepareStackTrace
      ? prepareStackTrace(error, frames)
      : [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  try {
    return await run();
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}
