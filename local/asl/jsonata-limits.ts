import { limitMemory, limitMessages } from "./jsonata-bounds";
import type { Expression } from "./jsonata-library";

/** Stands for the second, so that the outcome depends on no processor: more than any expression over 256 KiB of data needs. */
const mostSteps = 200_000;
const mostDepth = 100;
/** How many bytes of a new value count as a step: the copies made on the way take time and memory, too. */
const newBytesPerStep = 256;
/** How many bytes of a value count as a step that is only read: what is done with it takes time by its size. */
const readBytesPerStep = 4096;

/** A node of the syntax tree. */
interface Node {
  readonly type?: string;
}

/** What one evaluation has taken so far. */
class Effort {
  private steps = 0;
  private depth = 0;

  enter(): void {
    this.depth += 1;
    this.take(1);
    if (this.depth > mostDepth) throw new Error(limitMessages.depth);
  }

  exit(node: Node, result: unknown): void {
    this.depth -= 1;
    const isNew = makers.includes(node.type ?? "");
    const bytes = typeof result === "object" || typeof result === "string" ? sizeOf(result, isNew) : 0;
    this.take(bytes / (isNew ? newBytesPerStep : readBytesPerStep));
  }

  /** @param steps fractions are left out: what is small costs nothing. */
  take(steps: number): void {
    this.steps += Math.floor(steps);
    if (this.steps > mostSteps) throw new Error(limitMessages.time);
  }
}

/** Of the evaluation under way. Evaluations do not wait, so there is one at a time. */
let effort: Effort | undefined;

/**
 * Counts what an evaluation takes, with the expressions that it evaluates itself.
 * @throws {Error} when that is more than AWS grants.
 */
export function withinLimits<Result>(evaluate: () => Result): Result {
  const outer = effort;
  effort ??= new Effort();
  try {
    return evaluate();
  } catch (error) {
    // JSONata counts no depth where lambdas call each other by `$map` and the like in their last place. JavaScript does.
    throw error instanceof RangeError && /call stack/.test(error.message)
      ? new Error(limitMessages.depth)
      : error;
  } finally {
    effort = outer;
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
 * @throws {Error} when that is more than AWS grants.
 */
export function takeSteps(steps: number): void {
  effort?.take(steps);
}

/**
 * Counts a value that a function of ours makes. JSONata calls no hook for a function in the last place of a lambda.
 * @throws {Error} when the value, or all that was made, is more than AWS grants.
 */
export function takeMemory(size: Parameters<typeof limitMemory>[0]): void {
  takeSteps(limitMemory(size) / newBytesPerStep);
}

/** Ends each evaluation of an expression that takes more than AWS grants. JSONata calls the hooks before and after every step. */
export function limitEffort(expression: Expression): void {
  expression.assign(Symbol.for("jsonata.__evaluate_entry"), () => effort?.enter());
  expression.assign(
    Symbol.for("jsonata.__evaluate_exit"),
    (node: Node, _input: unknown, _environment: unknown, result: unknown) => effort?.exit(node, result),
  );
}
