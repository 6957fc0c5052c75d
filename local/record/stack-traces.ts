interface Debuggable {
  debuggablePromise(promise: Promise<unknown>, context: unknown): Promise<unknown>;
}

interface State {
  /** The promises that have not settled. */
  getStore(): { readonly leakCandidates: Set<Promise<unknown>> };
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
  const { getStore } = load("@pulumi/pulumi/runtime/state") as State;
  const { debuggablePromise } = module;
  const { callsites } = Resource;
  // program-failures.ts and pending.ts need the label, the set of open promises and the error's promise, as Pulumi's own function leaves them. That one takes
  // a stack trace as well, and makes two promises.
  module.debuggablePromise = (promise, context) => {
    Reflect.defineProperty(promise, "_debugCtx", { writable: true, value: context });
    const { leakCandidates } = getStore();
    leakCandidates.add(promise);
    return promise.then(
      (value) => {
        leakCandidates.delete(promise);
        return value;
      },
      (reason: unknown) => {
        leakCandidates.delete(promise);
        const isObject = typeof reason === "object" && reason !== null;
        const error = isObject ? (reason as Error) : new Error(String(reason));
        throw Object.assign(error, { promise });
      },
    );
  };
  if (callsites) Resource.callsites = () => [];
  try {
    return await run();
  } finally {
    module.debuggablePromise = debuggablePromise;
    if (callsites) Resource.callsites = callsites;
  }
}
