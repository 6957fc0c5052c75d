import type { ComponentOutputs } from "./component-outputs";
import { outputsIn } from "./outputs-in";

type Pulumi = typeof import("@pulumi/pulumi");

/** A promise as Pulumi labels it: `resource:name[type]` for a registration. */
interface Labelled {
  readonly _debugCtx?: string;
}

/** The function by which Pulumi waits for the inputs of a resource, once it has waited for its `dependsOn`. */
interface Serialization {
  serializeResourceProperties(label: string, inputs: object, ...rest: unknown[]): Promise<unknown>;
}

/** Knows what a program that is being recorded waits for. */
export interface PendingWatch {
  /** A number that changes as promises of the program begin and settle. */
  count(): number;
  /**
   * @param exported what the program exports, if it came so far.
   * @returns what waits, such as `the input 'name' of the resource 'q' of type aws:sqs/queue:Queue`; what only waits for something else in the list
   * is left out.
   */
  list(exported: unknown): Promise<readonly string[]>;
  stop(): void;
}

/** @param load loads the program's own copy of Pulumi. */
export function watchPending(
  load: NodeJS.Require,
  pulumi: Pulumi,
  components: readonly ComponentOutputs[],
): PendingWatch {
  const { getStore } = load("@pulumi/pulumi/runtime/state") as {
    getStore(): { leakCandidates: ReadonlySet<Labelled> };
  };
  const module = load("@pulumi/pulumi/runtime/rpc") as Serialization;
  const { serializeResourceProperties } = module;
  const inputsOf = new Map<string, object>();
  module.serializeResourceProperties = (label, inputs, ...rest) => {
    inputsOf.set(label, inputs);
    return serializeResourceProperties(label, inputs, ...rest);
  };
  const candidates = () => getStore().leakCandidates;
  return {
    count: () => candidates().size,
    list: async (exported) => {
      const labels = new Set(
        [...candidates()].map(({ _debugCtx: label = "" }) => label).filter((label) => resource.test(label)),
      );
      const pendingIn = (value: unknown) => firstCauses(value, labels, pulumi);
      const causes: string[] = [];
      const followers: string[] = [];
      for (const label of labels) {
        const inputs = inputsOf.get(label);
        if (!inputs) followers.push(`a dependsOn of ${nameOf(label)}`);
        const paths = inputs ? await pendingIn(inputs) : [];
        causes.push(...paths.map((path) => `the input '${path}' of ${nameOf(label)}`));
        if (inputs && paths.length === 0) followers.push(`the parent or an input of ${nameOf(label)}`);
      }
      for (const { name, type, outputs } of components) {
        const paths = await pendingIn(outputs);
        causes.push(
          ...paths.map((path) => `the output '${path}' of the component '${name}' of type ${type}`),
        );
      }
      const paths = pulumi.Output.isInstance(exported) ? [] : await pendingIn(exported);
      causes.push(...paths.map((path) => `the stack output '${path}'`));
      return causes.length > 0 ? causes : followers;
    },
    stop: () => {
      module.serializeResourceProperties = serializeResourceProperties;
    },
  };
}

const resource = /^resource:(.+)\[([^\]]+)\]$/;

function nameOf(label: string): string {
  const [, name, type] = resource.exec(label) ?? [];
  return `the resource '${name}' of type ${type}`;
}

/** @returns the paths of the outputs and promises that wait, unless they wait for a resource that waits itself. */
async function firstCauses(value: unknown, labels: ReadonlySet<string>, pulumi: Pulumi): Promise<string[]> {
  const paths: string[] = [];
  for (const [path, output] of outputsIn(value, pulumi)) {
    const isOutput = pulumi.Output.isInstance(output);
    const own = isOutput ? (output as unknown as Promised).promise() : (output as Promise<unknown>);
    if (!(await isPending(own))) continue;
    const sources = isOutput ? [...(output as unknown as Promised).resources()] : [];
    if (!sources.some((source) => labels.has(labelOf(source)))) paths.push(path);
  }
  return paths;
}

interface Promised {
  promise(): Promise<unknown>;
  resources(): ReadonlySet<Named>;
}

interface Named {
  readonly __name?: string;
  readonly __pulumiType?: string;
}

function labelOf({ __name, __pulumiType }: Named): string {
  return `resource:${__name}[${__pulumiType}]`;
}

function isPending(promise: Promise<unknown>): Promise<boolean> {
  const settled = () => false;
  return Promise.race([
    promise.then(settled, settled),
    new Promise<true>((resolve) => setImmediate(resolve, true)),
  ]);
}
