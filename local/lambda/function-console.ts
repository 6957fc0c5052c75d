import { format } from "node:util";

/** A console that hands each line to a function's log. */
export function functionConsole(onLog: (line: string) => void): Partial<Console> {
  const write = (...parts: unknown[]) => onLog(format(...parts));
  return { log: write, info: write, warn: write, error: write, debug: write, trace: write };
}
