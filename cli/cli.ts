import { parseArgs } from "node:util";
import { escapeControlsInLines } from "../contracts";
import { PolicyError } from "../local/iam/document";
import { AwsError } from "../local/services/service";

/** A mistake in how a command was called, or a state of affairs that a message says all about: no stack trace. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The user asked how a command is called. */
export class HelpAsked extends Error {}

/** What a command does with its arguments. Resolves to the exit code, or to undefined to keep running. */
export type Command = (args: string[]) => Promise<number | undefined>;

/** Runs a command: an error becomes one message on standard error and exit code 1. */
export function runCommand(run: Command): void {
  run(process.argv.slice(2)).then(
    (code) => {
      if (code !== undefined) exit(code);
    },
    (error: unknown) => {
      if (error instanceof HelpAsked) {
        process.stdout.write(`${error.message}\n`);
        exit(0);
        return;
      }
      fail(error);
    },
  );
}

/** Ends the process with one message on standard error and exit code 1. */
export function fail(error: unknown): void {
  process.stderr.write(`${escapeControlsInLines(describeError(error))}\n`);
  exit(1);
}

/** Options by name: those with a value, those with any number of values, and switches. */
type Options = {
  [name: string]:
    | { type: "string"; default?: string }
    | { type: "string"; multiple: true }
    | { type: "boolean"; default?: boolean };
};

/**
 * Reads options, and refuses those that are unknown, in a message that says how the command is called. `--help` says
 * that and no more.
 */
export function readOptions<const T extends Options>(
  args: string[],
  options: T,
  usage: string,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>> {
  if (args.includes("--help") || args.includes("-h")) throw new HelpAsked(usage);
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node.js adds how to pass such a text as an argument, which is not what anybody here wants.
    const [problem] = (error as Error).message.split(". To specify a positional argument");
    throw new UsageError(`${problem?.replace(/\.?$/, ".")}\n\n${usage}`);
  }
}

/** @throws {UsageError} when a command that takes only options has another argument. */
export function refuseArguments(positionals: readonly string[], usage: string): void {
  if (positionals.length === 0) return;
  throw new UsageError(`There is no argument '${positionals.join(" ")}', only options.\n\n${usage}`);
}

/** @throws {UsageError} when the text is no port. */
export function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`${option} must be a port from 0 to 65535 (0 for a free one), received '${text}'.`);
}

/** @throws {UsageError} when the text is no whole number from 1. */
export function readCount(option: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count;
  throw new UsageError(`${option} must be a whole number from 1, received '${text}'.`);
}

/** The fastest clock that makes sense: a day in less than two minutes. */
const fastest = 1000;

/** @throws {UsageError} when the text is no speed. */
export function readSpeed(option: string, text: string): number {
  const speed = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && speed > 0 && speed <= fastest) return speed;
  throw new UsageError(
    `${option} must be a number above 0, up to ${fastest}: the seconds that pass in one; received '${text}'.`,
  );
}

/** @throws {UsageError} when the text is neither. */
export function readSwitch(option: string, text: string): "on" | "off" {
  if (text === "on" || text === "off") return text;
  throw new UsageError(`${option} must be on or off, received '${text}'.`);
}

/** What is worth reading of an error: its message, and the first own line of code for an error nobody foresaw. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Pulumi marks the errors that it shows without a stack trace, since a program may bring a Pulumi of its own.
  const marks = ["__pulumiRunError", "__pulumiInputPropertiesError"];
  const foreseen =
    error instanceof UsageError ||
    error instanceof PolicyError ||
    error instanceof AwsError ||
    error.constructor === Error ||
    marks.some((mark) => mark in error);
  return foreseen ? withLocalHint(error.message) : (error.stack ?? error.message);
}

/** Pulumi's message about a missing configuration value names Pulumi's command alone, behind a tab. */
function withLocalHint(message: string): string {
  const [, key] = /^Missing required configuration variable '([^']+)'/.exec(message) ?? [];
  if (key === undefined) return message;
  return `${message.replaceAll("\n\t", "\n  ")}\n  or, for local runs, in Pulumi.local.yaml or by --config ${key}=VALUE`;
}

/** Leaves once what was written is out: a pipe may still be taking it. */
function exit(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
