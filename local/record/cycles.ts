type Serialize = (label: string, properties: object, ...rest: unknown[]) => Promise<unknown>;

/** The functions by which Pulumi turns inputs and outputs into what crosses the wire. */
interface Serialization {
  serializeResourceProperties: Serialize;
  serializeProperties: Serialize;
  serializePropertiesReturnDeps: Serialize;
}

interface Debuggable {
  debuggablePromise(promise: Promise<unknown>, label: unknown): Promise<unknown>;
}

type Pulumi = typeof import("@pulumi/pulumi");

/**
 * Refuses an input or output that contains itself. Pulumi serializes such a value without an end, from promise to promise: no timer fires any more, and
 * the process is busy until its memory is used up.
 *
 * @param load loads the program's own copy of Pulumi.
 * @returns how to stop that.
 */
export function refuseCycles(load: NodeJS.Require, pulumi: Pulumi): () => void {
  const rpc = load("@pulumi/pulumi/runtime/rpc") as Serialization;
  const debuggable = load("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const { serializeResourceProperties, serializeProperties, serializePropertiesReturnDeps } = rpc;
  const { debuggablePromise } = debuggable;
  const checked =
    (serialize: Serialize): Serialize =>
    async (label, properties, ...rest) => {
      for (const [name, value] of Object.entries(properties)) {
        const problem = cycleIn(value, pulumi);
        if (problem) throw new Error(`error serializing property "${name}": ${problem}`);
      }
      return serialize(label, properties, ...rest);
    };
  Object.assign(rpc, {
    serializeResourceProperties: checked(serializeResourceProperties),
    serializeProperties: checked(serializeProperties),
    serializePropertiesReturnDeps: checked(serializePropertiesReturnDeps),
  });
  // What an output or a promise comes to is known only here.
  debuggable.debuggablePromise = (promise, label) => {
    if (!String(label).startsWith("serializeProperty.await(")) return debuggablePromise(promise, label);
    const finite = promise.then((value) => {
      const problem = cycleIn(value, pulumi);
      if (problem) throw new Error(problem);
      return value;
    });
    return debuggablePromise(finite, label);
  };
  return () => {
    Object.assign(rpc, { serializeResourceProperties, serializeProperties, serializePropertiesReturnDeps });
    debuggable.debuggablePromise = debuggablePromise;
  };
}

function cycleIn(value: unknown, pulumi: Pulumi): string | undefined {
  const path = pathOfCycle(value, pulumi, []);
  return path && `the value contains itself at ${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`;
}

/** @returns the keys that lead from a value to one that stands above itself. */
function pathOfCycle(value: unknown, pulumi: Pulumi, above: readonly object[]): string[] | undefined {
  if (typeof value !== "object" || value === null || isLeaf(value, pulumi)) return undefined;
  if (above.includes(value)) return [];
  for (const [key, member] of Object.entries(value)) {
    const path = pathOfCycle(member, pulumi, [...above, value]);
    if (path) return [key, ...path];
  }
  return undefined;
}

/** What Pulumi does not look into, or only once it has come. */
function isLeaf(value: object, { Output, Resource, asset }: Pulumi): boolean {
  return (
    value instanceof Promise ||
    [Output, Resource, asset.Asset, asset.Archive].some((type) => type.isInstance(value))
  );
}
