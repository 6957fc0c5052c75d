import type { ComponentOutputs } from "./component-outputs";
import { outputsIn } from "./outputs-in";

type Pulumi = typeof import("@pulumi/pulumi");

/** An error that passed through one of Pulumi's promises, which Pulumi labels: `resource:name[type]` for a registration. */
interface Labelled extends Error {
  readonly promise?: { readonly _debugCtx?: string };
}

/**
 * Collects the rejections and exceptions that nobody handles while a program runs. An error in an `apply`, an input or a `dependsOn` rejects a promise
 * that nobody but Pulumi's own runner looks at; one in a timer's callback would end the process.
 */
export class ProgramFailures {
  private readonly reasons: unknown[] = [];
  private readonly onFailure: (reason: unknown) => void;
  /** Resolves with the first failure. */
  readonly first: Promise<void>;
  /** Resolves once a failure says which resource it fails. */
  readonly attributed: Promise<void>;

  constructor() {
    let onFirst: () => void = () => undefined;
    let onAttributed: () => void = () => undefined;
    this.first = new Promise((resolve) => {
      onFirst = resolve;
    });
    this.attributed = new Promise((resolve) => {
      onAttributed = resolve;
    });
    this.onFailure = (reason) => {
      this.reasons.push(reason);
      onFirst();
      if (this.reasons.some(resourceOf)) onAttributed();
    };
    process.on("unhandledRejection", this.onFailure);
    process.on("uncaughtException", this.onFailure);
  }

  get any(): boolean {
    return this.reasons.length > 0;
  }

  /** @returns the failure that tells most: one that names its resource, or else one that Pulumi has worded, or else the first. */
  most(): unknown {
    return this.reasons.find(resourceOf) ?? this.reasons.find(labelOf) ?? this.reasons[0];
  }

  stop(): void {
    process.off("unhandledRejection", this.onFailure);
    process.off("uncaughtException", this.onFailure);
  }
}

/**
 * Says which resource, stack output or output of a component an error fails.
 *
 * @param exported what the program exports, if it came so far.
 * @param components what components have registered as their outputs.
 */
export async function programError(
  error: unknown,
  exported: unknown,
  components: readonly ComponentOutputs[],
  pulumi: Pulumi,
): Promise<Error> {
  if (resourceOf(error)) return withResource(error);
  for (const { name, type, outputs } of components) {
    const path = await rejectedIn(outputs, error, pulumi);
    if (path === undefined) continue;
    const output = path === "" ? "The outputs" : `The output '${path}'`;
    return explain(
      error,
      `${output} of the component '${name}' of type ${type} cannot be registered: ${messageOf(error).replace('error serializing property "outputs": ', "")}`,
    );
  }
  const path = pulumi.Output.isInstance(exported) ? undefined : await rejectedIn(exported, error, pulumi);
  if (path) return explain(error, `The stack output '${path}' fails: ${messageOf(error)}`);
  return withResource(error);
}

/** @returns the path of the output or promise that an error has rejected. */
async function rejectedIn(value: unknown, error: unknown, pulumi: Pulumi): Promise<string | undefined> {
  for (const [path, output] of outputsIn(value, pulumi)) {
    // An output around this one would take up its other promises too late: Node.js warns of each that has rejected.
    const own = pulumi.Output.isInstance(output)
      ? (output as unknown as { promise(): Promise<unknown> }).promise()
      : (output as Promise<unknown>);
    // Every output has settled or hangs by now, and only a rejected one is of interest.
    const rejected = await Promise.race([
      own.then(
        () => false,
        (reason) => reason === error,
      ),
      new Promise<false>((resolve) => setImmediate(resolve, false)),
    ]);
    if (rejected) return path;
  }
  return undefined;
}

function labelOf(reason: unknown): string {
  return (reason as Labelled | undefined)?.promise?._debugCtx ?? "";
}

function resourceOf(reason: unknown): { name: string; type: string } | undefined {
  const [, name, type] = /^resource:(.+)\[([^\]]+)\]/.exec(labelOf(reason)) ?? [];
  return name && type ? { name, type } : undefined;
}

function withResource(reason: unknown): Error {
  const message = messageOf(reason);
  const resource = resourceOf(reason);
  // Such a message names the resource that failed first.
  if (/^failed to (read|register new) resource/.test(message)) return new Error(message, { cause: reason });
  if (labelOf(reason).startsWith("monitor.registerResourceOutputs")) {
    return explain(reason, `The outputs of a component cannot be registered: ${message}`);
  }
  if (resource && !message.includes(`${resource.name} [${resource.type}]`)) {
    return explain(
      reason,
      `The resource '${resource.name}' of type ${resource.type} cannot be registered: ${message}`,
    );
  }
  return reason instanceof Error && lineOf(reason) === undefined ? reason : explain(reason, message);
}

/** @returns an error with the stack trace of its cause. */
function explain(cause: unknown, message: string): Error {
  const line = cause instanceof Error ? lineOf(cause) : undefined;
  return new Error(line ? `${message}\n${line}` : message, { cause });
}

/**
 * @returns the program's own line of an error that it did not throw itself: a mistake in its code, such as a TypeError, or what a library refuses, such
 * as a resource without a required property.
 */
function lineOf(error: Error): string | undefined {
  const { stack = "" } = error;
  if ("__pulumiRunError" in error) return undefined;
  const lines = stack.split("\n").filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  const isForeign = (line: string) => /\bnode_modules\b|\(node:/.test(line) || line.includes(__dirname);
  const [first] = lines;
  const isOwn = error.constructor === Error && first !== undefined && !isForeign(first);
  return isOwn ? undefined : lines.find((line) => !isForeign(line));
}

function messageOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  // One error that passes through several resources gathers the properties of all: the first one is that of the resource in its label.
  const [, property = "", others = "", cause = ""] =
    /^(error serializing property "[^"]*": )((?:error serializing property "[^"]*": )*)(.*)$/s.exec(
      reason.message,
    ) ?? [];
  if (/^failed to (read|register new) resource/.test(cause)) return cause;
  return others === "" ? reason.message : property + cause;
}
