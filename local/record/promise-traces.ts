interface Debuggable {
  debuggablePromise(promise: Promise<unknown>, context: unknown): Promise<unknown>;
}

/**
 * Runs something without the stack traces that Pulumi takes for each promise it makes, for the case that the process ends before the promise: they
 * took a third of a recording. Errors of the program keep theirs.
 *
 * @param load loads the copy of Pulumi that makes the promises.
 */
export async function withoutPromiseTraces<T>(load: NodeJS.Require, run: () => Promise<T>): Promise<T> {
  const module = load("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const { debuggablePromise } = module;
  module.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  try {
    return await run();
  } finally {
    module.debuggablePromise = debuggablePromise;
  }
}
