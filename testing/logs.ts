import type { Journal, LogLine } from "./journal";
import type { WaitFor } from "./waiting";

/** What the functions logged. */
export class LocalLogs {
  constructor(
    private readonly journal: Journal,
    private readonly waitUntil: WaitFor,
  ) {}

  /**
   * The lines so far, in order.
   * @param functionName a part of the function's physical name. @default - every function
   */
  all(functionName = ""): LogLine[] {
    return this.journal.logs.filter((entry) => entry.functionName.includes(functionName));
  }

  /**
   * Resolves to the first line with a text in it, which may have come already.
   * @param functionName as for {@link all}.
   * @throws {WaitError} that lists the lines there were, when none can come before time passes.
   */
  waitFor(text: string, functionName = ""): Promise<LogLine> {
    return this.waitUntil({
      what: `a log line with '${text}'${functionName && ` of ${functionName}`}`,
      find: () => this.all(functionName).find(({ line }) => line.includes(text)),
      happened: () => this.all(functionName).map((entry) => `${entry.functionName}: ${entry.line}`),
    });
  }
}
