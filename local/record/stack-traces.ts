interface Debuggable {
  debuggablePromise(promise: Promise<unknown>, context: unknown): Promise<unknown>;
}

interface Resource {
  /** Not in every release of Pulumi. */
  callsites?: () => readonly unknown[];
}

/**
 * Runs something without the stack traces that Pulumi takes by itself: for each promise it makes, for the case that the process ends before the promise,
 * and for each resource, to tell the engine where it was created. They took a third of a recording. Errors of the program keep theirs.
 *
 * @param load loads the copy of Pulumi that takes them.
 */
export async function withoutStackTraces<T>(load: NodeJS.Require, run: () => Promise<T>): Promise<T> {
  const module = load("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const { Resource } = load("@pulumi/pulumi/resource") as { Resource: Resource };
  const { debuggablePromise } = module;
  const { callsites } = Resource;
  module.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  if (callsites) Resource.callsites = () => [];
  try {
    return await run();
  } finally {
    module.debuggablePromise = debuggablePromise;
    if (callsites) Resource.callsites = callsites;
  }
}
