import type { Expression } from "jsonata";
import { limitMemory, limitMessages } from "./jsonata-bounds";
import { GuardedRegExp } from "./jsonata-regex";

/** Stands for the second, so that the outcome depends on no processor: more than any expression over 256 KiB of data needs. */
const mostSteps = 200_000;
const mostDepth = 100;
/** How many bytes of a new value count as a step: the copies made on the way take time and memory, too. */
const newBytesPerStep = 256;
/** How many bytes of a value count as a step that is only read: what is done with it takes time by its size. */
const readBytesPerStep = 4096;

/** A binding that no expression can spell, by which the hooks find the evaluation they belong to. */
const effortBinding = "#effort";

/** @returns the bindings with which {@link limitEffort} counts one evaluation's effort. */
export function effortBindings(): Record<string, unknown> {
  return { [effortBinding]: new Effort() };
}

/** A node of the syntax tree. `siblings` marks one that JSONata evaluates beside its siblings: the list that has them. */
interface Node {
  readonly type?: string;
  siblings?: object;
}

/** What binds names to values in JSONata. */
export interface Environment {
  lookup(name: string): unknown;
}

/** What one evaluation has taken so far. */
class Effort {
  private steps = 0;
  private depth = 0;
  /** For each environment, and each list of siblings evaluated in it, the end of the one under way. */
  private readonly queues = new WeakMap<Environment, Map<object, Promise<void>[]>>();
  private readonly finish = new WeakMap<Environment, Map<Node, () => void>>();

  enter(node: Node, environment: Environment): Promise<void> | undefined {
    if (node.siblings === undefined) return this.count();
    const queue = this.queue(node.siblings, environment);
    const before = queue.at(-1);
    queue.push(
      new Promise((resolve) => {
        const pending = this.finish.get(environment) ?? new Map<Node, () => void>();
        this.finish.set(environment, pending.set(node, resolve));
      }),
    );
    return before ? before.then(() => this.count()) : this.count();
  }

  exit(node: Node, environment: Environment, result: unknown): void {
    this.depth -= 1;
    const isNew = makers.includes(node.type ?? "");
    const bytes = typeof result === "object" || typeof result === "string" ? sizeOf(result, isNew) : 0;
    this.take(bytes / (isNew ? newBytesPerStep : readBytesPerStep));
    if (node.siblings === undefined) return;
    void this.queue(node.siblings, environment).shift();
    this.finish.get(environment)?.get(node)?.();
  }

  private count(): undefined {
    this.steps += 1;
    this.depth += 1;
    if (this.steps > mostSteps) throw new Error(limitMessages.time);
    if (this.depth > mostDepth) throw new Error(limitMessages.depth);
    return undefined;
  }

  /** @param steps fractions are left out: what is small costs nothing. */
  take(steps: number): void {
    this.steps += Math.floor(steps);
    if (this.steps > mostSteps) throw new Error(limitMessages.time);
  }

  private queue(siblings: object, environment: Environment): Promise<void>[] {
    const queues = this.queues.get(environment) ?? new Map<object, Promise<void>[]>();
    this.queues.set(environment, queues);
    const queue = queues.get(siblings) ?? [];
    queues.set(siblings, queue);
    return queue;
  }
}

/** The nodes that make a value; others hand on one that is there. */
const makers: readonly string[] = ["binary", "unary", "function", "apply", "transform"];

/** @throws {Error} for a new value that is more than AWS holds; what is read was there already. */
function sizeOf(value: unknown, isNew: boolean): number {
  if (typeof value === "string") return isNew ? limitMemory({ characters: value.length }) : value.length;
  if (!Array.isArray(value)) return 0;
  return isNew ? limitMemory({ values: value.length }) : value.length * 8;
}

/**
 * Counts what a function of ours does besides.
 * @param focus what JSONata passes as `this`.
 * @throws {Error} when that is more than AWS grants.
 */
export function takeSteps(focus: { environment?: Environment } | undefined, steps: number): void {
  const effort = focus?.environment?.lookup(effortBinding) as Effort | undefined;
  effort?.take(steps);
}

/**
 * Counts a value that a function of ours makes. JSONata calls no hook for a function in the last place of a lambda.
 * @param focus what JSONata passes as `this`.
 * @throws {Error} when the value, or all that was made, is more than AWS grants.
 */
export function takeMemory(
  focus: { environment?: Environment } | undefined,
  size: Parameters<typeof limitMemory>[0],
): void {
  takeSteps(focus, limitMemory(size) / newBytesPerStep);
}

/**
 * Ends each evaluation of an expression that takes more than AWS grants. JSONata calls the hooks before and after every step; awaiting
 * them also keeps recursion off the call stack.
 */
export function limitEffort(expression: Expression, library: { RegexEngine?: RegExpConstructor }): void {
  markSiblings(expression.ast());
  const assign = expression.assign as (name: string | symbol, value: unknown) => void;
  const effortOf = (environment: Environment) => environment.lookup(effortBinding) as Effort | undefined;
  assign(Symbol.for("jsonata.__evaluate_entry"), (node: Node, _input: unknown, environment: Environment) => {
    // The library has one engine for all its users; another's expression may have set it back.
    if (node.type === "regex") library.RegexEngine = GuardedRegExp as RegExpConstructor;
    return effortOf(environment)?.enter(node, environment);
  });
  assign(
    Symbol.for("jsonata.__evaluate_exit"),
    (node: Node, _input: unknown, environment: Environment, result: unknown) =>
      effortOf(environment)?.exit(node, environment, result),
  );
}

/**
 * JSONata evaluates the members of a list and the values of an object side by side, where a depth could not be told. The hooks have
 * each wait for the one before it.
 */
function markSiblings(node: unknown): void {
  if (typeof node !== "object" || node === null || node instanceof RegExp) return;
  if (Array.isArray(node)) {
    for (const item of node) markSiblings(item);
    return;
  }
  const { type, value, expressions, lhs, group } = node as {
    [member in "type" | "value" | "expressions" | "lhs" | "group"]?: unknown;
  };
  if (type === "unary" && value === "[") markAll(expressions);
  if (type === "unary" && value === "{") markValues(lhs);
  if (typeof group === "object" && group !== null && "lhs" in group) markValues(group.lhs);
  for (const member of Object.values(node)) markSiblings(member);
}

function markValues(pairs: unknown): void {
  if (Array.isArray(pairs))
    markAll(pairs.map((pair) => (Array.isArray(pair) ? (pair[1] as unknown) : undefined)));
}

function markAll(nodes: unknown): void {
  if (!Array.isArray(nodes)) return;
  for (const node of nodes) {
    if (typeof node !== "object" || node === null) continue;
    // Not enumerable: the walk over a node's members must not come to its siblings.
    Object.defineProperty(node, "siblings", { value: nodes });
  }
}
