import { escapeControls } from "../../contracts";

/** What the operators' commands need of the world around them; a test has another. */
export interface Terminal {
  /** Prints a line to standard output. */
  readonly print: (line: string) => void;
  /** Prints a line to standard error. */
  readonly warn: (line: string) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly env: { readonly [name: string]: string | undefined };
}

/** Titles and reasons come from callers of the API: none may control the terminal. */
export const terminal: Terminal = {
  print: (line) => process.stdout.write(`${escapeControls(line)}\n`),
  warn: (line) => process.stderr.write(`${escapeControls(line)}\n`),
  now: Date.now,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  env: process.env,
};

/** Prints indented JSON. */
export function printJson({ print }: Terminal, value: unknown): void {
  for (const line of JSON.stringify(value, null, 2).split("\n")) print(line);
}
