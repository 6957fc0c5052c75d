import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";
import { requireOptionalLibrary } from "../services/optional-library";
import { GuardedRegExp } from "./jsonata-regex";

/** A compiled expression. Its members are those of the library, which types `evaluate` as a promise. */
export interface Expression {
  /** @throws {Error} or an object with `code` and `message`, as the library does. */
  evaluate(input: unknown, bindings?: object): unknown;
  assign(name: string | symbol, value: unknown): void;
  registerFunction(name: string, implementation: (...values: never[]) => unknown, signature?: string): void;
  ast(): unknown;
}

type Library = (source: string, options: { readonly RegexEngine: typeof RegExp }) => Expression;

/**
 * Compiles a source with JSONata of the very version of AWS. The library is loaded for the first one.
 * Source: Step Functions Developer Guide, "Transforming data with JSONata".
 *
 * @throws what the library says of the source's syntax.
 */
export function compileJsonata(source: string): Expression {
  library ??= requireOptionalLibrary("jsonata", loadWithoutPromises);
  return library(source, { RegexEngine: GuardedRegExp as typeof RegExp });
}

let library: Library | undefined;

/**
 * Reads the library's own text without its `async` and `await`. The library makes promises for each part of an expression, so that a function may
 * answer later; no function of Step Functions does. Without them an expression takes a fraction of the time, and no other code runs while one is
 * evaluated.
 */
function loadWithoutPromises(): Library {
  const file = require.resolve("jsonata");
  const text = readFileSync(file, "utf8")
    .replace(/\basync (?=function\b|\()/g, "")
    .replace(/\bawait (?=[\w(])/g, "")
    .replace(/\bPromise\.all\(/g, "(");
  const module = { exports: {} };
  compileFunction(text, ["module", "exports"], { filename: file })(module, module.exports);
  return module.exports as Library;
}
