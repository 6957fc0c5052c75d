import { isJsonObject, type Json, type JsonObject } from "../json";
import type { Clock } from "../time/clock";
import { awsFunctions, timeFunctions } from "./jsonata-functions";
import { compileJsonata, type Expression } from "./jsonata-library";
import { limitEffort, withinLimits } from "./jsonata-limits";
import { boundedFunctions } from "./jsonata-slow-functions";

/** An expression that did not yield a JSON value. The message completes "The JSONata expression '…' ". */
export class ExpressionError extends Error {}

/** @returns the JSONata source in a string wholly of the form `{% … %}`, and undefined for any other value. */
export function expressionIn(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.startsWith("{%") && value.endsWith("%}") && value.length >= 4
    ? value.slice(2, -2).trim()
    : undefined;
}

/** Compiled expressions, by the source of chance that their functions use. The runtimes of a process share them. */
const compiledWith = new WeakMap<() => number, Map<string, Expression>>();

/** Evaluates JSONata as Step Functions does, and keeps what it has compiled. */
export class Jsonata {
  private readonly compiled: Map<string, Expression>;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    this.compiled = compiledWith.get(random) ?? new Map<string, Expression>();
    compiledWith.set(random, this.compiled);
  }

  /**
   * @param source the expression without its `{% %}`.
   * @param bindings what its variables stand for. At the top level `$` and `$$` are undefined.
   * @returns plain JSON.
   * @throws {ExpressionError} when the expression throws, yields nothing, or yields a function.
   */
  evaluate(source: string, bindings: JsonObject): Json {
    let value: unknown;
    try {
      const expression = this.compile(source);
      const times = timeFunctions(this.clock, (...values) => this.formatMillis(...values));
      value = withinLimits(() => expression.evaluate(undefined, { ...times, ...bindings }));
    } catch (error) {
      throw new ExpressionError(`threw an error during evaluation. ${describeJsonataError(error)}`);
    }
    return plainJson(value);
  }

  private compile(source: string): Expression {
    const known = this.compiled.get(source);
    if (known) return known;
    const expression = compileJsonata(source);
    const functions = { ...awsFunctions(this.random), ...boundedFunctions(compileJsonata) };
    for (const [name, { implementation, signature }] of Object.entries(functions)) {
      expression.registerFunction(name, implementation, signature);
    }
    limitEffort(expression);
    this.compiled.set(source, expression);
    return expression;
  }

  private formatMillis(milliseconds: number, picture: string, timezone?: string): string {
    const format = this.compile("$fromMillis($milliseconds, $picture, $timezone)");
    return format.evaluate(undefined, { milliseconds, picture, timezone }) as string;
  }
}

/** JSONata's arrays carry markers, and its functions are objects: neither may leave an expression. */
function plainJson(value: unknown): Json {
  if (value === undefined) throw new ExpressionError("returned nothing (undefined).");
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (isFunction(member)) throw new ExpressionError("returned an unsupported result type.");
    // AWS writes 1/0 as the text "Infinity", also within a list or an object: floci-io/floci #2783, measured.
    return typeof member === "number" && !Number.isFinite(member) ? String(member) : member;
  });
  return JSON.parse(text) as Json;
}

function isFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  return "_jsonata_function" in value || "_jsonata_lambda" in value;
}

/** @returns the message of an error; JSONata throws objects that are no instances of Error. */
export function describeJsonataError(error: unknown): string {
  if (!isJsonObject(error) || typeof error.message !== "string") return String(error);
  return typeof error.code === "string" ? `${error.code}: ${error.message}` : error.message;
}
