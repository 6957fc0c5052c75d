import { Script } from "node:vm";
import { limitMessages } from "./jsonata-bounds";

/** The second that AWS grants an expression. A search that is no runaway takes a thousandth of it. Tests of runaways take less. */
export const regexDeadline = { milliseconds: 1000 };
/** So many steps take V8 a few hundredths of a second. */
const quickSteps = 1e7;

let search: () => unknown = () => undefined;
const searchBinding = Symbol.for("stream-orchestration.search");
const script = new Script(`globalThis[Symbol.for("stream-orchestration.search")]()`);

/** A regular expression whose search fails after a second, where JavaScript's own could go on for ever. */
export class GuardedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    const searchOnce = () => super.exec(text);
    return isQuick(this.source, text) ? searchOnce() : withDeadline(searchOnce);
  }
}

/**
 * A deadline costs some 80 microseconds, so what cannot take long has none. A search that has `n` ways to go on at `k` places takes at most
 * `n ** k` steps from each character on, as long as no group is repeated.
 */
function isQuick(source: string, text: string): boolean {
  const choices = source.match(/[*+?{|]/g)?.length ?? 0;
  return (
    choices === 0 || (Math.max(text.length, 2) ** (choices + 1) <= quickSteps && !/\)[*+?{]/.test(source))
  );
}

/**
 * Runs code that nothing else could end, for a second at most. Only code that a script runs can be interrupted; interrupting it reaches into V8's
 * search.
 * @throws {Error} when it takes longer.
 */
export function withDeadline<Result>(run: () => Result): Result {
  Object.defineProperty(globalThis, searchBinding, { value: () => search(), configurable: true });
  search = run;
  try {
    return script.runInThisContext({ timeout: regexDeadline.milliseconds }) as Result;
  } catch (error) {
    const isTimeout = (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw isTimeout ? new Error(limitMessages.time) : error;
  } finally {
    search = () => undefined;
  }
}
